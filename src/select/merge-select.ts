// Select in a loop, as one source: whoever receives from it gets the next value of any of its sources.
//
// A plain select gets in every line and out again for each value, which costs O(sources). Here each source has one envoy
// that stays in its line. While nobody asks, the envoys are asleep: a value that arrives passes them over, and takes them
// out of the line. Such an envoy is *loose*, and only the loose ones have to be looked at when somebody asks: a hot source
// among a thousand idle ones costs what it costs alone.
//
// Invariants (`check()` asserts them):
//   1. an envoy that is not loose stands in its source's line
//   2. a source that has something to take has a loose envoy (awake, the envoy would have been served; asleep, passed over)
//   3. somebody waits here  =>  no envoy is loose
//
// Several who wait here stand behind one envoy, which stays in line until all of them are served. Somebody who got in line
// behind it (`followed`) has waited longer than those who came here later: once the last who came here before is served, the
// envoy gets in line anew. The same after a sleep.

import { CancelledError, describe } from '../base/errors.ts';
import { Line } from '../base/line.ts';
import { Names } from '../base/names.ts';
import { chance } from '../core/chance.ts';
import { Operation } from '../core/operation.ts';
import { End } from '../core/outcome.ts';
import { isPullable, Pullable, type ReceiveChannel } from '../core/pullable.ts';
import { joinRests } from '../core/rest.ts';
import { enter, leave } from '../core/turn.ts';
import { settleLine, Standing, type Waiter, withdraw } from '../core/waiter.ts';
import { checkOptions, type Selected, type SelectOptions } from './cases.ts';
import { select } from './select.ts';

interface Pair {
  readonly key: string;
  readonly value: unknown;
}

const names = /* @__PURE__ */ new Names('mergeSelect');

class MergeSelect extends Pullable<Pair> {
  /** @internal */
  override readonly receivers: Line<Waiter> = new Askers(this);
  readonly #number = names.draw();
  readonly #order: 'fair' | 'priority';
  readonly #sources: Readonly<Record<string, ReceiveChannel<unknown>>>;
  /** By key: those whose source has not ended. */
  readonly #envoys = new Map<string, Envoy>();
  /** Those to be looked at, the one served longest ago first. */
  #loose: Envoy[] = [];
  /** Those whose place in line somebody stands behind, and the last of those here who came before that one. */
  readonly #followed = new Map<Envoy, Waiter | null>();
  #end: End | null = null;

  constructor(cases: Readonly<Record<string, ReceiveChannel<unknown>>>, order: 'fair' | 'priority') {
    super();
    this.#order = order;
    this.#sources = { ...cases };
    for (const [key, origin] of Object.entries(cases)) {
      if (!isPullable(origin))
        throw new TypeError(`mergeSelect: source ${key} must be a channel; got ${describe(origin)}`);
      const envoy = new Envoy(this, this.#envoys.size, key, origin);
      this.#envoys.set(key, envoy);
      this.#loose.push(envoy);
    }
  }

  get name(): string {
    return names.spell(this.#number);
  }

  override get effectful(): boolean {
    return this.#loose.some((envoy) => envoy.origin.effectful);
  }

  ready(): boolean {
    return this.#countReady() > 0 || this.ended() !== null;
  }

  /** How many sources can be taken from. Those that have ended are let go. */
  #countReady(): number {
    let ready = 0;
    for (const envoy of this.#loose) {
      if (!envoy.origin.ready()) continue;
      if (envoy.origin.ended()?.clean === true) this.#dismiss(envoy);
      else ready++;
    }
    return ready;
  }

  take(): unknown {
    const ready = this.#countReady();
    if (ready === 0) return this.ended();
    const envoy = this.#choose(ready);
    const parcel = envoy.origin.take();
    if (envoy.hasEnded(parcel)) return this.#over(parcel);
    this.#toTheEnd(envoy);
    return { key: envoy.key, value: parcel };
  }

  /** Precondition: `ready` of the loose ones are ready, at least one. */
  #choose(ready: number): Envoy {
    let chosen: Envoy | null = null;
    let before = this.#order === 'priority' || ready === 1 ? 0 : chance.below(ready);
    for (const envoy of this.#loose) {
      if (!envoy.origin.ready()) continue;
      if (this.#order === 'fair' && before-- === 0) return envoy;
      if (chosen === null || envoy.index < chosen.index) chosen = envoy;
    }
    return chosen as Envoy;
  }

  /** Of sources that answer only when asked, the others are asked first the next time. */
  #toTheEnd(envoy: Envoy): void {
    const loose = this.#loose;
    if (loose.at(-1) === envoy) return;
    loose.splice(loose.indexOf(envoy), 1);
    loose.push(envoy);
  }

