// Who can serve one who waits: read from the place where it stands, and from what is known of that.
//
// A *node* is something that can go on, or not: a task, a lock (whose holder gives it back), an owner (whose step ends), one end
// of a channel (at whose other end somebody comes). What a node *needs* is one of
//   ANYBODY      it may be served from outside: by time, a promise, plain code, somebody we do not know
//   a node       that has to go on
//   one, all     of several needs
//
// Where we do not know who will come, it may be anybody. Known are: the holder of a mutex and those of a semaphore; the task
// that one waits for, and the members of a group; the step that an owner performs; those who have to end before a child, or a
// job, has its turn; the handlers of what one waits to be settled. Of a channel only what has been seen is known: those who have
// used the other end, or wait there. One who has gone may be followed by others like it. Nobody has been seen where two meet,
// or only one who waits at both ends: then it can be any task there is.
//
// A node may be freed besides, without being served: *ways out*. A coroutine that somebody waits for is cancelled when that one
// has had enough of it, by a deadline say, or by another case; and gives back then what it holds.

import type { Line } from '../base/line.ts';
import { turn } from '../core/turn.ts';
import { partyOf, type Place, type Waiter } from '../core/waiter.ts';
import type { Leases } from './leases.ts';
import type { End, PlaceRecord, Places } from './places.ts';
import { DEEPEST, linesOf, passesTo, type Stood } from './standing.ts';
import type { Running, TaskRecord, Tasks } from './tasks.ts';

export const ANYBODY = 'anybody';
export type Node = TaskRecord | PlaceRecord | End;
export type Need = typeof ANYBODY | Node | Several;
export interface Several {
  readonly needs: 'one' | 'all';
  readonly of: readonly Need[];
  /** Those that wait here themselves, and could serve each other if they did not. */
  readonly itself?: readonly TaskRecord[];
}

/** What a place may say of itself besides; see `Place` in `core/waiter.ts`. */
interface Said extends Stood {
  /** Who waits here is served by this coroutine. */
  readonly fiber?: (Running & { readonly ended: boolean }) | null;
  readonly members?: readonly object[];
}

/** What a thing may have, by its kind. */
interface Kept {
  readonly members?: readonly object[];
  readonly permits?: { readonly holder: object | null };
  readonly serializer?: { readonly execution: Place | null };
  readonly senders?: object;
  readonly receivers?: object;
  readonly subscriptions?: number;
  readonly capacity?: number;
  readonly effectful?: boolean;
  /** Of a job: what has to end before it can. */
  readonly ahead?: object | null;
  /** Of a queue of jobs: those that have a place. */
  readonly runs?: Iterable<object>;
  /** Of a clean-up: the work that has it to do, where that is no task. */
  readonly cleans?: object;
  /** Of a queue: the line of those who wait until all is settled. */
  readonly joiners?: object;
}

export function isSeveral(need: Need): need is Several {
  return typeof need === 'object' && 'needs' in need;
}
/** The nodes in it. */
export function nodesOf(need: Need): Node[] {
  if (need === ANYBODY) return [];
  return isSeveral(need) ? need.of.flatMap(nodesOf) : [need];
}
export function isEnd(node: Node): node is End {
  return 'users' in node;
}
export function isTask(node: Node): node is TaskRecord {
  return 'fiber' in node;
}

export class Needs {
  /** By those of ours who listen: to what; what brings what they hear; and the other way round. */
  readonly #inputs = new WeakMap<object, object>();
  readonly #sources = new WeakMap<object, object>();
  readonly #listeners = new WeakMap<object, object>();
  readonly #tasks: Tasks;
  readonly #places: Places;
  readonly #leases: Leases;

  constructor(tasks: Tasks, places: Places, leases: Leases) {
    this.#tasks = tasks;
    this.#places = places;
    this.#leases = leases;
  }

  listens(subscriber: object, observable: object): void {
    this.#inputs.set(subscriber, observable);
  }

  brings(subscriber: object, source: object, observable: object): void {
    // Through operators of RxJS's it may hear of others too, and may have enough by what they do.
    if (this.#inputs.get(subscriber) !== observable) return;
    this.#sources.set(subscriber, source);
    this.#listeners.set(source, subscriber);
  }

  of(node: Node): Need {
    if (isEnd(node)) return this.#ofEnd(node);
    return isTask(node) ? this.#ofTask(node) : this.#ofThing(node);
  }

  #ofTask({ fiber, isNew }: TaskRecord): Need {
    const place = fiber?.place ?? null;
    return fiber !== null && place === null && isNew ? this.#ofQueued(fiber.owner) : this.at(place);
  }

  /** What would have `node` go on besides what it needs. */
  waysOut(node: Node): Need[] {
    const ways: Need[] = [];
    if (isEnd(node)) return ways;
    if (isTask(node)) this.#collectWays(node.fiber, ways);
    else if (node.kind === 'semaphore') this.#collectHeads(node, ways);
    return ways;
  }

