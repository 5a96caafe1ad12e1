// What one sees of a running program: plain data, ready to be shown, that keeps nothing of the program alive.

import type { Observable } from 'rxjs';
import type { Timeline } from '../testing/timeline.ts';

export interface InspectOptions {
  /** Where each task was started: one stack line (costs microseconds a task; default false). */
  stacks?: boolean;
  /** Milliseconds: a coroutine's step between two waits that takes longer is a finding (default 50). */
  slowStep?: number;
  /** Milliseconds: a wait, a full buffer or a lease that lasts longer is a finding (default Infinity). */
  longWait?: number;
}

/** A task, a group, or anything else that runs as a coroutine. */
export interface TaskInfo {
  /** Its own as long as the process lives. */
  readonly id: number;
  readonly name: string;
  /** The task in which it was started, or whose group it belongs to; null: none, or none that is alive. */
  readonly parent: number | null;
  readonly state: 'ready' | 'running' | 'waiting' | 'cleaning';
  /** `receive on orders`. */
  readonly waitingFor: string | null;
  /** Milliseconds since it has been so. */
  readonly forMs: number;
  /** Where `stacks` are on: the line of code that started it. */
  readonly startedAt: string | null;
}

/** A channel, a queue, a lock, an owner: where tasks meet. */
export interface PlaceInfo {
  readonly kind: string;
  readonly name: string;
  /** As its `toString()` tells. */
  readonly text: string;
  /** The tasks that wait here, by id. */
  readonly waiting: readonly number[];
}

export interface Snapshot {
  /** In the order in which they started. */
  readonly tasks: readonly TaskInfo[];
  /** In the order in which they were made. */
  readonly places: readonly PlaceInfo[];
  /** Rings of tasks and places that wait for each other, by name: each a deadlock. */
  readonly cycles: readonly (readonly string[])[];
}

/** Something that looks wrong: where, how much, and what to do. */
export interface Finding {
  readonly kind:
    'slowStep' | 'longWait' | 'deadlock' | 'growing' | 'stuckLease' | 'splitSubscribers' | 'ignoredCancel' | 'spinning';
  readonly message: string;
  readonly task: string | null;
  readonly place: string | null;
}

export interface TimelineOptions {
  /** Of tasks and places (default: all). */
  names?: readonly string[];
  /** At most so many, the latest (default 10 000). */
  events?: number;
}

export interface Inspector {
  /** How things are at this moment: also inside a callback, in the middle of a turn. */
  snapshot(): Snapshot;
  /** @internal A snapshot made little by little, for who shows it while the program goes on: each `yield` is a chance to do so. */
  survey?(): Generator<void, Snapshot>;
  /** Each problem once, while it lasts. */
  readonly findings$: Observable<Finding>;
  /** What has happened to `names`, for `drawAscii` and `drawSvg` of `rxsluice/testing`. */
  timeline(options?: TimelineOptions): Timeline;
  /** Looks on no more. A second call does nothing. */
  stop(): void;
  [Symbol.dispose](): void;
}
