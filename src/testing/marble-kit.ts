import type { RunHelpers } from 'rxjs/testing';
import type { Run } from './run.ts';

/** RxJS's own run helpers (`hot`, `cold`, `time`, `animate`, `flush`, `expectObservable`, `expectSubscriptions`), and more. */
export type MarbleKit = RunHelpers;

/** What the body of `run` is given. */
export function kitOf(run: Run): MarbleKit {
  const { lab, expectations, painter } = run;
  return {
    cold: lab.createColdObservable.bind(lab),
    hot: lab.createHotObservable.bind(lab),
    time: lab.createTime.bind(lab),
    flush: () => run.flush(),
    animate: (marbles) => painter.animate(marbles),
    expectObservable: expectations.expectObservable,
    expectSubscriptions: expectations.expectSubscriptions,
  };
}
