// Every way in which whoever waits for an operation can be withdrawn from it, in frame 5.

import { BehaviorSubject, NEVER, type Observable, race, switchMap, takeUntil, timer } from 'rxjs';
import { go, type Operation, select, sleep } from '../../src/index.ts';
import { at } from '../virtual.ts';

export interface Withdrawal {
  readonly how: string;
  /** Performs `operation`, tells `got` of its value, and withdraws in frame 5. */
  readonly perform: <T>(operation: Operation<T>, got: (value: T) => void) => void;
}

const silent = (): void => undefined;

export const WITHDRAWALS: readonly Withdrawal[] = [
  {
    how: 'unsubscribing',
    perform(operation, got) {
      const subscription = operation.subscribe({ next: got });
      at(5, () => subscription.unsubscribe());
    },
  },
  {
    how: 'an abort',
    perform(operation, got) {
      const controller = new AbortController();
      operation.withSignal(controller.signal).subscribe({ next: got, error: silent });
      at(5, () => controller.abort());
    },
  },
  {
    how: 'a deadline',
    perform(operation, got) {
      operation.withTimeout(5).subscribe({ next: got, error: silent });
    },
  },
  {
    how: 'losing a select',
    perform(operation, got) {
      select({ operation: operation.map(got), late: sleep(5) }).subscribe();
    },
  },
  {
    how: 'cancelling the coroutine that waits',
    perform(operation, got) {
      const task = go(function* () {
        got(yield* operation);
      });
      at(5, () => task.cancel());
    },
  },
  {
    how: 'losing a race of RxJS',
    perform(operation, got) {
      race(operation.map(got), timer(5)).subscribe();
    },
  },
  {
    how: 'takeUntil',
    perform(operation, got) {
      operation.pipe(takeUntil(timer(5))).subscribe(got);
    },
  },
  {
    how: 'switchMap',
    perform(operation, got) {
      const inner = new BehaviorSubject<Observable<never> | typeof operation>(operation);
      inner.pipe(switchMap((one) => one)).subscribe(got);
      at(5, () => inner.next(NEVER));
    },
  },
];
