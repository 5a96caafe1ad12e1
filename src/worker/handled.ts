// What a handler returns, brought value by value to `emit`, which says when the next is wanted.

import { from, type ObservableInput } from 'rxjs';
import { channelFrom } from '../channel/channel-from.ts';
import { asyncIteratorOf, has, isIterated } from '../core/async-iterator.ts';
import { isCoroutine } from '../core/is-coroutine.ts';
import { type Coroutine, isOperation, Operation } from '../core/operation.ts';
import { isPullable } from '../core/pullable.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { PENDING } from '../core/turn.ts';
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
    if (isOpen) yield* new Closing(body);
  }
}

type Stepped = IteratorResult<never, IteratorResult<unknown, unknown>>;

/** Runs a generator to its next plain `yield`, or to its end: what it waits for on the way, the fiber waits for. */
class Step implements Iterable<never, IteratorResult<unknown, unknown>, unknown> {
  readonly body: Coroutine<unknown>;
  /** Inside of a `yield*`. */
  #isWaiting = false;

  constructor(body: Coroutine<unknown>) {
    this.body = body;
  }

  [Symbol.iterator](): Iterator<never, IteratorResult<unknown, unknown>, unknown> {
    return this;
  }
  next(signal?: unknown): Stepped {
    return this.#pass(this.#isWaiting ? this.body.next(signal) : this.body.next(undefined));
  }
  throw(error: unknown): Stepped {
    return this.#pass(this.body.throw(error));
  }
  return(value: unknown): Stepped {
    let result = this.body.return(value);
    // A value that is yielded in a `finally` block has nobody to go to.
    while (result !== PENDING && result.done !== true) result = this.body.next(undefined);
    return result === PENDING ? PENDING : { done: true, value: result as IteratorResult<unknown, unknown> };
  }

  #pass(result: IteratorResult<never, unknown>): Stepped {
    this.#isWaiting = result === PENDING;
    return result === PENDING ? PENDING : { done: true, value: result };
  }
}

/** Ends a generator that stands at a plain `yield`, and waits for its `finally` blocks. */
class Closing extends Step {
  #hasBegun = false;

  override next(signal?: unknown): Stepped {
    if (this.#hasBegun) return super.next(signal);
    this.#hasBegun = true;
    return this.return(undefined);
  }
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
