import type { Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import type { ReceiveChannel } from '../core/pullable.ts';
import { pull } from './pull.ts';
import type { Run } from './run.ts';

/**
 * RxJS's own run helpers (`hot`, `cold`, `time`, `animate`, `flush`, `expectObservable`, `expectSubscriptions`), and more.
 *
 * `time(m)` is the frame at which `cold(m)` completes. `flush` holds what was expected so far against what happened; what was
 * begun may be finished after it.
 */
export interface MarbleKit extends RunHelpers {
  /**
   * Receives once at each marble of `demand`, counted from subscription; completes with the channel, or errs with its
   * cause.
   *
   * ```text
   * channel          abc|
   * demand           --x-x--x
   * pull             --a-b--(c|)
   * ```
   *
   * A receive that finds nothing waits, and the next ones wait behind it. Unsubscribing withdraws them. Which letters
   * `demand` has does not matter.
   */
  readonly pull: <T>(source: ReceiveChannel<T>, demand: string) => Observable<T>;
  /**
   * At the end of the run: no task is alive, and nothing waits. Otherwise the run fails with `DeadlockError`, naming each.
   * (No timer is pending then: a run goes on until there is none, or fails and names it.)
   */
  readonly expectIdle: () => void;
}

/** What the body of `run` is given. */
export function kitOf(run: Run): MarbleKit {
  const { lab, expectations, painter } = run;
  return {
    cold: lab.createColdObservable.bind(lab),
    hot: lab.createHotObservable.bind(lab),
    time: lab.createTime.bind(lab),
    flush: () => {
      lab.flush();
      run.verify('meanwhile');
    },
    animate: (marbles) => {
      painter.animate(marbles);
    },
    expectObservable: expectations.expectObservable,
    expectSubscriptions: expectations.expectSubscriptions,
    pull: (source, demand) => pull(lab, source, demand),
    expectIdle: () => {
      run.expectIdle();
    },
  };
}
