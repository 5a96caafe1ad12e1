// The testing kit: everything that `rxsluice/testing` exports. It stands on RxJS's TestScheduler and on no test runner.

export { DeadlockError } from './deadlock-error.ts';
export { drawAscii } from './draw-ascii.ts';
export { drawSvg } from './draw-svg.ts';
export { explore, ExploreError, type ExploreOptions } from './explore.ts';
export { jasmineMatchers, marbleMatchers } from './marble-matchers.ts';
export { MarbleError } from './marble-error.ts';
export type { MarbleKit } from './marble-kit.ts';
export type { MarbleOptions } from './run.ts';
export { runMarbles } from './run-marbles.ts';
export { runMarblesAsync } from './run-marbles-async.ts';
export type { Timeline, TimelineEvent, TimelineRow } from './timeline.ts';
