import type { ObservableInput } from 'rxjs';
import type { UndeliveredReason } from '../channel/options.ts';
import type { Coroutine } from '../core/operation.ts';
import type { ProjectContext } from './lane.ts';

export interface QueueMapOptions<T> {
  /** Inner sources at once (default 1). */
  concurrency?: number;
  /** Values that may wait (default Infinity). A source that can be pulled is pulled instead, one value per free place, and nothing waits here. */
  capacity?: number;
  /** What happens to a value beyond that: an error, or the loss of one of them, or (`'switch'`) the oldest running inner source gives way. Default `'fail'`. */
  overflow?: 'fail' | 'dropOldest' | 'dropNewest' | 'switch';
  /** Emit as inner sources emit (default), or in the order of their source values. */
  order?: 'completion' | 'source';
  /** Values of equal key never run at the same time, and start in order. */
  key?: (value: T) => unknown;
  /** Called for every value that was taken from the source and never projected. */
  onUndelivered?: (value: T, reason: UndeliveredReason) => void;
}

export type Project<T, R> = (value: T, context: ProjectContext) => ObservableInput<R> | Coroutine<R>;
