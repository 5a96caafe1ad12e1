// Threads, and the calls that wait for one.
//
// Invariants (`check()` asserts them):
//   1. a call waits  =>  every thread is busy, and there are as many as may be
//   2. a thread runs at most one call if there are several threads; `#idle` holds those that run none
//   3. nobody begins before one who asked earlier
//
// A thread that is called by its own name (`thread`) is the same with one thread, that is there from the beginning, runs all calls
// at once and is not replaced.

import type { ObservableInput } from 'rxjs';
import { checkLimit, ownOptions } from '../base/checks.ts';
import { ClosedError, describe } from '../base/errors.ts';
import { Line } from '../base/line.ts';
import { Names } from '../base/names.ts';
import { type Coroutine, type Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { enter, exit } from '../core/turn.ts';
import { Reached } from '../core/reached.ts';
import { settleAll } from '../core/waiter.ts';
import { Attention, AttentiveLine } from './attention.ts';
import { Call } from './call.ts';
import { PeerGoneError } from './errors.ts';
import { checkSource, cores, type Source, startScript } from './host.ts';
import { type CallOptions, checkCall, type Host, type Job } from './job.ts';
import { checkWindow } from './link.ts';
import type { PortLike } from './port.ts';
import { Session, type SessionOwner } from './session.ts';
import { RemoteStream } from './stream.ts';

type Value =
  string | readonly unknown[] | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | ArrayBufferView | ArrayBuffer;
/** What a caller gets of what a handler returns. */
export type Result<F> = F extends (...args: any[]) => infer R
  ? R extends Value
    ? R
    : R extends Coroutine<infer T>
      ? T
      : R extends ObservableInput<infer T>
        ? T
        : Awaited<R>
  : never;
export type Args<F> = F extends (...args: infer A) => any ? A : never;

/** Another thread, and what it offers. */
export interface Thread<H> {
  readonly name: string;
  /**
   * Calls a handler: its last value, or undefined. Withdrawn: the handler is cancelled there, and a coroutine that waits here
   * waits for its clean-up. The thread dies: `PeerGoneError`.
   */
  call<K extends keyof H & string>(name: K, args: Args<H[K]>, options?: CallOptions): Operation<Result<H[K]>>;
  /**
   * Every value of the handler, paced by who takes them; it begins when a value is first asked for. An observable that pushes
   * cannot be paced: what it brings waits there. `cancel()` cancels the handler, and `whenEnded()` waits for its clean-up.
   * `window` (an integer >= 1, default 16): values that may be under way.
   */
  stream<K extends keyof H & string>(
    name: K,
    args: Args<H[K]>,
    options?: CallOptions & { window?: number },
  ): ReceiveChannel<Result<H[K]>>;
  /** Calls that run, those that are cancelled and still clean up included. */
  readonly active: number;
  /** Refuses more, from this call on, and ends the thread when what was asked is done; the operation waits for that. */
  close(): Operation<void>;
  /** Ends it, at this call; running calls fail with `PeerGoneError`. The operation waits until it has exited. */
  terminate(): Operation<void>;
}

export interface ThreadPoolOptions {
  /** Threads, an integer >= 1 (default: what the machine has, less one, at least 1). Started as needed. */
  size?: number;
  /** Calls that may wait, an integer >= 0 or Infinity (default Infinity); a full pool suspends the caller. */
  capacity?: number;
  /** Milliseconds, >= 0, after which an idle thread ends (default 10 000; Infinity: never). */
  idle?: number;
  name?: string;
}

/** Several threads of one script. A call goes to an idle one; calls wait in order. */
export interface ThreadPool<H> extends Omit<Thread<H>, 'active'> {
  /** Threads at most. */
  readonly size: number;
  readonly active: number;
  /** Calls that wait for a thread. */
  readonly waiting: number;
}

const WINDOW = 16;
const LONGEST = 2_147_483_647;

interface Plan {
  readonly whose: string;
  readonly name: string;
  readonly start: () => PortLike;
  readonly size: number;
  readonly capacity: number;
  readonly idle: number;
  /** One thread, that is there from the beginning, takes all calls at once, and is not replaced. */
  readonly single: boolean;
}

class Threads implements ThreadPool<any>, Host, SessionOwner {
  readonly attention = new Attention((held) => {
    for (const session of this.#all) session.hold(held);
  });
  readonly #plan: Plan;
  /** Those that have not exited, and of these those that are not gone. */
  readonly #all = new Set<Session>();
  readonly #sessions = new Set<Session>();
  /** Those that run nothing, the one that ran last at the end; each with what will end it. */
  readonly #idle = new Map<Session, ReturnType<typeof setTimeout> | undefined>();
  readonly #line = new Line<Job>();
  readonly #closers: AttentiveLine;
  #waiting = 0;
  /** Those who are about to fail. */
  readonly #doomed: [Job, Error][] = [];
  #state: 'open' | 'closing' | 'terminated' = 'open';
  /** What a single thread died of. */
  #death: Error | null = null;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#closers = new AttentiveLine('the end of', this, this.attention);
    if (plan.single) this.#start();
  }

  get name(): string {
    return this.#plan.name;
  }
  get size(): number {
    return this.#plan.size;
  }
  get active(): number {
    let active = 0;
    for (const session of this.#sessions) active += session.jobs.size;
    return active;
  }
  get waiting(): number {
    return Math.min(this.#waiting, this.#plan.capacity);
  }

  // ───────────────────────────────────────────────────────────── asking

  call(name: string, args: unknown[], options: CallOptions = {}): Operation<any> {
    return new Call(this, name, args, checkCall(`${this.name}: call`, name, args, options));
  }

  stream(name: string, args: unknown[], options: CallOptions & { window?: number } = {}): ReceiveChannel<any> {
    const own = checkCall(`${this.name}: stream`, name, args, options);
    const { window = WINDOW } = own;
    checkWindow(`${this.name}: stream`, window);
    return new RemoteStream(this, name, args, own, window);
  }

  submit(job: Job): void {
    const { refusal } = this;
    if (refusal !== null) {
      job.over(new Failure(refusal), true);
      return;
    }
    this.#line.append(job);
    this.#waiting++;
    this.#advance();
  }

  get refusal(): Error | null {
    if (this.#state === 'terminated') return new PeerGoneError(this.name);
    return this.#state === 'closing' ? new ClosedError(this.name) : this.#death;
  }

  withdraw(job: Job, reason: unknown): void {
    if (job.place === this.#line) {
      this.#line.leave(job);
      this.#waiting--;
      this.#endIfDone();
    } else job.session?.cancel(job, reason);
  }

  // ───────────────────────────────────────────────────────────── threads

  /** Begins those who wait, as long as there is a thread. */
  #advance(): void {
    while (this.#line.first !== null) {
      let session: Session | null;
      try {
        session = this.#free();
      } catch (error) {
        this.#next().over(new Failure(error), true);
        continue;
      }
      if (session === null) return;
      this.#wake(session);
      if (!session.begin(this.#next()) && session.jobs.size === 0) this.#rest(session);
    }
  }

  #next(): Job {
    this.#waiting--;
    return this.#line.shift() as Job;
  }

  /** A thread that can take a call; the one that ran last, so that those that are not needed go. */
  #free(): Session | null {
    if (this.#plan.single) return [...this.#sessions][0] ?? null;
    const last = [...this.#idle.keys()].pop();
    if (last !== undefined) return last;
    return this.#sessions.size < this.#plan.size ? this.#start() : null;
  }

  #start(): Session {
    const { whose, name, start } = this.#plan;
    const session = new Session(whose, name, start(), this);
    this.#all.add(session);
    this.#sessions.add(session);
    session.hold(this.attention.isHeld);
    return session;
  }

  #wake(session: Session): void {
    clearTimeout(this.#idle.get(session));
    this.#idle.delete(session);
  }

  #rest(session: Session): void {
    const { single, idle } = this.#plan;
    if (single || !this.#sessions.has(session)) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (idle !== Infinity) {
      timer = setTimeout(() => session.terminate(), Math.min(idle, LONGEST));
      (timer as { unref?: () => void }).unref?.();
    }
    this.#idle.set(session, timer);
  }

  freed(session: Session): void {
    if (session.jobs.size === 0) this.#rest(session);
    this.#advance();
  }

  told(): void {
    const doomed = this.#doomed.splice(0);
    for (const [job, error] of doomed) job.over(new Failure(error), true);
    this.#endIfDone();
  }

  gone(session: Session, error: Error, by: 'us' | 'itself'): void {
    this.#wake(session);
    this.#sessions.delete(session);
    if (this.#plan.single) this.#death = error;
    const isLoaded = by === 'us' || session.hasServed || [...this.#sessions].some((other) => other.hasServed);
    // A script that cannot be loaded is not tried again by itself; one that was ended before (`killAfter`) may well be loaded.
    if (this.#plan.single || !isLoaded) this.#doom(error);
    this.#advance();
  }

  /** Those who wait will fail, when those have been told who came before them. */
  #doom(error: Error): void {
    while (this.#line.first !== null) this.#doomed.push([this.#next(), error]);
  }

  exited(session: Session): void {
    this.#all.delete(session);
    this.#endIfDone();
  }

  // ───────────────────────────────────────────────────────────── the end

  close(): Operation<void> {
    if (this.#state === 'open') this.#state = 'closing';
    this.#endIfDone();
    return new Reached(this.#closers, () => this.isOver);
  }

  terminate(): Operation<void> {
    this.#state = 'terminated';
    enter();
    try {
      this.#doom(new PeerGoneError(this.name));
      for (const session of [...this.#sessions]) session.terminate();
      this.told();
    } finally {
      exit();
    }
    return new Reached(this.#closers, () => this.isOver);
  }

  #endIfDone(): void {
    if (this.#state === 'open' || this.active > 0 || this.#line.first !== null) return;
    for (const session of [...this.#sessions]) session.terminate();
    if (!this.isOver || this.#closers.first === null) return;
    enter();
    settleAll(this.#closers, undefined);
    exit();
  }

  /** Nothing runs, waits, or is left of any thread. */
  get isOver(): boolean {
    return this.#state !== 'open' && this.#all.size === 0 && this.#line.first === null;
  }

  toString(): string {
    const state = this.#death === null ? this.#state : 'gone';
    const waiting = this.waiting > 0 ? `, ${this.waiting} waiting` : '';
    const size = this.#plan.single ? '' : `, ${this.#sessions.size}/${this.size} threads`;
    return `${this.name} (${this.active} active${waiting}${size}, ${state})`;
  }

  /** @internal */
  check(): void {
    this.#line.check();
    const fail = (what: string): never => {
      throw new Error(`${String(this)}: ${what}`);
    };
    if (this.#waiting !== this.#line.count()) fail('who waits is miscounted');
    if (this.#plan.single) return;
    if (this.#sessions.size > this.size) fail('there are too many threads');
    if (this.#waiting > 0 && (this.#idle.size > 0 || this.#sessions.size < this.size))
      fail('a call waits beside a thread');
    for (const session of this.#sessions) {
      if (session.jobs.size > 1) fail('a thread runs several calls');
      if (this.#idle.has(session) !== (session.jobs.size === 0)) fail('an idle thread is not known to be');
    }
  }
}

const threadNames = /* @__PURE__ */ new Names('thread');
const poolNames = /* @__PURE__ */ new Names('threadPool');

function nameOf(names: Names, name: string | undefined): string {
  return name ?? names.spell(names.draw());
}

function starter(whose: string, source: Source, name: string): () => PortLike {
  return typeof source === 'function' ? source : () => startScript(whose, source, name);
}

/**
 * Starts a thread, whose script calls `expose`.
 *
 * ```
 * call(f, args)    x-----(r|)
 * call(g, args)     x--(s|)      calls of one thread run at once, as far as they wait
 * ```
 *
 * `source` is the script's URL (in a browser, a module), or a function that makes the Worker, where a bundler has to see
 * `new Worker(new URL('./crunch.js', import.meta.url), { type: 'module' })`; a MessagePort to somebody who serves will do too.
 *
 * A thread that dies (an uncaught error ends it, in a browser too), or whose script cannot be loaded, fails its calls with
 * `PeerGoneError`, those to come too; what it died of is the `cause`. A browser's thread that calls `self.close()` is not seen to
 * end. In Node, a thread keeps the process alive while somebody waits for a call, and not otherwise.
 *
 * @example
 * ```ts
 * import type { handlers } from './crunch';
 *
 * const cruncher = thread<typeof handlers>(new URL('./crunch.js', import.meta.url));
 * const digest = yield* cruncher.call('digest', [bytes], { transfer: [bytes.buffer] });
 * yield* cruncher.close();
 * ```
 */
export function thread<H>(source: Source, options: { name?: string } = {}): Thread<H> {
  checkSource('thread', source);
  const name = nameOf(threadNames, ownOptions('thread', options).name);
  const start = starter('thread', source, name);
  const [size, capacity, idle] = [1, Infinity, Infinity];
  return new Threads({ whose: 'thread', name, start, size, capacity, idle, single: true });
}

/**
 * Makes a pool of threads of one script, which calls `expose`.
 *
 * ```
 * call(f)    x---r          of 2 threads
 * call(f)    x-----r
 * call(f)     x   ---r      waits for the first that is idle
 * ```
 *
 * A thread runs one call at a time; calls wait in the order in which they were asked for. Threads are started when they are
 * needed, `size` of them at most, and end after `idle` ms without a call. One that dies fails its own call alone, with
 * `PeerGoneError`, and is replaced when it is next needed: what may have half happened is not tried again (`withRetry` is yours
 * to add). A script that cannot be loaded fails the calls that wait for it.
 *
 * `close()` serves what waits; `terminate()` fails it. In Node, the pool keeps the process alive while somebody waits for a call,
 * and not otherwise.
 *
 * @example
 * ```ts
 * const pool = threadPool<typeof handlers>(new URL('./crunch.js', import.meta.url), { size: 4 });
 * images.pipe(queueMap((image) => pool.call('blur', [image]), { concurrency: pool.size })).subscribe(show);
 * ```
 */
export function threadPool<H>(source: Source, options: ThreadPoolOptions = {}): ThreadPool<H> {
  checkSource('threadPool', source);
  const own = ownOptions('threadPool', options);
  const { size = Math.max(1, cores() - 1), capacity = Infinity, idle = 10_000 } = own;
  checkLimit('threadPool', 'size', size, 1);
  if (size === Infinity) throw new RangeError('threadPool: size must be an integer >= 1; got Infinity');
  checkLimit('threadPool', 'capacity', capacity, 0);
  if (typeof idle !== 'number' || !(idle >= 0)) {
    throw new RangeError(`threadPool: idle must be a number of ms >= 0, or Infinity; got ${describe(idle)}`);
  }
  const name = nameOf(poolNames, own.name);
  const start = starter('threadPool', source, name);
  return new Threads({
    whose: 'threadPool',
    name,
    start,
    size,
    capacity,
    idle,
    single: false,
  });
}
