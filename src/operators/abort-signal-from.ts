import { type ObservableInput, take } from 'rxjs';
import { inOwn } from '../core/ambient.ts';
import { observableOf } from '../core/input.ts';

/**
 * Makes an AbortSignal that aborts when `notifier` first emits.
 *
 * ```
 * notifier          ---x
 * signal aborts     ---x      reason: what was emitted
 * ```
 *
 * The emitted value, or the notifier's error, is the reason. A notifier that completes without a value never aborts. It is
 * subscribed now, and unsubscribed once it has emitted.
 *
 * ![abortSignalFrom in marbles](../../marbles/operators/abort-signal-from.svg)
 *
 * @example
 * ```ts
 * const signal = abortSignalFrom(fromEvent(cancelButton, 'click'));
 * const answer = await fetch(url, { signal });
 * ```
 */
export function abortSignalFrom(notifier: ObservableInput<unknown>): AbortSignal {
  const controller = new AbortController();
  const first = observableOf('abortSignalFrom', 'notifier', notifier).pipe(take(1));
  inOwn(() =>
    first.subscribe({
      next: (value) => controller.abort(value),
      error: (error: unknown) => controller.abort(error),
    }),
  );
  return controller.signal;
}
