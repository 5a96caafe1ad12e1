// Workers: lease a value, call the handler, settle the delivery, and on to the next.
//
// Invariants:
//   1. at most `concurrency` handlings run, those included that clean up
//   2. it waits for at most one lease at a time, and only while there is a place
//   3. told to stop, it waits for no lease, and completes as soon as nothing runs
//   4. a handling's delivery is settled by us at most once, and not before the handler has ended, its clean-up included: so nobody
//      else begins with the value before
//
// Nothing recurses with the number of values: who ends frees its place, and one loop (`#advance`) leases the next.

import { Observable, type ObservableInput, type Subscriber, take, TimeoutError, type Unsubscribable } from 'rxjs';
import { checkFunction, checkHooks, checkLimit, checkMs, ownOptions } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { type Surroundings, surroundings } from '../core/ambient.ts';
import { after } from '../core/clock.ts';
import { bequeath } from '../core/heir.ts';
import { observableOf } from '../core/input.ts';
import { type Coroutine, isOperation, type Operation } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { Pace } from '../core/pace.ts';
import { joinRests } from '../core/rest.ts';
import { enter, exit, turn } from '../core/turn.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import { Until, until } from '../core/until.ts';
import { type Rest, Standing, withdraw } from '../core/waiter.ts';
import { type Delivery, giveBack, isStale, type NackOptions } from './lease.ts';
import { checkSpan } from './options.ts';
import type { WorkQueue } from './queue.ts';
import { type Handled, Run } from './run.ts';

export interface WorkOptions<T> {
  /** Deliveries handled at once (default 1). No more are leased. */
  concurrency?: number;
  /** Milliseconds, more than 0: fails, hence nacks, a handler that takes longer (default Infinity). */
  timeout?: number;
  /** Milliseconds before attempt n+1, when attempt n has failed (default none). */
  backoff?: (attempt: number, value: T) => number;
  /**
   * When it emits: leases no more, lets what runs end, gives it `grace` ms for that, cancels the rest, gives that back as if it had
   * never been leased, and completes. If it errs, so do the workers. That it completes without a value means nothing.
   */
  stop?: ObservableInput<unknown>;
  /** Milliseconds, >= 0, that what runs may take once `stop` has emitted (default Infinity). */
  grace?: number;
}

type Handler<T, R> = (value: T, delivery: Delivery<T>) => Handled<R>;

/**
 * Has the values of a queue handled: leases one, calls `handler`, acks when that completes, nacks when it fails.
 *
 * ```
 * queue                  ab-c------
 * handler                --x|       one result after 2, done after 3
 * work(…)                --a--b--c
 * work(…, concurrency 2) --ab-c
 * ```
 *
 * A handler returns an observable, a promise, an iterable, or a coroutine. A generator emits what it yields by a plain `yield v`;
 * one that yields nothing emits what it returns, once. At most `concurrency` values are leased at a time. A handler that takes
 * longer than `timeout` ms is cancelled, and has failed with `TimeoutError`. A delivery is settled, and given back, when its
 * handler has ended, its clean-up included, so that nobody else begins with it before. A value whose handler failed comes back
 * to the front of the queue, after `backoff(attempt)` ms; how often is for the queue to say (`maxAttempts`). Without that, and
 * without `backoff`, one that always fails is tried for ever.
 *
 * `stop` is for a graceful end: what runs may end, for `grace` ms, and the rest goes back to the queue.
 *
 * A handler may settle its delivery itself, and a lease may run out while it runs: what `work` does about that delivery
 * afterwards is ignored, and the handler keeps its place until it has ended.
 *
 * Emits what the handlers emit, as it comes. Completes when the queue has ended and everything is settled, or fails then with
 * the cause of its end. Also fails with what `backoff` throws. Subscribing starts the workers, each subscription workers of its
 * own. Unsubscribing cancels the handlers, and gives each value back to its place in the queue when its handler has cleaned up,
 * without counting the attempt. Values that are handled at once, one after another without end, leave the host its chance: after
 * about 10 ms of real time the next ones are leased from a macrotask. A coroutine that waits for all this (by `go`, `until`, in a group) waits for the clean-up too;
 * through an operator of RxJS's it cannot be told of it. RangeError, here: `concurrency` below 1, `timeout` that is not more than 0, `grace` below 0.
 *
 * ![work in marbles](../../marbles/queue/work.svg)
 *
 * @example
 * ```ts
 * const uploads = queue<File>({ maxAttempts: 3, onDeadLetter: ({ value, error }) => report(value, error) });
 * work(uploads, (file) => http.post('/files', file), { concurrency: 3, timeout: 30_000, backoff: (n) => 1000 * 2 ** n })
 *   .subscribe();
 *
 * // On a server: SIGTERM lets what runs end, for ten seconds.
 * yield* until(work(mails, send, { stop: fromEvent(process, 'SIGTERM'), grace: 10_000 }).pipe(last(null, null)));
 * ```
 *
 * After the worker pools of Go, and of queues such as Amazon SQS and BullMQ.
 */
