import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkSignal } from '../base/checks.ts';
import { onAbort } from '../core/abort.ts';
import { operate } from './operate.ts';

/**
 * Completes, and unsubscribes from the source, when `signal` aborts.
 *
 * ```
 * source                     -a-b-c-d-
 * signal aborts              ------x
 * takeUntilAborted(signal)   -a-b-c|
 * ```
 *
 * Emits what the source emits until then. Already aborted: completes without subscribing to the source. No listener stays
 * behind, however it ends.
 *
 * ![takeUntilAborted in marbles](../../marbles/operators/take-until-aborted.svg)
 *
 * @example
 * ```ts
 * go(({ signal }) => ticks.pipe(takeUntilAborted(signal)));
 * ```
 */
export function takeUntilAborted<T>(signal: AbortSignal): MonoTypeOperatorFunction<T> {
  checkSignal('takeUntilAborted', 'signal', signal);
  return operate((destination) => {
    const abort = (): void => destination.complete();
    if (signal.aborted) abort();
    else destination.add(onAbort(signal, abort));
    return { next: (value) => destination.next(value) };
  });
}
