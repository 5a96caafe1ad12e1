import type { ObservableInput } from 'rxjs';
import { checkFunction, checkMethod } from '../base/checks.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { coroutine } from './coroutine.ts';
import { bodyOfWork } from './work.ts';

type Body<T> = (value: T) => Coroutine<unknown> | ObservableInput<unknown> | void;

/**
 * Receives until the channel ends, running `body` for each value in turn.
 *
 * ```
 * source          ab-----|
 * body            aaabbb--
 * forEach         -------(u|)      b waits in the channel until the body is done with a
 * ```
 *
 * The next value is received when the body for the last one has ended, so a channel's sender feels how fast the body is. A body
 * is a coroutine, or what it returns is waited for: a promise (of an async function), an observable, an operation, an async
 * iterable. Everything else that it returns, arrays too, is ignored.
 * Emits undefined and completes when the channel has ended; fails with the close cause, or with what the body threw.
 * Leaving early (a throw, unsubscribing, cancelling) receives nothing more, and does not close the channel.
 *
 * ![forEach in marbles](../../marbles/task/for-each.svg)
 *
 * @example
 * ```ts
 * yield* forEach(orders, function* (order) {
 *   yield* until(ship(order));
 * });
 * ```
 */
export function forEach<T>(source: ReceiveChannel<T>, body: Body<T>): Operation<void> {
  checkMethod('forEach', 'source', source, 'receiveResult', 'a channel');
  checkFunction('forEach', 'the body', body);
  return coroutine(() => receiveEach(source, body));
}

/** Not a closure: the first call of each new generator function makes V8 build a prototype and a hidden class, 1 µs of them. */
function* receiveEach<T>(source: ReceiveChannel<T>, body: Body<T>): Coroutine<void> {
  for (;;) {
    const next = yield* source.receiveResult();
    if (!next.ok) return;
    const work = bodyOfWork(body(next.value));
    if (work !== null) yield* work;
  }
}
