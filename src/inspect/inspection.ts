// The one inspection that goes on while any inspector is on: it hears of everything by the hook of the core and by the meters of
// places, keeps records of it (weakly), notes what happens, and finds what looks wrong.
//
// Invariants:
//   1. nothing that it keeps keeps anything of the program alive
//   2. it calls no code of the user's but `toString()` and names, and those who listen to `inspection`, which are no user's

import { isVirtual, monotonic, now } from '../core/clock.ts';
import { type TaskEvent } from '../core/inspection.ts';
import { Failure } from '../core/outcome.ts';
import { type Runnable, turn, type Watch } from '../core/turn.ts';
import type { Place } from '../core/waiter.ts';
import * as advice from './advice.ts';
import { brief } from './brief.ts';
import { FAR, nodeName, type Ring, rings } from './deadlocks.ts';
import { Findings } from './findings.ts';
import type { Finding, Snapshot } from './inspector.ts';
import { Journal } from './journal.ts';
import { Leases } from './leases.ts';
import { type Level } from './level.ts';
import { type Metered, meterBroadcast, meterChannel, meterOwner, meterSemaphore, meterSubscriptions } from './meter.ts';
import { afterCollections } from './after-collections.ts';
import { ANYBODY, isEnd, isTask, Needs, nodesOf, type Node } from './needs.ts';
import { Patience, quietly } from './patience.ts';
import { isCrew, type PlaceRecord, Places, textOf, type Thing } from './places.ts';
import { callSite } from './stack.ts';
import { survey } from './survey.ts';
import { isPerformed } from '../task/work.ts';
import { linesOf } from './standing.ts';
import { type Running, type TaskRecord, Tasks, waitOf } from './tasks.ts';

export interface Limits {
  readonly stacks: boolean;
  readonly slowStep: number;
  readonly longWait: number;
}

/** Where one waits for a promise. */
interface Promised extends Place {
  late: ((parcel: unknown) => void) | null;
}

/** Real milliseconds, and looks in virtual time, after which one that has never waited is taken for spinning. */
const SPINS_FOR = 100;
const SPINS_LOOKS = 1000;
/** So often may a body wait that has been cancelled. */
const LONG_CLEAN_UP = 100;

