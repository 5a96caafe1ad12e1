// The one inspection that goes on while any inspector is on: it hears of everything by the hook of the core and by the meters of
// places, keeps records of it, notes what happens, and hands on what may be wrong to those who find that out:
//
//      Steps           a step that is slow, a loop that spins
//      LongWaits       a wait, a full buffer, a lease that lasts
//      DeadlockWatch   rings of those who wait for each other
//      Buffers         what only grows
//      Cancels         a body that goes on
//      Leases          what nobody will settle
//
// Invariants (`check()` has each part assert its own):
//   1. nothing that it keeps keeps anything of the program alive
//   2. it calls no code of the user's but `toString()` and names, and those who listen to `inspection`, which are no user's
//   3. stopped  =>  whatever it still hears, by the meters of places say, changes nothing

import { now } from '../core/clock.ts';
import { type TaskEvent } from '../core/inspection.ts';
import { type Runnable, turn, type Watch } from '../core/turn.ts';
import type { Place } from '../core/waiter.ts';
import * as advice from './advice.ts';
import { afterCollections } from './after-collections.ts';
import { brief } from './brief.ts';
import { Buffers } from './buffers.ts';
import { Cancels } from './cancels.ts';
import { DeadlockWatch } from './deadlock-watch.ts';
import { Findings } from './findings.ts';
import type { Snapshot } from './inspector.ts';
import { Journal } from './journal.ts';
import { Leases } from './leases.ts';
import { LongWaits } from './long-waits.ts';
import { type Metered, meterPlace } from './meter.ts';
import { ANYBODY, Needs, nodesOf } from './needs.ts';
import { isCrew, type PlaceRecord, Places, textOf, type Thing } from './places.ts';
import { callSite } from './stack.ts';
import { linesOf } from './standing.ts';
import { Steps } from './steps.ts';
import { survey } from './survey.ts';
import { type Running, type TaskRecord, Tasks, waitOf } from './tasks.ts';
import { Uses } from './uses.ts';

export interface Limits {
  readonly stacks: boolean;
  readonly slowStep: number;
  readonly longWait: number;
}

/** One who waits: a coroutine, or an observer. */
interface Waiting {
  readonly place: unknown;
  /** It goes on waiting, for value after value. */
  readonly subscribed?: boolean;
  /** In whose stead it waits. */
  readonly party?: object;
  /** What it works off. */
  readonly delivery?: object;
}

