// Tasks that end together: what `taskGroup` and `taskScope` have in common.
//
//   open ──► closed ─────────────────► ended      nothing but children to wait for, and the last one ended
//     └─────────┴──fail, cancel──► Stop ──┘       all are cancelled, and have cleaned up
//
// Invariants (`check()` asserts them):
//   1. a child that has not ended stands in one line: `running` in order of start, or `queued` in order of `go`
//   2. somebody is queued  =>  as many run as may, and the group is not stopping
//   3. ended  =>  both lines are empty
//   4. a Stop is for good, and its first reason too; real failures are added to it as they occur, each once
//
// A child that ends is forgotten first, then those who waited for it are told, then its siblings are cancelled: a body that
// waits for a child gets that child's own error, and whoever is told finds a group that refuses more.
// After Nathaniel J. Smith's nurseries (trio), asyncio.TaskGroup and Go's errgroup (`limit`).

import type { Observable } from 'rxjs';
import { checkHooks, checkLimit, ownOptions } from '../base/checks.ts';
import { CancelledError, ClosedError, describe, TaskGroupError } from '../base/errors.ts';
import { Line } from '../base/line.ts';
import type { Names } from '../base/names.ts';
import { All } from '../core/all.ts';
import { type Surroundings, surroundings } from '../core/ambient.ts';
import { LazySignal, type TaskContext } from '../core/context.ts';
import type { FutureStatus } from '../core/future.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import { enter, exit } from '../core/turn.ts';
import { Child, type Parent, type Verdict } from './child.ts';
import type { Task } from './task.ts';
import { checkWork, type Work } from './work.ts';

/** What a group's body, and whoever else holds the group, can do with it. */
export interface TaskGroup {
  readonly name: string;
  /** Aborts, with the reason, when the group is cancelled; with the error, when it fails. Made when first asked for. */
  readonly signal: AbortSignal;
  /** Children that have not ended. */
  readonly size: number;
  /**
   * Starts a child (queued if the group's limit is reached), as the function `go` starts a task. Its failure is the group's.
   * Ended or failing group: throws `CancelledError`, starts nothing.
   */
  go<T>(work: (context: TaskContext) => Coroutine<T>, options?: { name?: string }): Task<T>;
  go<T>(
    work: Operation<T> | PromiseLike<T> | ((context: TaskContext) => PromiseLike<T>),
    options?: { name?: string },
  ): Task<T>;
  go<T>(
    work: Observable<T> | AsyncIterable<T> | ((context: TaskContext) => Observable<T>),
    options?: { name?: string },
  ): Task<T | undefined>;
  /** Cancels the body and every child, at this call. The group ends when they have, with `CancelledError`, unless something failed. */
  cancel(reason?: unknown): void;
  /**
   * Cancels the children that there are, at this call, which is no failure, and lets the body go on; completes when they have
   * cleaned up. Never fails: a clean-up that does is that child's failure, as ever. Children that start meanwhile are not cancelled.
   *
   * @example
   * ```ts
   * // The search has changed: what runs is of no interest any more.
   * yield* group.cancelChildren('a newer search');
   * ```
   */
  cancelChildren(reason?: unknown): Operation<void>;
}

export interface TaskGroupOptions {
  name?: string;
  /** At most this many children run at once; further ones start in order. Anything but an integer >= 1 or Infinity: RangeError. */
  limit?: number;
  /** Given: a child's failure is told here and its siblings live on. Not given: it cancels them. What it throws fails the group. */
  onChildError?: (error: unknown, child: Task<unknown>) => void;
}

/** Rejects, where they were written, options that make no sense. */
export function checkOptions(what: string, given: TaskGroupOptions): TaskGroupOptions {
  const options = ownOptions(what, given);
  const { limit = Infinity } = options;
  checkLimit(what, 'limit', limit, 1);
  checkHooks(what, options, 'onChildError');
  return options;
}

/** Everybody is cancelled: for which reason, and what comes of it. */
class Stop {
  readonly reason: unknown;
  /** What the group fails with if nothing really failed; null if nobody is there to be told. */
  readonly cancelled: unknown;
  /** Real failures, in order of occurrence, and whose each is: the child's name, or null for the body. */
  readonly errors = new Map<unknown, string | null>();

  constructor(reason: unknown, cancelled: unknown = null) {
    this.reason = reason;
    this.cancelled = cancelled;
  }
}

