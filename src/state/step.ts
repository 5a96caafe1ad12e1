// What a step may return, and how that which brings a state later is waited for.

import { isObservable, type Observable } from 'rxjs';
import { isCoroutine } from '../core/is-coroutine.ts';
import { type Coroutine, isOperation, type Operation } from '../core/operation.ts';
import { Until, until, Watcher } from '../core/until.ts';
import { coroutine } from '../task/coroutine.ts';
import { lastOf } from '../task/work.ts';

/**
 * What a step may return: the next state, or something that brings it. Arrays, strings and Maps are states, not inputs. Of an
 * observable, an async iterable or a ReadableStream the last value counts; one without a value changes nothing.
 */
export type Step<S> = S | Observable<S> | PromiseLike<S> | AsyncIterable<S> | Coroutine<S>;

/** What a step has brought that completed without a value. */
export const NOTHING = /* @__PURE__ */ Object.freeze({});

/** Whether `made` is to be waited for. */
export function isPending(made: unknown): made is object {
  if ((typeof made !== 'object' && typeof made !== 'function') || made === null) return false;
  return isObservable(made) || has(made, 'then') || isCoroutine(made) || isStream(made);
}

/** Waits for what `made` brings; NOTHING if that completes without a value. Precondition: isPending. */
export function bringing(made: object): Operation<unknown> {
  if (isOperation(made)) return made;
  if (isObservable(made)) return new Until<unknown>(made, Last);
  if (has(made, 'then')) return until(made as PromiseLike<unknown>);
  if (isCoroutine(made)) return coroutine(() => made);
  return coroutine(() => lastOf(iteratorOf(made as AsyncIterable<unknown> | ReadableStream<unknown>), NOTHING));
}

function has(made: object, method: PropertyKey): boolean {
  return typeof (made as Record<PropertyKey, unknown>)[method] === 'function';
}

/** ReadableStreams are async iterable on servers, not yet in every browser. */
function isStream(made: object): boolean {
  return has(made, Symbol.asyncIterator) || has(made, 'getReader');
}

function iteratorOf(made: AsyncIterable<unknown> | ReadableStream<unknown>): AsyncIterator<unknown> {
  // A stream's own iterator lets `return()` wait for the read that goes on, which may never end.
  if (!has(made, 'getReader')) return (made as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const reader = (made as ReadableStream<unknown>).getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    return: () => reader.cancel() as Promise<never>,
  };
}

/** The last value of an observable. */
class Last extends Watcher<unknown> {
  #last: unknown = NOTHING;

  protected override _next(value: unknown): void {
    this.#last = value;
  }
  protected override _complete(): void {
    this.settle(this.#last);
  }
}