export function work<T, R>(
  queue: WorkQueue<T>,
  handler: (value: T, delivery: Delivery<T>) => ObservableInput<R> | Coroutine<R>,
  options?: WorkOptions<T>,
): Observable<R>;
/** A generator that yields values, and may wait between them. */
export function work<T, R>(
  queue: WorkQueue<T>,
  handler: (value: T, delivery: Delivery<T>) => Generator<R, unknown>,
  options?: WorkOptions<T>,
): Observable<R>;
export function work<T, R>(
  queue: WorkQueue<T>,
  handler: (value: T, delivery: Delivery<T>) => Handled<R> | Generator<R, unknown>,
  given: WorkOptions<T> = {},
): Observable<R> {
  const options = ownOptions('work', given);
  if (typeof (queue as WorkQueue<T> | undefined)?.lease !== 'function')
    throw new TypeError(`work: it needs a queue to lease from; got ${describe(queue)}`);
  checkFunction('work', 'handler', handler);
  const { concurrency = 1, timeout = Infinity, grace = Infinity } = options;
  checkLimit('work', 'concurrency', concurrency, 1);
  checkSpan('work', 'timeout', timeout);
  checkHooks('work', options, 'backoff');
  checkMs('work', 'grace', grace);
  const stop = options.stop === undefined ? null : observableOf('work', 'stop', options.stop);
  return new Observable<R>((subscriber) => {
    const crew = new Crew(queue, handler as Handler<T, R>, options, subscriber);
    subscriber.add(crew);
    if (stop !== null) crew.heed(stop);
    crew.advance();
  });
}

/** One subscription: waits for the next lease. */
class Crew<T, R> extends Standing implements Unsubscribable {
  readonly #queue: WorkQueue<T>;
  readonly #handler: Handler<T, R>;
  readonly #subscriber: Subscriber<R>;
  readonly #concurrency: number;
  readonly #timeout: number;
  /** The clock may cut its handlers short. */
  readonly hasDeadline: boolean;
  readonly #backoff: ((attempt: number, value: T) => number) | undefined;
  /** In the order in which they were leased. */
  readonly #running = new Set<Handling<T, R>>();
  /** What it waits for: the next lease; once the queue has ended, that everything is settled. */
  #operation: Operation<unknown> | null = null;
  /** How the queue has ended: null while it has not. */
  #end: { readonly failure: Failure | null } | null = null;
  #advancing = false;
  /** It was told to stop: it leases no more, and completes when nothing runs. */
  #isStopped = false;
  readonly #grace: number;
  /** While it stops all: those that are over, to be given back in their old order. */
  #stopping: Handling<T, R>[] | null = null;
  readonly #pace = new Pace(() => this.advance());
  /** Of its subscriber: handlers run in them. */
  readonly #surroundings: Surroundings | null = surroundings();

  constructor(queue: WorkQueue<T>, handler: Handler<T, R>, options: WorkOptions<T>, subscriber: Subscriber<R>) {
    super();
    this.#queue = queue;
    this.#handler = handler;
    this.#subscriber = subscriber;
    this.#concurrency = options.concurrency ?? 1;
    this.#timeout = options.timeout ?? Infinity;
    this.#backoff = options.backoff;
    this.#grace = options.grace ?? Infinity;
    this.hasDeadline = this.#timeout < Infinity || (options.stop !== undefined && this.#grace < Infinity);
  }

