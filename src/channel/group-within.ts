// Batches of what a source brings: by number, or by the time that the first of a batch has waited.
//
// Invariants (`check()` asserts them):
//   1. values are collected only while somebody waits here: `batch` is empty, and the collector in no line, if nobody does
//   2. 0 <= batch.length < max, between two library calls
//   3. the timer runs  <=>  something is collected (and `ms` is finite)
//
// A batch is begun for the one who waits longest. If all who wait leave, what was collected goes back to the source, in order:
// at the end of that library call, for it may serve others who wait there.

import { type Unsubscribable } from 'rxjs';
import { checkLimit, checkMs } from '../base/checks.ts';
import { CancelledError, describe } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { after } from '../core/clock.ts';
import { End } from '../core/outcome.ts';
import { LineOf } from '../core/line-of.ts';
import { isPullable, type Pullable, type ReceiveChannel } from '../core/pullable.ts';
import { Unbuffered } from '../core/unbuffered.ts';
import { restoreAll } from '../core/receive.ts';
import { afterwards, type Duty, enter, exit, turn } from '../core/turn.ts';
import { Standing, type Waiter, withdraw } from '../core/waiter.ts';

const names = /* @__PURE__ */ new Names('groupWithin');

class GroupWithin<T> extends Unbuffered<T[]> implements Duty {
  /** @internal */
  override readonly receivers: LineOf = new Askers(this);
  /** @internal */
  override readonly enders: LineOf = new Enders(this);
  /** Hears of the source's end for those who wait for it, where nobody waits for a batch. */
  readonly #herald: Herald = new Herald(this);
  readonly #number = names.draw();
  readonly #origin: Pullable<T>;
  readonly #max: number;
  readonly #ms: number;
  readonly #collector: Collector<T> = new Collector<T>(this);
  #batch: T[] = [];
  #timer: Unsubscribable | null = null;
  #collecting = false;
  #end: End | null = null;

  constructor(origin: Pullable<T>, max: number, ms: number) {
    super();
    this.#origin = origin;
    this.#max = max;
    this.#ms = ms;
    turn.watch?.made?.('groupWithin', this);
  }