  /** Whoever `runs`, or stands for one who does, may be cancelled by what else there is for those who wait for it. */
  #collectWays(runs: object | null, ways: Need[]): void {
    let at = runs;
    for (let depth = 0; at !== null && depth < DEEPEST; depth++) {
      // Who cleans up is not cancelled again.
      if ((at as Partial<Running>).isCleaning === true) return;
      const { owner = at } = at as { owner?: { readonly group?: object } };
      const whole = (owner as { group?: object }).group ?? owner;
      const { party, asker } = whole as { party?: object | null; asker?: object | null };
      const user = (party ?? asker ?? this.#listeners.get(whole)) as (Said & { place?: Place | null }) | undefined;
      if (user === undefined || user === whole) return;
      if (user.expires === true) ways.push(ANYBODY);
      ways.push(...this.#beside(user.place ?? null, whole, 0));
      at = user;
    }
  }

  /** What else may serve one who waits at `place`, and so for `target`. */
  #beside(place: Place | null, target: object, depth: number): Need[] {
    if (place === null || place === target || depth > DEEPEST) return [];
    const { expires, needs, parts, place: behind = null } = place as Said;
    if (expires === true) return [ANYBODY];
    if (parts === undefined) return this.#beside(behind, target, depth + 1);
    const on = parts.find((part) => part === target || passesTo(part.place, target));
    if (on === undefined) return [];
    const others = needs === 'one' ? parts.filter((part) => part !== on && part.place !== null) : [];
    const ways = others.map((part) => this.at(part.place, depth + 1));
    return on === target ? ways : [...ways, ...this.#beside(on.place, target, depth + 1)];
  }

  /** Where permits are free, and the first in line wants more, that one may leave the line to those behind it. */
  #collectHeads({ thing }: PlaceRecord, ways: Need[]): void {
    const { pool } = thing as unknown as { pool: { held: number; total: number; line: { first: Waiter | null } } };
    const { first } = pool.line;
    if (first === null || pool.held >= pool.total) return;
    const user = partyOf(first) as Said & { place?: Place | null };
    ways.push(...this.#beside(user.place ?? null, pool.line, 0));
    this.#collectWays(user, ways);
  }

  /** A child that has not begun does when one of those has ended that have. */
  #ofQueued({ group }: Running['owner']): Need {
    return this.#members('one', (group as { begun?: readonly object[] } | undefined)?.begun ?? []);
  }

  #members(needs: 'one' | 'all', members: readonly object[]): Need {
    return several(
      needs,
      members.map((member) => this.#task(this.#tasks.ownedBy(member))),
    );
  }

  /** Of one who waits for a coroutine that it has started for that: its place was known before that one could wait. */
  isOwn(place: Place, record: TaskRecord): boolean {
    const { fiber } = place as Said;
    return fiber != null && this.#tasks.of(fiber)?.maker === record.id;
  }

  /** Of one who waits at `place`. */
  at(place: Place | null, depth = 0): Need {
    if (place === null || (place as unknown) === turn.ready || depth > DEEPEST) return ANYBODY;
    const said = place as Said;
    if (said.expires === true) return ANYBODY;
    const source = this.#sources.get(place);
    if (source !== undefined) return this.#ofSource(source, depth);
    if (said.parts !== undefined) return this.#ofParts(said.needs ?? 'all', said.parts, depth);
    if (said.fiber != null) return this.#ofWork(said);
    const owner = said.of === undefined ? null : this.#places.of(said.of);
    if (owner !== null && (owner.thing as Kept | null)?.serializer?.execution === place) return owner;
    if (said.place !== undefined) return this.at(said.place, depth + 1);
    return said.of === undefined ? ANYBODY : this.#inLine(said, said.of, depth);
  }

