// What a program is written against that has to run in one process today and on many tomorrow: named queues, owners, topics
// and services. `memory-engine.ts` is the one in this process; `rxsluice/nats` is the one on a cluster.

import type { Observable, ObservableInput } from 'rxjs';
import type { Coroutine, Operation } from '../core/operation.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import type { Delivery } from '../queue/lease.ts';
import type { DeadLetter } from '../queue/options.ts';
import type { WorkQueue } from '../queue/queue.ts';
import type { TaskContext } from '../core/context.ts';

/**
 * Where named queues, owners, topics and services live: in this process (`memoryEngine`), or on a cluster (`rxsluice/nats`).
 * A program that is written against it moves by one line.
 *
 * Handles of one name share what they stand for, and its options: what a handle does not say, it takes from what is there;
 * what it says and is not so throws TypeError. A name is 1 to 200 bytes without white space, control characters and any of
 * `. * > / \`; anything else: TypeError. What differs between engines is written in `docs/cluster.md`.
 */
export interface Engine {
  /** The queue of work of that name. */
  queue<T>(name: string, options?: EngineQueueOptions<T>): EngineQueue<T>;
  /** The owned state of that name. It begins as `initial`, where nobody made it before. */
  owner<S>(name: string, initial: S): EngineOwner<S>;
  /** The topic of that name, which keeps the last `replay` values (default 0) for those who subscribe later. */
  topic<T>(name: string, options?: { replay?: number }): EngineTopic<T>;
  /**
   * Calls what `serve` serves under that name, at most once, and emits its answer. Nobody serves: fails with
   * `NobodyServesError` at once. No answer within `timeout` ms (default Infinity): `TimeoutError`. Whoever is called and gone
   * before it answers, and an engine that is closed: `CancelledError`. Withdrawing cancels the handler.
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- given by the user: call<Photo, Thumb>('thumb')
  call<I, O>(name: string, options?: { timeout?: number }): (input: I) => Operation<O>;
  /**
   * Serves, while it is subscribed, calls of that name with `handler`: the last value of what it returns is the answer, its
   * failure the caller's. Several who serve one name take turns. At most `concurrency` (default Infinity) run at once, the
   * others wait in order. Emits nothing, and completes when the engine is closed. Unsubscribing cancels what runs; what
   * waited is served by others, if there are any.
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- given by the user: call<Photo, Thumb>('thumb')
  serve<I, O>(
    name: string,
    handler: (input: I, context: TaskContext) => Coroutine<O> | ObservableInput<O>,
    options?: { concurrency?: number },
  ): Observable<never>;
  /**
   * Lets go of everything that this process holds, at this call: leases go back, and their deliveries are stale; who waits
   * fails with `CancelledError`, who comes later with `ClosedError`; subscribers, and those who serve, complete; handlers of
   * calls are cancelled. Nothing stored is touched. The operation completes when the handlers have cleaned up.
   */
  close(): Operation<void>;
}

export interface EngineQueueOptions<T> {
  /** Sent and not yet settled (default Infinity). A send that finds it full waits. An integer >= 1, or Infinity; else RangeError. */
  capacity?: number;
  /** Deliveries of one value before it becomes a dead letter (default Infinity). */
  maxAttempts?: number;
  /** Called for each letter whose value was given up in this process. It is kept in `deadLetters()` all the same. */
  onDeadLetter?: (letter: DeadLetter<T>) => void;
  /** Milliseconds, more than 0, from the lease or the last `extend()`: then the value comes back (default Infinity). */
  leaseMs?: number;
}

/** A delivery that says which value it delivers. */
export interface EngineDelivery<T> extends Delivery<T> {
  /** The same at every delivery of one sent value, and of no other of this queue: to know a repeat by. */
  readonly id: string;
}

/** A queue of work, for all processes of the engine. */
export interface EngineQueue<T> extends WorkQueue<T> {
  /** Completes when it is stored; waits while the queue is full. Closed, now or while it waits: fails with `ClosedError`. */
  send(value: T): Operation<void>;
  lease(): Operation<EngineDelivery<T>>;
  /** Sent and not yet settled, everywhere. */
  unfinished(): Operation<number>;
  /** Completes when no more will be accepted; never fails but by the engine's end. */
  whenClosed(): Operation<void>;
  /**
   * What was given up, for every process: each letter goes to one of those who take it, and is kept until somebody does.
   * Cancelling the channel leaves the letters alone. It ends when the queue is closed, settled, and its last letter was taken.
   */
  deadLetters(): ReceiveChannel<DeadLetter<T>>;
  /** No more sends, by anybody. False if it was known here to be closed. */
  close(cause?: unknown): boolean;
}

/** A state that all processes of the engine share. As an Observable: what was last seen, then what it becomes. */
export interface EngineOwner<S> extends Observable<S> {
  /** The last state that was seen here. */
  readonly value: S;
  /** The state of a moment between the asking and the answer. Linearizable. */
  read(): Operation<S>;
  /** Makes `step(state)` the state, and emits it. `step` is pure: it may run more than once. Linearizable across processes. */
  update(step: (state: S) => S): Operation<S>;
  /** `update` that also answers: `step` returns [next state, answer]. */
  modify<R>(step: (state: S) => readonly [S, R]): Operation<R>;
}

/** Every value to all who are subscribed, in one order. A slow subscriber does not hold back those who send. */
export interface EngineTopic<T> extends Observable<T> {
  /** Completes when it is stored; without `replay`, when it is on its way. */
  send(value: T): Operation<void>;
}