  get name(): string {
    return names.spell(this.#number);
  }

  /** A batch is begun only for one who waits. */
  override get effectful(): boolean {
    return true;
  }
  /** Whoever polls is not to take what makes no batch: a send that waited would have completed. */
  override get wouldWait(): boolean {
    return !this.#origin.holds(this.#max);
  }
  ready(): boolean {
    return this.ended() !== null;
  }
  take(): unknown {
    return this.ended();
  }

  ended(): End | null {
    if (this.#end !== null || this.#batch.length > 0) return this.#end;
    return this.#origin.ended();
  }

  override park(waiter: Waiter): void {
    super.park(waiter);
    this.collect();
  }

  // ───────────────────────────────────────────────────────────── collecting

  /** Takes what there is for those who wait; then stands in the source's line. */
  collect(): void {
    if (this.#collecting) return;
    this.#collecting = true;
    enter();
    try {
      while (this.wanted() && this.#end === null && this.#step());
    } finally {
      this.#collecting = false;
      // Whoever was told of a value that was taken may have let all go who wait.
      this.perform();
      exit();
    }
  }

  /** False when there is nothing to be done but to wait. */
  #step(): boolean {
    const source = this.#origin;
    const batch = this.#batch;
    const end = source.ended();
    if (batch.length >= this.#max || (end !== null && batch.length > 0)) {
      this.#deliver();
      return true;
    }
    if (end !== null) {
      withdraw(this.#collector);
      this.finish(end);
      return false;
    }
    if (source.ready()) {
      // It stands in line only where nothing could be taken.
      const parcel = source.take();
      if (!(parcel instanceof End) || source.ended() !== parcel) this.#add(parcel as T);
      return true;
    }
    if (this.#collector.place !== null) return false;
    source.park(this.#collector);
    // A source that answers at once has answered by now.
    return this.#collector.place === null;
  }

  #add(value: T): void {
    this.#batch.push(value);
    if (this.#batch.length === 1 && this.#ms !== Infinity) this.#timer = after(this.#ms, () => this.#timeIsUp());
  }

  /** The collector was served. */
  arrived(parcel: unknown): void {
    if (!(parcel instanceof End) || this.#origin.ended() !== parcel) this.#add(parcel as T);
  }

  #timeIsUp(): void {
    enter();
    try {
      this.#deliver();
      this.collect();
    } finally {
      exit();
    }
  }

  /** Precondition: somebody waits, and something is collected. */
  #deliver(): void {
    const batch = this.#emptied();
    const receiver = this.receivers.shift() as Waiter;
    if (this.receivers.first === null) withdraw(this.#collector);
    receiver.settle(batch);
    receiver.tell();
  }

  #emptied(): T[] {
    const batch = this.#batch;
    this.#batch = [];
    this.#timer?.unsubscribe();
    this.#timer = null;
    return batch;
  }

  // ───────────────────────────────────────────────────────────── giving back

  /** @internal Nobody may wait any more. */
  perform(): void {
    if (!this.#collecting && !this.wanted()) this.#giveBack();
  }

  #giveBack(): void {
    withdraw(this.#collector);
    restoreAll(this.#origin, this.#emptied());
  }

  /** @internal Who left may have been the last. */
  left(): void {
    if (this.receivers.first === null) afterwards(this);
  }

  /** A batch that nobody heard of. */
  restore(batch: T[]): void {
    restoreAll(this.#origin, batch);
    this.collect();
  }

  // ───────────────────────────────────────────────────────────── ending

  /** @internal Somebody waits for the end, or has left: who collects for nobody hears of no end. */
  endersChanged(): void {
    const herald = this.#herald;
    if (this.enders.first === null) withdraw(herald);
    else if (herald.place === null) {
      const whenEnded = this.#origin.whenEnded();
      if (!whenEnded.ready()) whenEnded.park(herald);
    }
  }

  /** @internal The source has ended; a batch that was begun comes before. */
  sourceEnded(): void {
    const end = this.ended();
    if (end !== null) this.finish(end);
  }

  cancel(reason?: unknown): boolean {
    if (this.ended() !== null) return false;
    enter();
    try {
      const end = (this.#end = new End(this, 'cancelled', new CancelledError(this.name, reason)));
      this.#giveBack();
      withdraw(this.#herald);
      this.finish(end);
    } finally {
      exit();
    }
    return true;
  }

  override toString(): string {
    return `${this.name} of ${this.#origin.name} (${this.#batch.length}/${this.#max})`;
  }

  /** @internal */
  override check(): void {
    super.check();
    const fail = (what: string): never => {
      throw new Error(`${this.name}: ${what}`);
    };
    const { length } = this.#batch;
    if (!this.wanted() && (length > 0 || this.#collector.place !== null)) fail('collects, and nobody waits');
    if (length > 0 && length >= this.#max) fail(`${length} are collected, and nobody has them`);
    if ((this.#timer !== null) !== (length > 0 && this.#ms !== Infinity)) fail('the timer is wrong');
  }
}

/** Those who wait for a batch. */
class Askers extends LineOf {
  readonly #group: GroupWithin<any>;

  constructor(group: GroupWithin<any>) {
    super('receive on', group);
    this.#group = group;
  }
  override leave(waiter: Waiter): null {
    super.leave(waiter);
    this.#group.left();
    return null;
  }
}

/** Those who wait for the end. */
class Enders extends LineOf {
  readonly #group: GroupWithin<any>;

  constructor(group: GroupWithin<any>) {
    super('the end of', group);
    this.#group = group;
  }
  override append(waiter: Waiter): void {
    super.append(waiter);
    this.#group.endersChanged();
  }
  override leave(waiter: Waiter): null {
    super.leave(waiter);
    this.#group.endersChanged();
    return null;
  }
}

class Herald extends Standing {
  readonly #group: GroupWithin<any>;

  constructor(group: GroupWithin<any>) {
    super();
    this.#group = group;
  }

  override get quiet(): boolean {
    return true;
  }
  tell(): void {
    this.#group.sourceEnded();
  }
}

/** Stands in the source's line for those who wait for a batch. */
class Collector<T> extends Standing {
  readonly #group: GroupWithin<T>;

  constructor(group: GroupWithin<T>) {
    super();
    this.#group = group;
  }

  override get quiet(): boolean {
    return true;
  }
  override settle(parcel: unknown): void {
    this.#group.arrived(parcel);
  }
  tell(): void {
    this.#group.collect();
  }
}

/**
 * Batches by size or time: at most `max` values, and none waits longer than `ms` for company.
 *
 * ```
 * source                     abc--d--------|
 * groupWithin(source, 3, 5)
 *   receives                 --A-------B---|      A = [a, b, c], B = [d]
 * ```
 *
 * It is pulled: it takes nothing from `source` before a batch is asked of it. `ms` counts from the first value of the batch.
 * The source's end, or its cause, comes after the batch that was begun. Cancelled, or withdrawn by all who wait for a batch, it
 * gives what it had collected back to `source`, in order: nothing is lost. Cancelling leaves the source alone.
 *
 * `max` is an integer >= 1, or Infinity; `ms` >= 0 milliseconds, or Infinity; else RangeError. A source that is not of this
 * library cannot take values back: TypeError. O(1) for each value.
 *
 * ![groupWithin in marbles](../../marbles/channel/group-within.svg)
 *
 * @example
 * ```ts
 * const rows = groupWithin(inserts, 500, 20);
 * yield* forEach(rows, function* (batch) {
 *   yield* until(db.insert(batch));
 * });
 * ```
 *
 * After Akka's `groupedWithin` and Reactor's `bufferTimeout`.
 */
export function groupWithin<T>(source: ReceiveChannel<T>, max: number, ms: number): ReceiveChannel<T[]> {
  if (!isPullable(source)) {
    throw new TypeError(
      `groupWithin: the source must be a channel, which can take values back; got ${describe(source)}`,
    );
  }
  checkLimit('groupWithin', 'max', max, 1);
  checkMs('groupWithin', 'ms', ms);
  return new GroupWithin(source as Pullable<T>, max, ms);
}
