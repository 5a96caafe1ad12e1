// Cancelling a coroutine whose generators wait inside each other.
//
// In JavaScript, `generator.return()` of a generator that runs another one by `yield*` is passed on to that one first. If a
// `finally` block in there waits, the outer `yield*` forgets that it was returned: once the inner one has ended, it takes that
// for an ordinary result, and the next statement runs. The cancel is swallowed, and `for (;;) yield* helper()` never ends.
//
// So the fiber takes its generators apart, and returns them itself, the innermost first, each when the one inside it has ended:
//
//      body ── yield* ──► helper ── yield* ──► inner ── yield* ──► operation
//         3. return          2. return           1. return
//
// How it finds them: for the length of one `return`, the `return` of the intrinsic generators is ours. A generator that is told
// to return inside of a `yield*` first asks for the `return` of what it runs. If that is a generator, it finds ours, which notes
// it, answers "not done", and so leaves both where they are; no code of the user's has run. If it is an operation, it finds that
// one's own, which lets the generator return. Either puts the intrinsic one back before anything else happens. So each
// generator is asked once on the way in, nothing recurses with their number, and a body without helpers costs no more than
// `return` does.
//
// Where the intrinsics are frozen (`--frozen-intrinsics`, SES), or a body is no real generator (transpiled code), this is not to
// be had: the language's own `return` has to do. When a cancel is swallowed there it is reported, once.

import type { Coroutine } from './operation.ts';
import { Failure } from './outcome.ts';
import { shared } from './shared.ts';
import { reportUnhandled } from './unhandled.ts';

/** What a generator is returned with: what it ends with, unless it swallows that. */
export const RETURNED = /* @__PURE__ */ Object.freeze({});

type Return = Coroutine<unknown>['return'];

/** One for all copies of the library: an operation of one may wait in a fiber of another. */
const probe = /* @__PURE__ */ shared('probe', () => ({
  /** What all generators inherit from. */
  intrinsic: Object.getPrototypeOf(function* () {}.prototype) as { return: Return },
  native: null as Return | null,
  /** `intrinsic.return` is ours. */
  armed: false,
  found: null as Coroutine<unknown> | null,
  reported: false,
  STAYS: Object.freeze({ done: false as const, value: undefined as never }),
  /** What stands in its place. */
  intercept: noted,
}));

/** Called as a method of the generator that is found. */
function noted(this: Coroutine<unknown>): IteratorResult<never> {
  disarm();
  probe.found = this;
  return probe.STAYS;
}

function arm(): boolean {
  const { intrinsic } = probe;
  if (probe.armed) disarm();
  probe.native = intrinsic.return;
  try {
    intrinsic.return = probe.intercept;
  } catch {
    return false;
  }
  return (probe.armed = intrinsic.return === probe.intercept);
}

/** Puts the intrinsic `return` back. Precondition: `isProbed`. */
export function disarm(): void {
  probe.intrinsic.return = probe.native as Return;
  probe.armed = false;
}

/** Somebody looks for what the generator that is returned runs: an operation's `return` tells that it is itself. */
export function isProbed(): boolean {
  return probe.armed;
}

/** Who has a generator returned. */
export interface Unwinder {
  /** It waits in `inner`, and nothing has happened. */
  enclosed(body: Coroutine<unknown>, inner: Coroutine<unknown>): void;
  /** Nobody can say where it waits: the language's `return` has to do. */
  blinded(): void;
}

/** Has `body` return where it waits: its result. Null if it waits in another generator, of which `unwinder` has been told. */
export function returnInto(body: Coroutine<unknown>, unwinder: Unwinder): IteratorResult<never, unknown> | null {
  if (body.return !== probe.intrinsic.return || !arm()) {
    unwinder.blinded();
    return body.return(RETURNED);
  }
  let result: IteratorResult<never, unknown> | null = null;
  try {
    result = (probe.native as Return).call(body, RETURNED);
  } finally {
    // It stood at a plain `yield`, or in something of the user's that has no `return`.
    if (probe.armed) disarm();
    const { found } = probe;
    probe.found = null;
    // Then a clean-up that left a generator has met the probe.
    if (found !== null && result !== probe.STAYS) found.return(undefined);
    else if (found !== null) unwinder.enclosed(body, found);
  }
  return result === probe.STAYS ? null : result;
}

/** A coroutine that was cancelled while it waited in several generators, or that has to answer for more than its own errors. */
export class Unwinding {
  /** Those that are still to be returned, the innermost last. */
  readonly #outer: Coroutine<unknown>[] = [];
  /** The first thing that went wrong. */
  #failure: Failure | null;
  /** That was what the innermost one waited for: like any error inside a generator, it gives way to one of its own. */
  #givesWay: boolean;
  /** One of them could not be looked into. */
  #blind = false;

  /** `rest`: what it waited for has failed to clean up. */
  constructor(rest: Failure | null) {
    this.#failure = rest;
    this.#givesWay = rest !== null;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  goBlind(): void {
    this.#blind = true;
  }

  /** Has `body` be returned when what it runs has ended. */
  enclose(body: Coroutine<unknown>): void {
    this.#outer.push(body);
  }

  /** The next one, which is the innermost now; null: it was the last. */
  next(): Coroutine<unknown> | null {
    this.#givesWay = false;
    return this.#outer.pop() ?? null;
  }

  /** Its `finally` blocks run: what it runs by `yield*` has ended. */
  return(body: Coroutine<unknown>): IteratorResult<never, unknown> {
    return body.return(RETURNED);
  }

  fail(error: unknown): void {
    if (this.#failure === null || this.#givesWay) this.#failure = new Failure(error);
    else if (this.#failure.error !== error) reportUnhandled(error);
  }

  /** It has ended with `value`, and has waited before. */
  endedWith(value: unknown, name: string): void {
    if (!this.#blind || value === RETURNED || probe.reported) return;
    probe.reported = true;
    reportUnhandled(
      new TypeError(
        `${name}: it was cancelled, and may have gone on behind a yield* whose finally block waited: ` +
          'where intrinsics are frozen, or generators transpiled, the language swallows the cancel',
      ),
    );
  }
}
