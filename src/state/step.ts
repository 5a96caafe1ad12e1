// What a step may return, and how that which brings a state later is waited for.

import { isObservable, type Observable } from 'rxjs';
import { asyncIteratorOf, has, isIterated } from '../core/async-iterator.ts';
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
export const NO_STATE = /* @__PURE__ */ Object.freeze({});

/** Whether `made` is to be waited for. */
export function isPending(made: unknown): made is object {
  if (typeof made !== 'object' && typeof made !== 'function') return false;
  return isObservable(made) || has(made, 'then') || isCoroutine(made) || isIterated(made);
}

/** Waits for what `made` brings; NOTHING if that completes without a value. Precondition: isPending. */
export function bringing(made: object): Operation<unknown> {
  if (isOperation(made)) return made;
  if (isObservable(made)) return new Until<unknown>(made, Last);
  if (has(made, 'then')) return until(made as PromiseLike<unknown>);
  if (isCoroutine(made)) return coroutine(() => made);
  return coroutine(() => lastOf(asyncIteratorOf(made as AsyncIterable<unknown>), NO_STATE));
}

/** The last value of an observable. */
class Last extends Watcher<unknown> {
  #last: unknown = NO_STATE;

  protected override _next(value: unknown): void {
    this.self.#last = value;
  }
  protected override _complete(): void {
    const { self } = this;
    self.settle(self.#last);
  }
}
