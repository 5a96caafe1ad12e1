// The library in Angular: plain functions over `inject()`, no decorators: everything that `rxsluice/angular` exports.

export { type Injected } from './home.ts';
export { provideRxsluice } from './provide-rxsluice.ts';
export { injectScope } from './inject-scope.ts';
export { injectTask, type TaskRef } from './inject-task.ts';
export { injectJobQueue, type InjectJobQueueOptions, type JobQueueRef } from './inject-job-queue.ts';
export { type JobRef } from './job-ref.ts';
export { untilSignal } from './until-signal.ts';
export { nextFrame } from './next-frame.ts';
export { latestByKey } from './latest-by-key.ts';
export { type OptimisticState, optimisticState } from './optimistic-state.ts';