export abstract class Group implements TaskGroup, Parent {
  readonly #names: Names;
  readonly #number: number;
  readonly #options: TaskGroupOptions;
  readonly #running = new Line<Child>();
  readonly #queued = new Line<Child>();
  #runs = 0;
  #queues = 0;
  #state: 'open' | 'closed' | Stop | 'ended' = 'open';
  #signal: LazySignal | null = null;
  /** Of whoever made it, who is told of its children's errors. */
  readonly #surroundings: Surroundings | null = surroundings();
  /** The cancellations that began here: whoever fails with one of them has not failed. */
  #own: WeakSet<CancelledError> | null = null;

  constructor(names: Names, options: TaskGroupOptions) {
    this.#names = names;
    this.#number = names.draw();
    this.#options = options;
  }

  get name(): string {
    return this.#options.name ?? this.#names.spell(this.#number);
  }

  get size(): number {
    return this.#runs + this.#queues;
  }

  get signal(): AbortSignal {
    if (this.#signal === null) {
      this.#signal = new LazySignal();
      if (this.#state instanceof Stop) this.#signal.abort(this.#state.reason);
    }
    return this.#signal.signal;
  }

  /** @internal Those that have not ended. */
  get members(): readonly Task<unknown>[] {
    return [...nodesOf(this.#running), ...nodesOf(this.#queued)];
  }

  /** @internal Those of them that have begun: where there is a limit, one of these has to end before another does. */
  get begun(): readonly Task<unknown>[] {
    return nodesOf(this.#running);
  }

  /** Nothing new may start. */
  get closed(): boolean {
    return this.#state !== 'open';
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  go<T>(work: Work<T>, options?: { name?: string }): Task<T> {
    checkWork(`${this.name}.go`, work);
    const name = options === undefined ? options : ownOptions(`${this.name}.go`, options).name;
    if (this.#state !== 'open') throw this.#refusal(this.#state);
    const child = new Child(this, work, name);
    this.#queued.append(child);
    this.#queues++;
    enter();
    this.#startQueued();
    exit();
    return child as Task<unknown> as Task<T>;
  }

  #refusal(state: 'closed' | Stop | 'ended'): CancelledError {
    if (!(state instanceof Stop)) return new CancelledError(this.name, new ClosedError(this.name));
    return this.#disown(new CancelledError(this.name, state.reason));
  }

  #startQueued(): void {
    const { limit = Infinity } = this.#options;
    while (this.#runs < limit && !(this.#state instanceof Stop)) {
      const child = this.#queued.shift();
      if (child === null) return;
      this.#queues--;
      this.#running.append(child);
      this.#runs++;
      child.start();
    }
  }

  cancel(reason?: unknown): void {
    if (this.#state !== 'ended' && !(this.#state instanceof Stop))
      this.#stop(new Stop(reason, this.#disown(new CancelledError(this.name, reason))));
  }

  cancelChildren(reason?: unknown): Operation<void> {
    // First those that have not started: else one that ends would let them begin.
    const children = [...nodesOf(this.#queued), ...nodesOf(this.#running)];
    enter();
    try {
      return new All(children.map((child) => child.cancel(reason)));
    } finally {
      exit();
    }
  }

  /** Nobody is there any more who could be told how it ends. */
  abandon(): void {
    if (this.#state === 'ended') return;
    if (this.#state instanceof Stop) this.#cancelAll(this.#state);
    else this.#stop(new Stop(undefined));
  }

  /** Nothing new may start, from now on. */
  shut(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    this.endIfDone();
  }

  /** A failure that is nobody's cancellation. */
  fail(error: unknown): void {
    if (this.#note(error, null)) this.#cancelAll(this.#state as Stop);
  }

  /** The body failed, which is to fail the group in any case. */
  failBody(error: unknown): void {
    if (!this.#isOwn(error)) this.fail(error);
    else if (!(this.#state instanceof Stop)) this.#stop(new Stop(error.reason, error));
  }

  /** Adds a real failure: true if it is the first reason to stop. */
  #note(error: unknown, whose: string | null): boolean {
    const fresh = !(this.#state instanceof Stop);
    const stop = this.#state instanceof Stop ? this.#state : (this.#state = new Stop(error));
    if (!stop.errors.has(error)) stop.errors.set(error, whose);
    return fresh;
  }

  #stop(stop: Stop): void {
    this.#state = stop;
    this.#cancelAll(stop);
  }

  /** Cancels who is still there, in the order in which they started. */
  #cancelAll({ reason }: Stop): void {
    enter();
    try {
      this.cancelBody();
      for (const child of [...nodesOf(this.#running), ...nodesOf(this.#queued)]) child.cancel(reason);
      this.#signal?.abort(reason);
      this.endIfDone();
    } finally {
      exit();
    }
  }

  #disown(error: CancelledError): CancelledError {
    (this.#own ??= new WeakSet()).add(error);
    return error;
  }

  #isOwn(error: unknown): error is CancelledError {
    return this.#own?.has(error as CancelledError) === true;
  }

  forget(child: Child, status: FutureStatus, outcome: unknown): Verdict {
    if (child.place === this.#running) {
      this.#running.leave(child);
      this.#runs--;
    } else {
      this.#queued.leave(child);
      this.#queues--;
    }
    if (status === 'cancelled') this.#disown(outcome as CancelledError);
    // One that failed with the cancellation of a sibling was cancelled in effect.
    if (status !== 'rejected' || this.#isOwn(outcome)) return 'well';
    if (this.#options.onChildError !== undefined) return 'failed';
    return this.#note(outcome, child.name) ? 'fatal' : 'failed';
  }

  proceed(child: Child, verdict: Verdict, outcome: unknown): void {
    const { onChildError } = this.#options;
    if (verdict === 'fatal') this.#cancelAll(this.#state as Stop);
    else if (verdict === 'failed' && onChildError !== undefined) this.#tell(onChildError, outcome, child);
    this.#startQueued();
    this.endIfDone();
  }

  #tell(onChildError: (error: unknown, child: Task<unknown>) => void, error: unknown, child: Child): void {
    try {
      if (this.#surroundings === null) onChildError(error, child);
      else this.#surroundings(() => onChildError(error, child));
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  endIfDone(): void {
    const state = this.#state;
    if (state === 'ended' || this.size > 0 || !this.idle) return;
    this.#state = 'ended';
    if (!(state instanceof Stop)) this.concluded(null, null);
    else if (state.errors.size === 0) this.concluded(null, state.cancelled);
    else {
      const { errors } = state;
      this.concluded(new TaskGroupError(errors.keys(), failureOf(this.name, errors), [...errors.values()]), null);
    }
  }

  /** Nothing but children keeps it from ending. */
  abstract readonly idle: boolean;
  abstract cancelBody(): void;
  /** Called once, when all have ended: what really failed, or else what it was cancelled with, or else null for both. */
  abstract concluded(failure: TaskGroupError | null, cancelled: unknown): void;

  toString(): string {
    const state = this.#state instanceof Stop ? 'stopping' : this.#state;
    return `${this.#names.title(this.#options.name, this.#number)} (${this.#runs} running, ${this.#queues} queued, ${state})`;
  }

  /** @internal */
  check(): void {
    const { limit = Infinity } = this.#options;
    this.#running.check();
    this.#queued.check();
    const [runs, queues] = [this.#running.count(), this.#queued.count()];
    if (runs !== this.#runs || queues !== this.#queues)
      throw new Error(`${String(this)}: ${runs} stand among the running, ${queues} in the queue`);
    if (runs > limit) throw new Error(`${String(this)}: more run than ${limit}`);
    if (queues > 0 && (runs < limit || this.#state instanceof Stop))
      throw new Error(`${String(this)}: somebody is queued without need`);
    if (this.#state === 'ended' && this.size > 0) throw new Error(`${String(this)}: ended before its children`);
    if (this.#state !== 'ended' && this.size === 0 && this.idle)
      throw new Error(`${String(this)}: waits for nobody and has not ended`);
  }
}

/** Of what went wrong, as much as a message says. */
const LONGEST = 200;

function nodesOf(line: Line<Child>): Child[] {
  const nodes: Child[] = [];
  for (let node = line.first; node !== null; node = node.after) nodes.push(node);
  return nodes;
}

function failureOf(name: string, errors: ReadonlyMap<unknown, string | null>): string {
  const told = [...errors]
    .slice(0, 3)
    .map(([error, whose]) => (whose === null ? '' : `${whose}: `) + brief(describe(error)));
  return `${name} failed: ${told.join('; ')}${errors.size > 3 ? `; and ${errors.size - 3} more` : ''}`;
}

/** Groups fail inside of groups: each message would hold all that are within. */
function brief(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