  /** @internal For those who look on, of one that takes no more just now: of these one has to end before it does. */
  get busy(): readonly object[] | null {
    return this.#running.size < this.#concurrency || this.#isStopped ? null : [...this.#running];
  }

  /** Stops when `stop` emits. */
  heed(stop: Observable<unknown>): void {
    const next = (): void => this.#within(() => this.#stop());
    const error = (failure: unknown): void => this.#within(() => this.#subscriber.error(failure));
    this.#within(() => this.#subscriber.add(stop.pipe(take(1)).subscribe({ next, error })));
  }

  /** In the context of its subscriber. */
  #within(act: () => void): void {
    if (this.#surroundings === null) act();
    else this.#surroundings(act);
  }

  #stop(): void {
    enter();
    try {
      this.#isStopped = true;
      withdraw(this);
      if (this.#grace === 0) this.#stopAll();
      else this.#subscriber.add(after(this.#grace, () => this.#within(() => this.#stopRest())));
      this.advance();
    } finally {
      exit();
    }
  }

  /** Their time is over. */
  #stopRest(): void {
    enter();
    try {
      this.#stopAll();
      this.advance();
    } finally {
      exit();
    }
  }

  /** Leases as long as there is a place. */
  advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    if (this.#surroundings === null) this.#advance();
    else this.#surroundings(() => this.#advance());
  }

  #advance(): void {
    enter();
    try {
      while (this.#wantsMore()) this.#perform(this.#end === null ? this.#queue.lease() : this.#queue.join());
      // Not while it gives back those that it has stopped.
      if (this.#isStopped && this.#running.size === 0 && this.#stopping === null) this.#subscriber.complete();
    } catch (error) {
      this.#subscriber.error(error);
    } finally {
      this.#advancing = false;
      exit();
    }
  }

  #wantsMore(): boolean {
    if (this.place !== null || this.#isStopped || this.#pace.isResting || this.#subscriber.closed) return false;
    return this.#end === null ? this.#running.size < this.#concurrency : this.#running.size === 0;
  }

  #perform(operation: Operation<unknown>): void {
    // That of a queue of somebody else's may be any observable.
    this.#operation = isOperation(operation) ? operation : until(operation);
    if (this.#operation.ready()) {
      if (this.#pace.rests()) return;
      turn.watch?.acts?.(this);
      this.parcel = this.#operation.commit();
      turn.watch?.acts?.(null);
      this.#take();
    } else {
      this.#operation.park(this);
      turn.watch?.waits(this);
    }
  }

  tell(): void {
    if (this.#surroundings === null) this.#hear();
    else this.#surroundings(() => this.#hear());
  }

  /** It has waited. What a queue of somebody else's has given cannot be given back. */
  #hear(): void {
    const operation = this.#operation as Operation<unknown>;
    if (this.#end !== null || operation instanceof Until || !this.#pace.rests()) {
      this.#take();
      return;
    }
    operation.restore(this.parcel);
    this.parcel = undefined;
  }

  #take(): void {
    const { parcel } = this;
    const operation = this.#operation as Operation<unknown>;
    this.parcel = undefined;
    if (this.#subscriber.closed || this.#isStopped) {
      // Unsubscribed, or stopped, while another party was told of this very commit.
      this.#refuse(operation, parcel);
      return;
    }
    if (this.#end === null) this.#leased(operation as Operation<Delivery<T>>, parcel);
    else this.#settled(operation, parcel, this.#end.failure);
    this.advance();
  }

  #refuse(operation: Operation<unknown>, parcel: unknown): void {
    if (operation instanceof Until && this.#end === null && !(parcel instanceof Failure))
      giveBack([operation.open(parcel) as Delivery<T>]);
    else operation.restore(parcel);
  }

  #leased(operation: Operation<Delivery<T>>, parcel: unknown): void {
    let delivery: Delivery<T>;
    try {
      delivery = operation.open(parcel);
    } catch (error) {
      this.#end = { failure: this.#isCleanEnd(error) ? null : new Failure(error) };
      return;
    }
    const handling = new Handling<T, R>(this, delivery, this.#handler, this.#timeout);
    this.#running.add(handling);
    handling.run();
  }

  #isCleanEnd(error: unknown): boolean {
    const { name, source } = (error ?? {}) as { name?: unknown; source?: unknown };
    return name === 'ClosedError' && source === this.#queue.name;
  }

  #settled(join: Operation<unknown>, parcel: unknown, failure: Failure | null): void {
    try {
      join.open(parcel);
    } catch (error) {
      // Its engine has closed: what its lease was told says more than what a later caller is.
      this.#subscriber.error(failure === null ? error : failure.error);
      return;
    }
    if (failure === null) this.#subscriber.complete();
    else this.#subscriber.error(failure.error);
  }

  // ───────────────────────────────────────────────────────────── what handlings tell

  emitted(value: R): void {
    this.#subscriber.next(value);
  }

  /** Its handler has ended, or has failed with `failure`. */
  settleFor(handling: Handling<T, R>, failure: Failure | null): void {
    const { delivery } = handling;
    try {
      if (failure === null) delivery.ack();
      else delivery.nack(this.#nackOptions(delivery, failure.error));
    } catch (error) {
      // Its handler has settled it, or its lease has run out. Anything else: it is still leased, and is given back.
      if (!isStale(error)) this.#failWith(error, delivery);
    }
  }

  #failWith(error: unknown, delivery: Delivery<T>): void {
    if (!this.#subscriber.closed) {
      this.#subscriber.error(error);
      return;
    }
    giveBack([delivery]);
    reportUnhandled(error);
  }

  #nackOptions({ attempt, value }: Delivery<T>, error: unknown): NackOptions {
    return this.#backoff === undefined ? { error } : { error, delay: this.#backoff(attempt, value) };
  }

  timeOut(handling: Handling<T, R>): void {
    if (this.#surroundings === null) this.#timeOut(handling);
    else this.#surroundings(() => this.#timeOut(handling));
  }

  #timeOut(handling: Handling<T, R>): void {
    enter();
    try {
      handling.timedOut = true;
      handling.stop();
    } finally {
      exit();
    }
  }

  /** Its handler was stopped, and has cleaned up. */
  cleaned(handling: Handling<T, R>): void {
    if (handling.timedOut) this.settleFor(handling, new Failure(new TimeoutError()));
    else if (this.#stopping !== null) this.#stopping.push(handling);
    else giveBack([handling.delivery]);
    this.freed(handling);
  }

  freed(handling: Handling<T, R>): void {
    this.#running.delete(handling);
    this.advance();
  }

  unsubscribe(): void {
    enter();
    try {
      withdraw(this);
      bequeath(this.#stopAll(), this.#subscriber);
    } finally {
      exit();
    }
  }

  /** What of that goes on: those handlers that still clean up. */
  #stopAll(): Rest | null {
    const running = [...this.#running];
    // One that could not be settled when its handler had ended.
    const over = (this.#stopping = running.filter(({ isOver }) => isOver));
    for (const handling of running) handling.stop();
    this.#stopping = null;
    // Those that their handlers have settled stay settled.
    giveBack(running.filter((handling) => over.includes(handling)).map(({ delivery }) => delivery));
    return joinRests(running.map(({ remains }) => remains));
  }
}

/** One delivery in the hands of its handler. */
class Handling<T, R> extends Run<R> {
  readonly delivery: Delivery<T>;
  /** Why it was stopped. */
  timedOut = false;
  readonly #crew: Crew<T, R>;
  readonly #handler: Handler<T, R>;
  readonly #clock: Unsubscribable;

  constructor(crew: Crew<T, R>, delivery: Delivery<T>, handler: Handler<T, R>, timeout: number) {
    super(surroundings());
    this.#handler = handler;
    this.#crew = crew;
    this.delivery = delivery;
    this.#clock = after(timeout, () => crew.timeOut(this));
  }

  /** What it waits for may be given up by itself. */
  get expires(): boolean {
    return this.#crew.hasDeadline;
  }

  protected call(): Handled<R> {
    return this.#handler(this.delivery.value, this.delivery);
  }

  override stop(): void {
    this.#clock.unsubscribe();
    super.stop();
  }

  protected emitted(value: R): void {
    this.#crew.emitted(value);
  }
  protected ended(failure: Failure | null): void {
    this.#clock.unsubscribe();
    this.#crew.settleFor(this, failure);
    this.#crew.freed(this);
  }
  protected cleaned(): void {
    this.#crew.cleaned(this);
  }
}