export class Inspection implements Watch, Metered {
  readonly journal = new Journal();
  readonly findings = new Findings((finding) => {
    this.journal.add({ kind: 'finding', at: now(), finding });
  });
  #stacks = false;
  #isOn = true;
  #acting: object | null = null;
  readonly #tasks = new Tasks();
  readonly #places = new Places();
  readonly #leases = new Leases((lease, why) => {
    this.findings.raise(lease.key, advice.stuckLease(lease, why));
  });
  readonly #needs = new Needs(this.#tasks, this.#places, this.#leases);
  readonly #uses = new Uses(this.#tasks, this.#places);
  readonly #steps = new Steps(this.findings);
  readonly #longWaits = new LongWaits(this.#tasks, this.#places, this.#leases, this.findings);
  readonly #deadlocks = new DeadlockWatch(this.#needs, this.#tasks, this.findings);
  readonly #buffers = new Buffers(this.findings);
  readonly #cancels = new Cancels(this.findings);

  constructor() {
    afterCollections(() => {
      this.#tasks.sweep();
      this.#places.sweep();
      return this.#isOn;
    });
  }

  limit({ stacks, slowStep, longWait }: Limits): void {
    this.#stacks = stacks;
    this.#steps.limit = slowStep;
    this.#longWaits.limit(longWait);
  }

  stop(): void {
    this.#isOn = false;
    this.#longWaits.stop();
    this.#deadlocks.stop();
    this.findings.stop();
  }

  // ───────────────────────────────────────────────────────────── tasks

  started(runnable: Runnable): void {
    this.#tasks.start(runnable, this.#stacks ? callSite() : null);
  }

  woken(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record !== null) this.#goesOn(record);
  }

  steps(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record === null) return;
    this.#goesOn(record);
    this.#steps.begin(runnable);
    this.#note(record.isNew ? 'started' : 'resumed', record, null);
    record.isNew = false;
  }

  waits(waiter: Waiting): void {
    const place = waiter.place as Place | null;
    const record = this.#tasks.of(waiter);
    if (record === null) this.#observerWaits(waiter, place);
    else {
      this.#steps.end(waiter, record);
      if ((place as unknown) !== turn.ready && place !== null) this.#taskWaits(waiter as Running, record, place);
    }
  }

  cancelled(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record !== null) this.#cancels.cancelled(runnable as Running, record);
  }

  swallowed(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record !== null) this.#cancels.swallowed(record);
  }

  ended(runnable: Runnable): void {
    const record = this.#tasks.of(runnable);
    if (record === null) return;
    this.#steps.end(runnable, record);
    this.#note('ended', record, null);
    this.#tasks.end(record);
    this.findings.ended(record);
    this.#leases.leftBy(record.id, () => this.#tasks.hasChildren(record.id));
    this.#deadlocks.taskEnded();
  }

  spins(): void {
    const record = this.#tasks.of(turn.current);
    if (record !== null) this.#steps.spins(record);
  }

  #goesOn(record: TaskRecord): void {
    record.since = now();
    if (record.whileItWaits !== null) this.findings.goesOn(record);
  }

  #taskWaits(running: Running, record: TaskRecord, place: Place): void {
    record.since = now();
    record.spinning = null;
    this.#note('waits', record, this.journal.one(waitOf(running) ?? ''));
    this.#uses.waits(place, record, running);
    this.#longWaits.begin();
    this.#cancels.waits(record);
    if (!this.#needs.isOwn(place, record) && this.#needs.at(place) !== ANYBODY) this.#deadlocks.lookFrom([record]);
  }

  #observerWaits(waiter: Waiting, place: Place | null): void {
    if (place === null) return;
    this.#uses.waits(place, null, waiter);
    const { delivery, subscribed, party } = waiter;
    if (delivery !== undefined) this.#leases.workedOn(delivery, waiter);
    const need = this.#needs.at(place);
    if (need !== ANYBODY) this.#deadlocks.lookFrom(nodesOf(need));
    // A subscription may wait for ever, and so may workers; who waits in a task's stead, or for one, is seen by that.
    const isStanding = subscribed === true || isCrew(waiter);
    const isForTask = party !== undefined && this.#tasks.of(party) !== null;
    const isOnTask = place.of !== undefined && this.#tasks.ownedBy(place.of) !== null;
    if (!isStanding && !isForTask && !isOnTask) this.#longWaits.observes(waiter);
  }

  #note(kind: TaskEvent['kind'], record: TaskRecord, waitingFor: string | null): void {
    const parent = this.#tasks.parentOf(record)?.id ?? null;
    this.journal.add({ kind, at: now(), id: record.id, name: record.name, parent, waitingFor });
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

  made(kind: string, place: object): void {
    const record = this.#places.add(kind, place as Thing);
    if (kind === 'stateOwner') this.#places.alias((place as { serializer: object }).serializer, record);
    meterPlace(this, record, place);
  }

  sent(record: PlaceRecord, value: unknown, party: object | null): void {
    if (!this.#isOn) return;
    this.#uses.sent(record, party);
    this.#notePassed('sent', record, value);
    if (this.#buffers.rose(record)) this.#longWaits.begin();
  }

  received(record: PlaceRecord, value: unknown, party: object | null): void {
    if (!this.#isOn) return;
    this.#uses.received(record, party);
    this.#notePassed('received', record, value);
    this.#buffers.fell(record);
  }

  #notePassed(kind: 'sent' | 'received', { name }: PlaceRecord, value: unknown): void {
    this.journal.add({ kind, at: now(), name, value: this.journal.one(brief(value)) });
  }

  subscribed(record: PlaceRecord, count: number): void {
    if (record.kind === 'queue') return;
    const key = `splitSubscribers ${record.id}`;
    if (count > 1) this.findings.raise(key, advice.splitSubscribers(record.name, count));
    else this.findings.clear(key);
  }

  lent(record: PlaceRecord, lease: object, party: object | null): void {
    if (!this.#isOn) return;
    this.#leases.add(record, lease, this.#tasks.actingFor(party));
    this.#longWaits.begin();
  }

  returned(entry: object): void {
    const lease = this.#leases.end(entry);
    if (lease !== null) this.findings.clear(lease.key);
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
    const found = this.#deadlocks.lookAtAll([...this.#tasks.all, ...this.#places.all]);
    return { tasks, places, cycles: found.map(({ names }) => names) };
  }

  survey(): Generator<void, Snapshot> {
    return survey(this.#tasks, this.#places, (stuck) => this.#deadlocks.ringsOf(stuck));
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

  check(): void {
    this.#tasks.check();
    this.#leases.check();
    this.#steps.check();
    this.#longWaits.check();
    this.#deadlocks.check();
    this.findings.check(this.#tasks.all);
  }
}