  #ofParts(needs: 'one' | 'all', parts: readonly Waiter[], depth: number): Need {
    const of = parts.filter(({ place }) => place !== null).map(({ place }) => this.at(place, depth + 1));
    return several(needs, of);
  }

  /** A coroutine, or a group: its body, and its members. */
  #ofWork({ fiber, members = [] }: Said): Need {
    const body = fiber == null || fiber.ended ? [] : [this.#task(this.#tasks.of(fiber))];
    return several('all', [...body, ...members.map((member) => this.#task(this.#tasks.ownedBy(member)))]);
  }

  #task(record: TaskRecord | null): Need {
    return record ?? ANYBODY;
  }

  /** Of one who stands in the line of `thing`. */
  #inLine(line: object, thing: object, depth: number): Need {
    const { members, senders, receivers, joiners, ahead, runs, cleans } = thing as Kept;
    if (cleans !== undefined) return this.at(standFor(cleans), depth + 1);
    if (members !== undefined) return this.#members('all', members);
    // The idleness of a queue of jobs, or its end.
    if (runs !== undefined) return this.#held('all', [...runs]);
    if (ahead !== undefined) return this.#ofJob(ahead, depth);
    const task = this.#tasks.ownedBy(thing);
    if (task !== null) return task;
    const record = this.#places.of(thing);
    if (record === null) return ANYBODY;
    if (line === senders) return record.sending;
    if (line === receivers) return record.receiving;
    return joiners === undefined || line === joiners ? record : ANYBODY;
  }

  /** A job that was submitted, work that holds a permit, or an operation. */
  #ofSource(source: object, depth: number): Need {
    return 'ahead' in source ? this.#ofJob(source.ahead as object | null, depth) : this.at(standFor(source), depth + 1);
  }

  /** What is ahead of it: a run, or the whole queue. */
  #ofJob(ahead: object | null, depth: number): Need {
    if (ahead === null) return ANYBODY;
    return 'place' in ahead ? this.at(standFor(ahead), depth + 1) : (this.#places.of(ahead) ?? ANYBODY);
  }

  /** For a join, all that is out has to be settled: what `work` has, at the end of its handler; anybody may settle the rest. */
  #ofLeases(record: PlaceRecord): Need {
    const needs: Need[] = [];
    for (const { place, work, runsOut } of this.#leases.open) {
      const worker = place === record && !runsOut ? (work?.deref() ?? null) : null;
      if (worker !== null) needs.push(this.at(standFor(worker)));
    }
    return several('all', needs);
  }

  #ofThing(record: PlaceRecord): Need {
    const thing = record.thing as Kept | null;
    switch (record.kind) {
      case 'mutex':
        return this.#held('one', [thing?.permits?.holder ?? null]);
      case 'semaphore':
        return this.#held('one', record.holders.parties());
      case 'queue':
        return this.#ofLeases(record);
      case 'jobQueue':
        return this.#held('one', [...(thing?.runs ?? [])]);
      case 'stateOwner':
        return this.at((thing?.serializer?.execution as Said | null | undefined)?.place ?? null);
      default:
        return ANYBODY;
    }
  }

  /** A coroutine, work that is done meanwhile, or somebody of whom we know nothing. */
  #held(needs: 'one' | 'all', holders: readonly (object | null)[]): Need {
    return several(
      needs,
      holders.map((holder) => {
        const record = this.#tasks.of(holder);
        if (record !== null) return record;
        return holder !== null && ('fiber' in holder || 'place' in holder) ? this.at(standFor(holder)) : ANYBODY;
      }),
    );
  }

  /** Nobody has been seen there, but for those who wait at both ends just now: a select never meets itself. */
  isUntouched({ record, users }: End): boolean {
    if (users.others || users.crews.length > 0) return false;
    const { ids } = users;
    if (ids.length === 0) return true;
    const both = this.#atBothEnds(record.thing as Kept | null);
    return ids.every((id) => both.has(id));
  }

  #atBothEnds(thing: Kept | null): Set<number> {
    const both = new Set<number>();
    const { senders, receivers } = thing as { senders?: Line<Waiter>; receivers?: Line<Waiter> };
    let waiter = receivers?.first ?? null;
    for (let depth = 0; waiter !== null && depth < DEEPEST; depth++, waiter = waiter.after) {
      const party = partyOf(waiter) as Partial<Waiter>;
      if (!linesOf(party.place ?? null).includes(senders as unknown as Place)) continue;
      const task = this.#tasks.actingFor(party);
      if (task !== null) both.add(task.id);
    }
    return both;
  }

  #ofEnd(end: End): Need {
    const { record, users } = end;
    const thing = record.thing as Kept | null;
    if (thing === null || thing.effectful === true || users.others) return ANYBODY;
    const isSending = end === record.sending;
    if (isSending && (thing.subscriptions ?? 0) > 0) return ANYBODY;
    if (this.isUntouched(end))
      return users.areKnown || (isSending && thing.capacity === 0) ? this.#anyTask(record) : ANYBODY;
    const tasks = users.ids.map((id) => this.#task(this.#tasks.byId(id)));
    const crews = users.crews.map(({ busy }) => (busy === null ? ANYBODY : this.#held('one', busy)));
    return several('one', [...tasks, ...crews]);
  }

  /** Nobody has been seen at the other end of a rendezvous: any task may come there, but for those that wait at this one. */
  #anyTask(record: PlaceRecord): Need {
    const here: TaskRecord[] = [];
    const elsewhere: TaskRecord[] = [];
    for (const task of this.#tasks.all) {
      const need = this.of(task);
      if (need === ANYBODY) return ANYBODY;
      (need === record.sending ? here : elsewhere).push(task);
    }
    return elsewhere.length > 0 ? { needs: 'one', of: elsewhere, itself: here } : several('one', here);
  }
}

/** A waiter, seen as the place of whoever waits for it. */
function standFor(waiter: object): Place {
  return waiter as Place;
}

function several(needs: 'one' | 'all', of: readonly Need[]): Need {
  if (of.length === 0) return ANYBODY;
  if (needs === 'one' && of.includes(ANYBODY)) return ANYBODY;
  return of.length === 1 ? (of[0] as Need) : { needs, of };
}
