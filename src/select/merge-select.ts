// Select in a loop, as one source: whoever receives from it gets the next value of any of its sources.
//
// A plain select gets in every line and out again for each value, which costs O(sources). Here each source has one branch
// that stays in its line. While nobody asks, the branches are asleep: a value that arrives passes them over, and takes them
// out of the line. Such a branch is *loose*, and only the loose ones have to be looked at when somebody asks: a hot source
// among a thousand idle ones costs what it costs alone.
//
// Invariants (`check()` asserts them):
//   1. a branch that is not loose stands in its source's line
//   2. a source that has something to take has a loose branch (awake, the branch would have been served; asleep, passed over)
//   3. somebody waits here  =>  no branch is loose
//
// Several who wait here stand behind one branch, which stays in line until all of them are served. Somebody who got in line
// behind it (`followed`) has waited longer than those who came here later: once the last who came here before is served, the
// branch gets in line anew. The same after a sleep.

import { checkObject, reject } from '../base/checks.ts';
import { CancelledError } from '../base/errors.ts';
import { Line } from '../base/line.ts';
import { printable } from '../base/printable.ts';
import { Names } from '../base/names.ts';
import { All } from '../core/all.ts';
import { chance } from '../core/chance.ts';
import type { Operation } from '../core/operation.ts';
import { End } from '../core/outcome.ts';
import { isPullable, type Pullable, type ReceiveChannel } from '../core/pullable.ts';
import { Unbuffered } from '../core/unbuffered.ts';
import { enter, exit, turn } from '../core/turn.ts';
import { settleLine, Standing, type Waiter, withdraw } from '../core/waiter.ts';
import { checkOptions, type Selected, type SelectOptions } from './cases.ts';
import { select } from './select.ts';

interface Pair {
  readonly key: string;
  readonly value: unknown;
}

const names = /* @__PURE__ */ new Names('mergeSelect');

class MergeSelect extends Unbuffered<Pair> {
  /** @internal */
  override readonly receivers: Line<Waiter> = new Askers(this);
  readonly #number = names.draw();
  readonly #order: 'fair' | 'priority';
  readonly #sources: Readonly<Record<string, ReceiveChannel<unknown>>>;
  /** By key: those whose source has not ended. */
  readonly #branches = new Map<string, Branch>();
  /** Those to be looked at, the one served longest ago first. */
  #loose: Branch[] = [];
  /** Those whose place in line somebody stands behind, and the last of those here who came before that one. */
  readonly #followed = new Map<Branch, Waiter | null>();
  #end: End | null = null;