export class Inspection implements Watch, Metered {
  readonly journal = new Journal();
  readonly findings = new Findings((finding) => {
    this.journal.add({ kind: 'finding', at: now(), finding });
  });
  #limits: Limits = { stacks: false, slowStep: 50, longWait: Infinity };
  #isOn = true;
  readonly #tasks = new Tasks();
  readonly #places = new Places();
  readonly #leases = new Leases((lease) => {
    if (this.#isOn) this.findings.raise(lease.key, advice.stuckLease(lease, 'was forgotten before it was settled'));
  });
  readonly #needs = new Needs(this.#tasks, this.#places, this.#leases);
  readonly #patience = new Patience(() => this.#lookForLong());
  /** Observers that wait, and since when: kept while waits are limited. */
  readonly #observers: {
    readonly waiter: WeakRef<{ readonly place: unknown }>;
    readonly since: number;
    key: string | null;
  }[] = [];
  /** Steps that are under way, one inside the other. */
  readonly #steps: { readonly runnable: object; readonly began: number; nested: number }[] = [];
  /** Where a deadlock is surmised. */
  readonly #surmised = new Set<TaskRecord>();
  #looksAgain = false;

  constructor() {
    afterCollections(() => {
      this.#tasks.sweep();
      this.#places.sweep();
      return this.#isOn;
    });
  }

  limit(limits: Limits): void {
    this.#limits = limits;
    this.#patience.end();
    this.#patience.begin(limits.longWait);
  }

  // ───────────────────────────────────────────────────────────── tasks

  started(runnable: Runnable): void {
    this.#tasks.start(runnable, this.#limits.stacks ? callSite() : null);
  }

  woken(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record === null) return;
    record.since = now();
    if (record.whileItWaits !== null) this.#over(record);
  }

  steps(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record === null) return;
    record.since = now();
    if (record.whileItWaits !== null) this.#over(record);
    this.#steps.push({ runnable, began: monotonic(), nested: 0 });
    this.#note(record.isNew ? 'started' : 'resumed', record, null);
    record.isNew = false;
  }

  waits(waiter: { readonly place: unknown }): void {
    const place = waiter.place as Place | null;
    const record = this.#tasks.of(waiter);
    if (record === null) this.#observerWaits(waiter, place);
    else if ((place as unknown) === turn.ready || place === null) this.#stepEnds(waiter, record);
    else this.#taskWaits(waiter as Running, record, place);
  }

  #taskWaits(running: Running, record: TaskRecord, place: Place): void {
    this.#stepEnds(running, record);
    record.since = now();
    record.spinning = null;
    this.#note('waits', record, this.journal.one(waitOf(running) ?? ''));
    this.#noteUses(place, record, running);
    this.#patience.begin(this.#limits.longWait);
    if (record.waitsSinceCancel >= 0 && ++record.waitsSinceCancel > LONG_CLEAN_UP)
      this.#raise(
        record,
        'ignoredCancel',
        advice.ignoredCancel(record.name, `has waited ${LONG_CLEAN_UP} times since`),
      );
    if (!this.#needs.isOwn(place, record) && this.#needs.at(place) !== ANYBODY) this.#lookForDeadlock([record]);
  }

  #observerWaits(waiter: { readonly place: unknown }, place: Place | null): void {
    if (place === null) return;
    this.#noteUses(place, null, waiter);
    const { delivery } = waiter as { delivery?: object };
    if (delivery !== undefined) this.#leases.workedOn(delivery, waiter);
    const need = this.#needs.at(place);
    if (need !== ANYBODY) this.#lookForDeadlock(nodesOf(need));
    const { subscribed, party } = waiter as { subscribed?: boolean; party?: object };
    // A subscription may wait for ever; who waits in a task's stead, or for one, is seen by that.
    const isNoProblem =
      subscribed === true ||
      (party !== undefined && this.#tasks.of(party) !== null) ||
      (place.of !== undefined && this.#tasks.ownedBy(place.of) !== null);
    if (this.#limits.longWait === Infinity || isNoProblem) return;
    this.#observers.push({ waiter: new WeakRef(waiter), since: now(), key: null });
    this.#patience.begin(this.#limits.longWait);
  }

  /** One who waits to receive at a channel is one who would receive what is sent. */
  #noteUses(place: Place, record: TaskRecord | null, party: object): void {
    for (const line of linesOf(place)) {
      const at = this.#places.of(line.of as object);
      const ends = at === null ? null : (at.thing as { senders?: object; receivers?: object } | null);
      if (at === null || ends === null) continue;
      const id = this.#tasks.actingFor(record?.fiber ?? null)?.id ?? null;
      if (line === ends.senders) at.receiving.users.add(id);
      else if (line === ends.receivers && isCrew(party)) at.sending.users.addCrew(party);
      // A subscription is seen as long as there is one.
      else if (line === ends.receivers && (id !== null || !isSubscribed(line))) at.sending.users.add(id);
    }
  }

  cancelled(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record === null || record.waitsSinceCancel >= 0) return;
    record.waitsSinceCancel = 0;
    const { body, place } = runnable as Running;
    // An async function goes on after its task: to its end, or until it hears of the signal, and fails.
    if (isPerformed(body) && place !== null && 'late' in place) (place as Promised).late = this.#lateFor(record);
  }

  #lateFor(record: TaskRecord): (parcel: unknown) => void {
    const { id, name } = record;
    return (parcel) => {
      if (!this.#isOn || parcel instanceof Failure) return;
      this.findings.raise(`ignoredCancel ${id}`, advice.ignoredCancel(name, 'its promise was fulfilled all the same'));
      this.findings.clear(`ignoredCancel ${id}`);
    };
  }

  swallowed(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record !== null)
      this.#raise(record, 'ignoredCancel', advice.ignoredCancel(record.name, 'its body went on all the same'));
  }

  ended(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record === null) return;
    this.#stepEnds(runnable, record);
    this.#note('ended', record, null);
    this.#tasks.end(record);
    if (record.whileItWaits !== null) this.#over(record);
    for (const key of record.whileItLives ?? []) this.findings.clear(key);
    this.#lookForLeft(record);
    if (this.#surmised.size > 0) this.#lookAgain();
  }

  spins(): void {
    const record = this.#tasks.of(turn.current);
    if (record === null) return;
    const spinning = (record.spinning ??= { since: monotonic(), looks: 0 });
    spinning.looks++;
    if (isVirtual()) {
      if (spinning.looks > SPINS_LOOKS) this.#raise(record, 'spinning', advice.spinning(record.name, 'in one frame'));
      return;
    }
    const time = monotonic() - spinning.since;
    if (time > SPINS_FOR) this.#raise(record, 'spinning', advice.spinning(record.name, `for ${advice.ms(time)}`));
  }

  #stepEnds(runnable: object, record: TaskRecord): void {
    const step = this.#steps.at(-1);
    if (step?.runnable !== runnable) return;
    this.#steps.pop();
    const took = monotonic() - step.began;
    const outer = this.#steps.at(-1);
    if (outer !== undefined) outer.nested += took;
    const own = took - step.nested;
    const { slowStep } = this.#limits;
    // In virtual time no step takes any.
    if (own > slowStep && !isVirtual()) this.#raise(record, 'slowStep', advice.slowStep(record.name, own, slowStep));
  }

  #note(kind: TaskEvent['kind'], record: TaskRecord, waitingFor: string | null): void {
    const parent = this.#tasks.parentOf(record)?.id ?? null;
    this.journal.add({ kind, at: now(), id: record.id, name: record.name, parent, waitingFor });
  }

  /** Something is wrong with `record` as long as it lives. */
  #raise(record: TaskRecord, what: string, finding: Finding): void {
    const key = `${what} ${record.id}`;
    (record.whileItLives ??= []).push(key);
    this.findings.raise(key, finding);
  }

  #over(record: TaskRecord): void {
    for (const key of record.whileItWaits ?? []) this.findings.retract(key);
    record.whileItWaits = null;
  }

  // ───────────────────────────────────────────────────────────── places

  listens(subscriber: object, observable: object): void {
    this.#needs.listens(subscriber, observable);
  }
  brings(subscriber: object, source: object, observable: object): void {
    this.#needs.brings(subscriber, source, observable);
  }

  get running(): object | null {
    return this.#isOn ? (this.#acting ?? turn.current) : null;
  }

  acts(party: object | null): void {
    this.#acting = party;
  }
  #acting: object | null = null;

  made(kind: string, place: object): void {
    const thing = place as Thing;
    const record = this.#places.add(kind, thing);
    if ('accept' in place && 'takeMany' in place) meterChannel(this, record, place);
    else if ('accept' in place) meterBroadcast(this, record, place);
    else if ('subscriptions' in place) meterSubscriptions(this, record, place);
    else if (kind === 'semaphore') meterSemaphore(this, record, place);
    else if (kind === 'stateOwner') {
      this.#places.alias((place as { serializer: object }).serializer, record);
      meterOwner(this, record, place);
    }
  }

  sent(record: PlaceRecord, value: unknown, party: object | null): void {
    if (!this.#isOn) return;
    record.receiving.users.add(this.#tasks.actingFor(party)?.id ?? null);
    this.journal.add({ kind: 'sent', at: now(), name: record.name, value: this.journal.one(brief(value)) });
    const { size, capacity } = record.thing as unknown as { size?: number; capacity?: number };
    if (size !== undefined && capacity !== undefined) this.#rises(record, record.level, size, capacity);
  }

  #rises(record: PlaceRecord, level: Level, size: number, capacity: number): void {
    const at = now();
    if (capacity === Infinity) {
      level.rise(size);
      if (level.onlyGrows(size))
        this.findings.raise(`growing ${record.id}`, advice.growing(record.name, size, level.isTouched));
    } else if (size > 0 && size >= capacity && level.fullSince === null) {
      level.fullSince = at;
      this.#patience.begin(this.#limits.longWait);
    }
  }

  received(record: PlaceRecord, value: unknown, party: object | null): void {
    if (!this.#isOn) return;
    const { size = 0, subscriptions = 0 } = record.thing as unknown as { size?: number; subscriptions?: number };
    const task = this.#tasks.actingFor(party);
    // It works off what there is.
    if (task !== null && size > 0) task.spinning = null;
    if (isCrew(party)) record.sending.users.addCrew(party);
    else if (task !== null || subscriptions === 0) record.sending.users.add(task?.id ?? null);
    this.journal.add({ kind: 'received', at: now(), name: record.name, value: this.journal.one(brief(value)) });
    if (record.fullSince !== null) this.findings.clear(`full ${record.id}`);
    record.level.fall(size);
    if (!record.level.onlyGrows(size)) this.findings.clear(`growing ${record.id}`);
  }

  subscribed(record: PlaceRecord, count: number): void {
    if (!this.#isOn || record.kind === 'queue') return;
    const key = `splitSubscribers ${record.id}`;
    if (count > 1) this.findings.raise(key, advice.splitSubscribers(record.name, count));
    else this.findings.clear(key);
  }

  lent(record: PlaceRecord, lease: object, party: object | null): void {
    if (!this.#isOn) return;
    this.#leases.add(record, lease, this.#tasks.actingFor(party));
    this.#patience.begin(this.#limits.longWait);
  }

  returned(entry: object): void {
    const lease = this.#leases.end(entry);
    if (lease !== null) this.findings.clear(lease.key);
  }

  // ───────────────────────────────────────────────────────────── what lasts too long

  #lookForLong(): number {
    const { longWait } = this.#limits;
    const at = now();
    let first = Infinity;
    const lasts = (since: number): boolean => {
      if (at - since > longWait) return true;
      first = Math.min(first, since);
      return false;
    };
    for (const record of this.#tasks.all) this.#lookAtTask(record, lasts, longWait);
    for (const record of this.#places.all) {
      const { fullSince } = record;
      if (fullSince === null || record.thing === null || !lasts(fullSince)) continue;
      this.findings.raise(`full ${record.id}`, advice.fullBuffer(record.name, textOf(record.thing), longWait));
    }
    for (const lease of this.#leases.open)
      if (lasts(lease.since))
        this.findings.raise(
          lease.key,
          advice.stuckLease(lease, `has lasted for more than ${advice.ms(longWait)} (longWait)`),
        );
    this.#lookAtObservers(lasts, longWait);
    return first;
  }

  #lookAtTask(record: TaskRecord, lasts: (since: number) => boolean, limit: number): void {
    const { fiber } = record;
    const what = fiber === null ? null : waitOf(fiber);
    const key = `longWait ${record.id}`;
    if (fiber === null || what === null || record.whileItWaits?.includes(key) === true || !lasts(record.since)) return;
    (record.whileItWaits ??= []).push(key);
    this.findings.raise(key, advice.longWait(record.name, what, this.#placeName(fiber.place), limit));
  }

  #lookAtObservers(lasts: (since: number) => boolean, limit: number): void {
    const observers = this.#observers.splice(0);
    for (const observer of observers) {
      const place = (observer.waiter.deref()?.place ?? null) as Place | null;
      if (place === null) {
        if (observer.key !== null) this.findings.clear(observer.key);
        continue;
      }
      this.#observers.push(observer);
      if (observer.key !== null || !lasts(observer.since)) continue;
      observer.key = `longWait of an observer ${++this.#numbers}`;
      this.findings.raise(observer.key, advice.longWait(null, printed(place), this.#placeName(place), limit));
    }
  }
  #numbers = 0;

  #placeName(place: Place | null): string | null {
    for (const line of linesOf(place)) {
      const record = this.#places.of(line.of as object);
      if (record !== null) return record.name;
    }
    return null;
  }

  /** One that had leased something has ended: who settles that? */
  #lookForLeft({ id }: TaskRecord): void {
    for (const lease of this.#leases.open) {
      if (lease.task !== id || lease.runsOut || this.#hasChildren(id)) continue;
      quietly(0, () => {
        for (const open of this.#leases.open)
          if (open === lease)
            this.findings.raise(lease.key, advice.stuckLease(lease, 'was not settled when that had ended'));
      });
    }
  }

  #hasChildren(id: number): boolean {
    for (const task of this.#tasks.all) if (task.maker === id) return true;
    return false;
  }

  // ───────────────────────────────────────────────────────────── deadlocks

  #lookForDeadlock(starts: readonly Node[]): void {
    for (const ring of rings(this.#needs, starts, FAR)) this.#found(ring);
    // Others may end without waiting once more, and then nobody is left who could come.
    for (const start of starts) if (isTask(start) && this.#isAlone(start)) this.#surmise(start);
  }

  /** One who could be served by somebody new: what is called after this has its chance to bring one. */
  #found(ring: Ring): void {
    if (!ring.isSurmised) this.#tellOf(ring);
    else for (const node of ring.nodes) if (isTask(node)) this.#surmise(node);
  }

  #surmise(record: TaskRecord): void {
    this.#surmised.add(record);
    this.#lookAgain();
  }

  /** It waits where nobody has ever come. */
  #isAlone(record: TaskRecord): boolean {
    return nodesOf(this.#needs.of(record)).some((node) => isEnd(node) && !node.users.areKnown);
  }

  #lookAgain(): void {
    if (this.#looksAgain) return;
    this.#looksAgain = true;
    quietly(0, () => {
      this.#looksAgain = false;
      if (!this.#isOn) return;
      const surmised = [...this.#surmised].filter(({ id }) => this.#tasks.byId(id) !== null);
      this.#surmised.clear();
      for (const record of surmised) if (this.#isAlone(record)) this.#surmised.add(record);
      for (const ring of rings(this.#needs, surmised, FAR)) this.#tellOf(ring);
    });
  }

  #tellOf(ring: Ring): void {
    const tasks = ring.nodes.filter(isTask);
    const key = `deadlock ${tasks.map(({ id }) => id).join()} ${ring.names.join()}`;
    for (const task of tasks) if (task.whileItWaits?.includes(key) !== true) (task.whileItWaits ??= []).push(key);
    const waits = tasks.map((task) => `${task.name}: ${task.fiber === null ? '' : (waitOf(task.fiber) ?? '')}`);
    const place = ring.nodes.find((node) => !isTask(node));
    this.findings.raise(
      key,
      advice.deadlock(ring.names, waits, tasks[0]?.name ?? null, place === undefined ? null : nodeName(place)),
    );
  }

  // ───────────────────────────────────────────────────────────── what one asks

  snapshot(): Snapshot {
    const tasks = this.#tasks.infos();
    const waiting = this.#waiting();
    const places = this.#places.all.flatMap((record) => {
      const { thing } = record;
      if (thing === null) return [];
      return [{ kind: record.kind, name: record.name, text: textOf(thing), waiting: waiting.get(record) ?? [] }];
    });
    const found = rings(this.#needs, [...this.#tasks.all, ...this.#places.all]);
    for (const ring of found) this.#found(ring);
    return { tasks, places, cycles: found.map(({ names }) => names) };
  }

  survey(): Generator<void, Snapshot> {
    return survey(this.#tasks, this.#places, (stuck) => rings(this.#needs, stuck, FAR));
  }

  #waiting(): Map<PlaceRecord, number[]> {
    const waiting = new Map<PlaceRecord, number[]>();
    for (const { id, fiber } of this.#tasks.all) {
      const records = new Set(linesOf(fiber?.place ?? null).map((line) => this.#places.of(line.of as object)));
      for (const record of records) {
        if (record === null) continue;
        const those = waiting.get(record);
        if (those === undefined) waiting.set(record, [id]);
        else those.push(id);
      }
    }
    return waiting;
  }

  stop(): void {
    this.#isOn = false;
    this.#patience.end();
  }
}

function isSubscribed(line: Place): boolean {
  const { last } = line as unknown as { last: { subscribed?: boolean } | null };
  return last?.subscribed === true;
}

function printed(place: Place): string {
  return place.toString();
}
