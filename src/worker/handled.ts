// What a handler returns, brought value by value to `emit`, which says when the next is wanted.

import { from, type ObservableInput } from 'rxjs';
import { channelFrom } from '../channel/channel-from.ts';
import { asyncIteratorOf, has, isIterated } from '../core/async-iterator.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import { type Coroutine, isOperation, Operation } from '../core/operation.ts';
import { isPullable } from '../core/pullable.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { Failure } from '../core/outcome.ts';
import { PENDING } from '../core/turn.ts';
import { isProbed, returnInto } from '../core/unwind.ts';
import { until } from '../core/until.ts';
import { Relayed } from '../sync/relay.ts';

export interface Emitter {
  /** Waits until the value has been taken care of. */
  emit(value: unknown): Coroutine<void>;
  /** Takes care of a value at once, for one who cannot be paced; left out where that takes room without bound. */
  readonly next?: ((value: unknown) => void) | undefined;
}

export function* bring(made: unknown, out: Emitter): Coroutine<void> {
  if (isOperation(made)) yield* out.emit(yield* made);
  else if (isCoroutine(made)) yield* generated(made, out);
  else if (isPullable(made)) yield* received(made, out);
  else if (has(made, 'subscribe') || has(made, '@@observable')) yield* pushed(made as ObservableInput<unknown>, out);
  else if (has(made, 'then')) yield* out.emit(yield* until(made as PromiseLike<unknown>));
  else if (isIterated(made)) yield* iterated(asyncIteratorOf(made), out);
  else if (isPerformed(made)) yield* stepped(made[Symbol.iterator](), out);
  else yield* out.emit(made);
}

/** An iterable whose clone would be none. */
function isPerformed(made: unknown): made is Iterable<unknown> {
  if (typeof made !== 'object' || made === null || !has(made, Symbol.iterator)) return false;
  return !(
    Array.isArray(made) ||
    made instanceof Map ||
    made instanceof Set ||
    ArrayBuffer.isView(made) ||
    isBoxed(made)
  );
}

function isBoxed(made: object): boolean {
  return made instanceof String;
}

function* received(channel: ReceiveChannel<unknown>, out: Emitter): Coroutine<void> {
  try {
    for (;;) {
      const next = yield* channel.receiveResult();
      if (!next.ok) return;
      yield* out.emit(next.value);
    }
  } finally {
    channel.cancel();
    // Its producer may have to clean up.
    yield* channel.whenEnded();
  }
}

function* pushed(input: ObservableInput<unknown>, out: Emitter): Coroutine<void> {
  const { next } = out;
  if (next === undefined) yield* received(channelFrom(from(input), { capacity: Infinity }), out);
  else yield* new Relayed(from(input), { next });
}

function* iterated(iterator: AsyncIterator<unknown>, out: Emitter): Coroutine<void> {
  let isOpen = true;
  try {
    for (;;) {
      isOpen = false;
      const result = yield* asking(iterator, () => (isOpen = true));
      if (result.done === true) return;
      isOpen = true;
      yield* out.emit(result.value);
    }
  } finally {
    const closing = isOpen ? iterator.return?.() : undefined;
    if (closing !== undefined) yield* until(closing);
  }
}

/** An iterator that fails has ended; one that is left while it is asked has not. */
function* asking(iterator: AsyncIterator<unknown>, left: () => void): Coroutine<IteratorResult<unknown>> {
  let isAsked = true;
  try {
    const result = yield* until(iterator.next());
    isAsked = false;
    return result;
  } catch (error) {
    isAsked = false;
    throw error;
  } finally {
    if (isAsked) left();
  }
}

function* stepped(iterator: Iterator<unknown>, out: Emitter): Coroutine<void> {
  let isOpen = false;
  try {
    for (;;) {
      isOpen = false;
      const result = iterator.next();
      if (result.done === true) return;
      isOpen = true;
      yield* out.emit(result.value);
    }
  } finally {
    if (isOpen) iterator.return?.();
  }
}

/**
 * Runs a handler's generator: `yield*` waits, and what a plain `yield` yields is emitted before the generator goes on. One that
 * has yielded values emits no return value.
 */
function* generated(body: Coroutine<unknown>, out: Emitter): Coroutine<void> {
  const step = new Step(body);
  let hasYielded = false;
  let isOpen = true;
  try {
    for (;;) {
      isOpen = false;
      const result = yield* step;
      if (result.done === true) {
        if (!hasYielded) yield* out.emit(result.value);
        return;
      }
      isOpen = hasYielded = true;
      yield* out.emit(result.value);
    }
  } finally {
    // Left while it was at a plain `yield`: at a `yield*`, it has been told already.
    if (isOpen) yield* closing(body);
  }
}

type Stepped = IteratorResult<never, IteratorResult<unknown, unknown>>;

/** Runs a generator to its next plain `yield`, or to its end: what it waits for on the way, the fiber waits for. */
class Step implements Iterable<never, IteratorResult<unknown, unknown>, unknown> {
  readonly #body: Coroutine<unknown>;
  /** What it has come to already. */
  #reached: IteratorResult<never, unknown> | null;

  constructor(body: Coroutine<unknown>, reached: IteratorResult<never, unknown> | null = null) {
    this.#body = body;
    this.#reached = reached;
  }

  [Symbol.iterator](): Iterator<never, IteratorResult<unknown, unknown>, unknown> {
    return this;
  }
  next(signal?: unknown): Stepped {
    const result = this.#reached ?? this.#body.next(signal);
    this.#reached = null;
    return pass(result);
  }
  throw(error: unknown): Stepped {
    return pass(this.#body.throw(error));
  }
  return(value: unknown): Stepped {
    // A fiber that looks for the generators to be returned finds the one behind this, and is answered as that answers.
    const isLookedFor = isProbed();
    const result = this.#body.return(value);
    return isLookedFor && result.done !== true ? result : pass(result);
  }
}

function pass(result: IteratorResult<never, unknown>): Stepped {
  return result === PENDING ? PENDING : { done: true, value: result };
}

/** Ends a generator that stands at a plain `yield`, the innermost first, and waits for their `finally` blocks. */
function* closing(body: Coroutine<unknown>): Coroutine<void> {
  const bodies = [body];
  const unwinder = {
    enclosed: (_: Coroutine<unknown>, inner: Coroutine<unknown>) => void bodies.push(inner),
    blinded: () => undefined,
  };
  let failure: Failure | null = null;
  let isInnermost = true;
  while (bodies.length > 0) {
    try {
      const last = bodies[bodies.length - 1] as Coroutine<unknown>;
      const result = isInnermost ? returnInto(last, unwinder) : last.return(undefined);
      if (result === null) continue;
      isInnermost = false;
      bodies.pop();
      // What is yielded by a clean-up has nobody to go to.
      for (let at = yield* new Step(last, result); at.done !== true; at = yield* new Step(last));
    } catch (error) {
      if (isInnermost) bodies.pop();
      isInnermost = false;
      failure ??= new Failure(error);
    }
  }
  if (failure !== null) throw failure.error;
}

/** Never waits, and yet gives the host a chance where a turn goes on for long: a message that cancels has to be heard. */
class Ready extends Operation<void> {
  ready(): boolean {
    return true;
  }
  commit(): unknown {
    return undefined;
  }
  park(): void {
    // Always ready.
  }
}

export const READY: Operation<void> = /* @__PURE__ */ new Ready();
