// Who can serve one who waits: read from the place where it stands, and from what is known of that.
//
// A *node* is something that can go on, or not: a task, a lock (whose holder gives it back), an owner (whose step ends), one end
// of a channel (at whose other end somebody comes). What a node *needs* is one of
//   ANYBODY      it may be served from outside: by time, a promise, plain code, somebody we do not know
//   a node       that has to go on
//   one, all     of several needs
//
// Where we do not know who will come, it may be anybody. Known are: the holder of a mutex and those of a semaphore; the task
// that one waits for, and the members of a group; the step that an owner performs. Of a channel only what has been seen is
// known: those who have used the other end, or wait there. One who has gone may be followed by others like it. Nobody has been
// seen where two meet: then it can be any task there is.

import { turn } from '../core/turn.ts';
import type { Place, Waiter } from '../core/waiter.ts';
import type { End, PlaceRecord, Places } from './places.ts';
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

/** What a place may say of itself; see `Place` in `core/waiter.ts`. */
interface Said extends Place {
  /** Who waits here is served by this coroutine. */
  readonly fiber?: (Running & { readonly ended: boolean }) | null;
  readonly members?: readonly object[];
  /** It is a waiter itself, in somebody's stead. */
  readonly place?: Place | null;
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

const DEEPEST = 100;

/** The lines in which one who waits at `place` stands, or has others stand. */
export function linesOf(place: Place | null): Place[] {
  const lines: Place[] = [];
  collect(place, lines, 0);
  return lines;
}

function collect(place: Place | null, lines: Place[], depth: number): void {
  if (place === null || (place as unknown) === turn.ready || depth > DEEPEST) return;
  const { of, parts, place: behind } = place as Said;
  if (parts !== undefined) for (const part of parts) collect(part.place, lines, depth + 1);
  else if (of !== undefined) lines.push(place);
  else if (behind !== undefined) collect(behind, lines, depth + 1);
}

/** Whether one who waits at `place` waits at `target`, if need be in somebody's stead. */
export function passesTo(place: Place | null, target: object): boolean {
  let at: Place | null | undefined = place;
  for (let depth = 0; at != null && depth < DEEPEST; depth++) {
    if (at === target) return true;
    const { parts, place: behind } = at as Said;
    if (parts?.some((part) => passesTo(part.place, target)) === true) return true;
    at = behind;
  }
  return false;
}

export class Needs {
  readonly #tasks: Tasks;
  readonly #places: Places;

  constructor(tasks: Tasks, places: Places) {
    this.#tasks = tasks;
    this.#places = places;
  }

  of(node: Node): Need {
    if (isEnd(node)) return this.#ofEnd(node);
    return isTask(node) ? this.at(node.fiber?.place ?? null) : this.#ofThing(node);
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
    if (said.parts !== undefined) return this.#ofParts(said.needs ?? 'all', said.parts, depth);
    if (said.fiber != null) return this.#ofWork(said);
    const owner = said.of === undefined ? null : this.#places.of(said.of);
    if (owner !== null && (owner.thing as Kept | null)?.serializer?.execution === place) return owner;
    if (said.place !== undefined) return this.at(said.place, depth + 1);
    return said.of === undefined ? ANYBODY : this.#inLine(said, said.of);
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
  #inLine(line: object, thing: object): Need {
    const { members, senders, receivers } = thing as Kept;
    if (members !== undefined)
      return several(
        'all',
        members.map((member) => this.#task(this.#tasks.ownedBy(member))),
      );
    const task = this.#tasks.ownedBy(thing);
    if (task !== null) return task;
    const record = this.#places.of(thing);
    if (record === null) return ANYBODY;
    if (line === senders) return record.sending;
    if (line === receivers) return record.receiving;
    return record;
  }

  #ofThing(record: PlaceRecord): Need {
    const thing = record.thing as Kept | null;
    switch (record.kind) {
      case 'mutex':
        return this.#held([thing?.permits?.holder ?? null]);
      case 'semaphore':
        return this.#held(record.holders.parties());
      case 'stateOwner':
        return this.at((thing?.serializer?.execution as Said | null | undefined)?.place ?? null);
      default:
        return ANYBODY;
    }
  }

  /** A coroutine, work that is done meanwhile, or somebody of whom we know nothing. */
  #held(holders: readonly (object | null)[]): Need {
    return several(
      'one',
      holders.map((holder) => {
        const record = this.#tasks.of(holder);
        if (record !== null) return record;
        return holder !== null && ('fiber' in holder || 'place' in holder) ? this.at(standFor(holder)) : ANYBODY;
      }),
    );
  }

  #ofEnd(end: End): Need {
    const { record, users } = end;
    const thing = record.thing as Kept | null;
    if (thing === null || thing.effectful === true || users.others) return ANYBODY;
    const isSending = end === record.sending;
    if (isSending && (thing.subscriptions ?? 0) > 0) return ANYBODY;
    if (!users.areKnown) return isSending && thing.capacity === 0 ? this.#anyTask(record) : ANYBODY;
    return several(
      'one',
      users.ids.map((id) => this.#task(this.#tasks.byId(id))),
    );
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