  constructor(cases: Readonly<Record<string, ReceiveChannel<unknown>>>, order: 'fair' | 'priority') {
    super();
    this.#order = order;
    this.#sources = { ...cases };
    for (const [key, origin] of Object.entries(cases)) {
      if (!isPullable(origin)) reject(TypeError, 'mergeSelect', `source ${key}`, 'a channel', origin);
      const branch = new Branch(this, this.#branches.size, key, origin);
      this.#branches.set(key, branch);
      this.#loose.push(branch);
    }
    turn.watch?.made?.('mergeSelect', this);
  }

  get name(): string {
    return names.spell(this.#number);
  }

  override get effectful(): boolean {
    return this.#loose.some((branch) => branch.origin.effectful);
  }

  ready(): boolean {
    for (const { origin } of this.#loose) if (origin.ready() && origin.ended()?.clean !== true) return true;
    return this.ended() !== null;
  }

  /** How many sources can be taken from. Those that have ended are let go. */
  #countReady(): number {
    let ready = 0;
    for (const branch of this.#loose) {
      if (!branch.origin.ready()) continue;
      if (branch.origin.ended()?.clean === true) this.#dismiss(branch);
      else ready++;
    }
    return ready;
  }

  take(): unknown {
    const ready = this.#countReady();
    if (ready === 0) return this.ended();
    const branch = this.#choose(ready);
    const parcel = branch.origin.take();
    if (branch.hasEnded(parcel)) return this.#over(parcel);
    this.#toTheEnd(branch);
    return { key: branch.key, value: parcel };
  }

  /** Precondition: `ready` of the loose ones are ready, at least one. */
  #choose(ready: number): Branch {
    let chosen: Branch | null = null;
    let before = this.#order === 'priority' || ready === 1 ? 0 : chance.below(ready);
    for (const branch of this.#loose) {
      if (!branch.origin.ready()) continue;
      if (this.#order === 'fair' && before-- === 0) return branch;
      if (chosen === null || branch.index < chosen.index) chosen = branch;
    }
    return chosen as Branch;
  }

  /** Of sources that answer only when asked, the others are asked first the next time. */
  #toTheEnd(branch: Branch): void {
    const loose = this.#loose;
    const last = loose.length - 1;
    if (loose[last] === branch) return;
    // Not by `splice`, which makes an array of what it takes out: this comes with every value.
    for (let i = loose.indexOf(branch); i < last; i++) loose[i] = loose[i + 1] as Branch;
    loose[last] = branch;
  }

  override park(waiter: Waiter): void {
    if (!this.wanted()) {
      for (const branch of this.#followed.keys()) this.loosen(branch);
      this.#followed.clear();
    }
    super.park(waiter);
    const loose = this.#loose;
    this.#loose = [];
    if (this.#order === 'priority') loose.sort((a, b) => a.index - b.index);
    for (const branch of loose) branch.isLoose = false;
    // Those that only wait come first: what the others start may already serve one of them.
    for (const branch of loose) if (!branch.origin.effectful) branch.stand();
    const unasked: Branch[] = [];
    for (const branch of loose) {
      if (!branch.origin.effectful) continue;
      if (this.wanted()) branch.stand();
      else unasked.push(branch);
    }
    // They are the first to be asked the next time.
    const asked = this.#loose;
    this.#loose = [];
    for (const branch of unasked) this.loosen(branch);
    this.#loose.push(...asked);
  }

  loosen(branch: Branch): void {
    if (branch.isLoose || !this.#branches.has(branch.key)) return;
    branch.isLoose = true;
    this.#loose.push(branch);
  }

  follow(branch: Branch): void {
    this.#followed.set(branch, this.receivers.last);
  }

  /** `receiver`, behind `before`, was served or has left: those who are next may have come later than who stands behind a branch. */
  left(receiver: Waiter, before: Waiter | null): void {
    for (const [branch, last] of this.#followed) {
      if (last !== receiver) continue;
      this.#followed.set(branch, before);
      if (before === null && this.wanted()) this.#yield(branch);
    }
  }

  #yield(branch: Branch): void {
    this.#followed.delete(branch);
    if (branch.isLoose) return;
    withdraw(branch);
    branch.origin.keep(branch, 'last');
  }

  /** A branch that is being served stays in line for the others who wait here. */
  #stay(branch: Branch): void {
    if (!branch.isLoose || !this.wanted()) return;
    branch.isLoose = false;
    this.#loose = this.#loose.filter((other) => other !== branch);
    branch.origin.keep(branch, this.#followed.has(branch) ? 'first' : 'last');
  }

  /** A branch was served: whom that settles here, to be told next. */
  arrived(branch: Branch, parcel: unknown): Waiter[] {
    this.loosen(branch);
    const settled: Waiter[] = [];
    if (!branch.hasEnded(parcel)) {
      const receiver = this.receivers.shift() as Waiter;
      this.left(receiver, null);
      this.#stay(branch);
      receiver.settle({ key: branch.key, value: parcel });
      // If that was the branch of another merge, it may have stayed.
      this.#stay(branch);
      settled.push(receiver);
      return settled;
    }
    if (parcel.clean) this.#dismiss(branch);
    else if (this.wanted()) this.#over(parcel);
    const end = this.ended();
    if (end !== null) {
      settleLine(this.receivers, end, settled);
      settleLine(this.enders, undefined, settled);
    }
    return settled;
  }

  /** Its source has ended. */
  #dismiss(branch: Branch): void {
    this.#branches.delete(branch.key);
    this.#followed.delete(branch);
    this.#loose = this.#loose.filter((other) => other !== branch);
  }

  #over(end: End): End {
    this.#end = end;
    for (const branch of this.#branches.values()) withdraw(branch);
    this.#branches.clear();
    this.#loose = [];
    this.#followed.clear();
    return end;
  }

  /** To its source, also where this has ended since, or the source has. */
  restore({ key, value }: Pair): void {
    (this.#sources[key] as Pullable<unknown>).restore(value);
  }

  ended(): End | null {
    this.#countReady();
    if (this.#end === null && this.#branches.size === 0) this.#end = new End(this, 'closed');
    return this.#end;
  }

  cancel(reason?: unknown): boolean {
    if (this.ended() !== null) return false;
    enter();
    try {
      this.finish(this.#over(new End(this, 'cancelled', new CancelledError(this.name, reason))));
    } finally {
      exit();
    }
    return true;
  }

  /** Loose branches do not hear of their sources' end, so whoever waits for the end asks the sources. */
  override whenEnded(): Operation<void> {
    const sources = [...this.#branches.values()].map((branch) => branch.origin.whenEnded());
    if (this.ended() !== null || sources.length === 0) return super.whenEnded();
    return select({ here: super.whenEnded(), sources: new All(sources) }).map(() => undefined);
  }

  override toString(): string {
    const keys = printable([...this.#branches.keys()].join(', '));
    return `${this.name} of ${keys} (${this.ended() === null ? 'open' : 'ended'})`;
  }

  /** @internal */
  override check(): void {
    super.check();
    for (const branch of this.#branches.values()) {
      if (branch.isLoose !== this.#loose.includes(branch))
        throw new Error(`${this.name}: ${branch.key} is loose and is not`);
      if (!branch.isLoose && branch.place === null) throw new Error(`${this.name}: ${branch.key} stands nowhere`);
      if (!branch.isLoose && branch.origin.ready())
        throw new Error(`${this.name}: ${branch.key} has not heard of its source`);
      if (branch.isLoose && !branch.asleep)
        throw new Error(`${this.name}: ${branch.key} is loose while somebody waits`);
    }
  }
}

/** Those who wait at the merge. */
class Askers extends Line<Waiter> {
  readonly #merge: MergeSelect;

  constructor(merge: MergeSelect) {
    super();
    this.#merge = merge;
  }
  override leave(waiter: Waiter): null {
    const { before } = waiter;
    super.leave(waiter);
    this.#merge.left(waiter, before);
    return null;
  }
  override toString(): string {
    return `receive on ${this.#merge.name}`;
  }
}

/** Stands in one source's line for all who wait at the merge. */
class Branch extends Standing {
  isLoose = true;
  readonly index: number;
  readonly key: string;
  readonly origin: Pullable<unknown>;
  readonly #merge: MergeSelect;
  #settled: readonly Waiter[] = [];

  constructor(merge: MergeSelect, index: number, key: string, origin: Pullable<unknown>) {
    super();
    this.#merge = merge;
    this.index = index;
    this.key = key;
    this.origin = origin;
  }

  override get quiet(): boolean {
    return true;
  }
  override get asleep(): boolean {
    return !this.#merge.wanted();
  }

  /** Gets in line, at its end. */
  stand(): void {
    withdraw(this);
    this.origin.park(this);
  }
  hasEnded(parcel: unknown): parcel is End {
    const end = this.origin.ended();
    return end !== null && end === parcel;
  }
  override followed(): void {
    this.#merge.follow(this);
  }
  override passedOver(): void {
    this.#merge.loosen(this);
  }
  override settle(parcel: unknown): void {
    this.#settled = this.#merge.arrived(this, parcel);
  }
  tell(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const waiter of settled) waiter.tell();
  }
}

/**
 * Select in a loop, as a pulled stream of `{ key, value }`: completes when every channel has ended.
 *
 * ```
 * a             1-----3--|
 * b             --2-----|
 * mergeSelect   1-2---3--|      { key: 'a', value: 1 }, { key: 'b', value: 2 }, …
 * ```
 *
 * It takes a value from a source only when one is asked of it, so no value is ever dropped, and cancelling it leaves its
 * sources alone. Several that are ready: a seeded generator draws one, each with equal probability; with
 * `order: 'priority'` the first listed. Fails with the close cause of the source that it meets.
 * A receive costs O(sources that are active), however many are idle.
 *
 * ![mergeSelect in marbles](../../marbles/select/merge-select.svg)
 *
 * @example
 * ```ts
 * mergeSelect({ orders, returns }).subscribe(({ key, value }) => console.log(key, value));
 * ```
 */
export function mergeSelect<const C extends Readonly<Record<string, ReceiveChannel<any>>>>(
  cases: C,
  options: Pick<SelectOptions, 'order'> = {},
): ReceiveChannel<Selected<C>> {
  checkObject('mergeSelect', 'cases', cases);
  const { order = 'fair' } = checkOptions('mergeSelect', options);
  return new MergeSelect(cases, order) as ReceiveChannel<unknown> as ReceiveChannel<Selected<C>>;
}