  override park(waiter: Waiter): void {
    if (!this.wanted()) {
      for (const envoy of this.#followed.keys()) this.loosen(envoy);
      this.#followed.clear();
    }
    super.park(waiter);
    const loose = this.#loose;
    this.#loose = [];
    if (this.#order === 'priority') loose.sort((a, b) => a.index - b.index);
    for (const envoy of loose) envoy.isLoose = false;
    // Those that only wait come first: what the others start may already serve one of them.
    for (const envoy of loose) if (!envoy.origin.effectful) envoy.stand();
    const unasked: Envoy[] = [];
    for (const envoy of loose) {
      if (!envoy.origin.effectful) continue;
      if (this.wanted()) envoy.stand();
      else unasked.push(envoy);
    }
    // They are the first to be asked the next time.
    const asked = this.#loose;
    this.#loose = [];
    for (const envoy of unasked) this.loosen(envoy);
    this.#loose.push(...asked);
  }

  loosen(envoy: Envoy): void {
    if (envoy.isLoose || !this.#envoys.has(envoy.key)) return;
    envoy.isLoose = true;
    this.#loose.push(envoy);
  }

  follow(envoy: Envoy): void {
    this.#followed.set(envoy, this.receivers.last);
  }

  /** `receiver`, behind `before`, was served or has left: those who are next may have come later than who stands behind an envoy. */
  left(receiver: Waiter, before: Waiter | null): void {
    for (const [envoy, last] of this.#followed) {
      if (last !== receiver) continue;
      this.#followed.set(envoy, before);
      if (before === null && this.wanted()) this.#yield(envoy);
    }
  }

  #yield(envoy: Envoy): void {
    this.#followed.delete(envoy);
    if (envoy.isLoose) return;
    withdraw(envoy);
    envoy.origin.keep(envoy, 'last');
  }

  /** An envoy that is being served stays in line for the others who wait here. */
  #stay(envoy: Envoy): void {
    if (!envoy.isLoose || !this.wanted()) return;
    envoy.isLoose = false;
    this.#loose = this.#loose.filter((other) => other !== envoy);
    envoy.origin.keep(envoy, this.#followed.has(envoy) ? 'first' : 'last');
  }

  /** An envoy was served: whom that settles here, to be told next. */
  arrived(envoy: Envoy, parcel: unknown): Waiter[] {
    this.loosen(envoy);
    const settled: Waiter[] = [];
    if (!envoy.hasEnded(parcel)) {
      const receiver = this.receivers.shift() as Waiter;
      this.left(receiver, null);
      this.#stay(envoy);
      receiver.settle({ key: envoy.key, value: parcel });
      // If that was the envoy of another merge, it may have stayed.
      this.#stay(envoy);
      settled.push(receiver);
      return settled;
    }
    if (parcel.clean) this.#dismiss(envoy);
    else if (this.wanted()) this.#over(parcel);
    const end = this.ended();
    if (end !== null) {
      settleLine(this.receivers, end, settled);
      settleLine(this.enders, undefined, settled);
    }
    return settled;
  }

  /** Its source has ended. */
  #dismiss(envoy: Envoy): void {
    this.#envoys.delete(envoy.key);
    this.#followed.delete(envoy);
    this.#loose = this.#loose.filter((other) => other !== envoy);
  }

  #over(end: End): End {
    this.#end = end;
    for (const envoy of this.#envoys.values()) withdraw(envoy);
    this.#envoys.clear();
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
    if (this.#end === null && this.#envoys.size === 0) this.#end = new End(this, 'closed');
    return this.#end;
  }

  cancel(reason?: unknown): boolean {
    if (this.ended() !== null) return false;
    enter();
    try {
      this.finish(this.#over(new End(this, 'cancelled', new CancelledError(this.name, reason))));
    } finally {
      leave();
    }
    return true;
  }

  /** Loose envoys do not hear of their sources' end, so whoever waits for the end asks the sources. */
  override whenEnded(): Operation<void> {
    const sources = [...this.#envoys.values()].map((envoy) => envoy.origin.whenEnded());
    if (this.ended() !== null || sources.length === 0) return super.whenEnded();
    return select({ here: super.whenEnded(), sources: new All(sources) }).map(() => undefined);
  }

  override toString(): string {
    return `${this.name} of ${[...this.#envoys.keys()].join(', ')} (${this.ended() === null ? 'open' : 'ended'})`;
  }

  /** @internal */
  override check(): void {
    super.check();
    for (const envoy of this.#envoys.values()) {
      if (envoy.isLoose !== this.#loose.includes(envoy))
        throw new Error(`${this.name}: ${envoy.key} is loose and is not`);
      if (!envoy.isLoose && envoy.place === null) throw new Error(`${this.name}: ${envoy.key} stands nowhere`);
      if (!envoy.isLoose && envoy.origin.ready())
        throw new Error(`${this.name}: ${envoy.key} has not heard of its source`);
      if (envoy.isLoose && !envoy.asleep) throw new Error(`${this.name}: ${envoy.key} is loose while somebody waits`);
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
class Envoy extends Standing {
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

/** Completes when all of `operations` have. */
class All extends Operation<void> {
  readonly #operations: readonly Operation<void>[];

  constructor(operations: readonly Operation<void>[]) {
    super();
    this.#operations = operations;
  }

  #open(): Operation<void>[] {
    return this.#operations.filter((operation) => !operation.ready());
  }

  ready(): boolean {
    return this.#open().length === 0;
  }
  commit(): unknown {
    return undefined;
  }
  park(waiter: Waiter): void {
    joinRests(this.#open())?.park(waiter);
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
  checkOptions('mergeSelect', options);
  return new MergeSelect(cases, options.order ?? 'fair') as ReceiveChannel<unknown> as ReceiveChannel<Selected<C>>;
}
