export {
  BrokenBarrierError,
  CancelledError,
  ClosedError,
  NobodyServesError,
  NotReadyError,
  OverflowError,
  StaleDeliveryError,
  TaskGroupError,
} from './base/errors.ts';
export { Deferred, deferred, Future, type FutureStatus } from './core/future.ts';
export { type Coroutine, Operation } from './core/operation.ts';
export { type Attempt, poll } from './core/poll.ts';
export { type ReceiveChannel } from './core/pullable.ts';
export { type RetryOptions } from './core/retry.ts';
export { sleep } from './core/sleep.ts';
export { until } from './core/until.ts';
export { Channel, channel, type ChannelStatistics, type SendChannel } from './channel/channel.ts';
export { channelFrom } from './channel/channel-from.ts';
export { flow } from './channel/flow.ts';
export { groupWithin } from './channel/group-within.ts';
export { type ChannelOptions, type Overflow, type UndeliveredReason } from './channel/options.ts';
export { produce } from './channel/produce.ts';
export { type SelectCase, type SelectCases, type Selected, type SelectOptions } from './select/cases.ts';
export { mergeSelect } from './select/merge-select.ts';
export { seedSelect, select, trySelect } from './select/select.ts';
export { asCompleted } from './task/as-completed.ts';
export { type TaskContext } from './core/context.ts';
export { coroutine } from './task/coroutine.ts';
export { forEach } from './task/for-each.ts';
export { gather } from './task/gather.ts';
export { type TaskGroup, type TaskGroupOptions } from './task/group.ts';
export { shield } from './task/shield.ts';
export { singleFlight } from './task/single-flight.ts';
export { go, Task } from './task/task.ts';
export { taskGroup } from './task/task-group.ts';
export { taskScope, type TaskScope } from './task/task-scope.ts';
export { wait, type WaitOptions } from './task/wait.ts';
export { Barrier, barrier } from './sync/barrier.ts';
export { Condition, condition } from './sync/condition.ts';
export { Gate, gate } from './sync/gate.ts';
export { Latch, latch } from './sync/latch.ts';
export { Mutex, mutex } from './sync/mutex.ts';
export { RateLimiter, rateLimiter } from './sync/rate-limiter.ts';
export { Semaphore, semaphore } from './sync/semaphore.ts';
export { type Order } from './queue/entries.ts';
export { type Delivery, type NackOptions } from './queue/lease.ts';
export { type DeadLetter, type QueueOptions } from './queue/options.ts';
export { Queue, queue, type WorkQueue } from './queue/queue.ts';
export { Job } from './queue/job.ts';
export { type JobOutcome, type JobQueueOptions, type JobState } from './queue/job-options.ts';
export { JobQueue, jobQueue } from './queue/job-queue.ts';
export { work, type WorkOptions } from './queue/work.ts';
export { Broadcast, broadcast, type BroadcastOptions } from './broadcast/broadcast.ts';
export { KeyedStateOwner, keyedStateOwner } from './state/keyed-state-owner.ts';
export { request, type StateRequest } from './state/request.ts';
export { StateOwner, stateOwner, type StateOwnerOptions } from './state/state-owner.ts';
export { type Step } from './state/step.ts';
export { abortSignalFrom } from './operators/abort-signal-from.ts';
export { boundedBuffer, type BufferOptions } from './operators/bounded-buffer.ts';
export type { ProjectContext } from './operators/lane.ts';
export { queueMap } from './operators/queue-map.ts';
export type { QueueMapOptions } from './operators/queue-map-options.ts';
export { sendTo, type SendToOptions } from './operators/send-to.ts';
export { shareBroadcast } from './operators/share-broadcast.ts';
export { takeUntilAborted } from './operators/take-until-aborted.ts';
export { toAsyncIterable } from './operators/to-async-iterable.ts';
export { toReadableStream } from './operators/to-readable-stream.ts';
export { withPermit } from './operators/with-permit.ts';
export type {
  Engine,
  EngineDelivery,
  EngineOwner,
  EngineQueue,
  EngineQueueOptions,
  EngineTopic,
} from './engine/engine.ts';
export { memoryEngine } from './engine/memory-engine.ts';
