// Who uses which end of a channel: whoever has waited there, has sent there, or has received. Who has used one end is one who may
// serve those who wait at the other (see `needs.ts`).
//
// Invariant: of a task, its id is noted; of work, the crew; everybody else is *others*, of whom anything may be expected.

import type { Place } from '../core/waiter.ts';
import { isCrew, type PlaceRecord, type Places } from './places.ts';
import { linesOf } from './standing.ts';
import type { TaskRecord, Tasks } from './tasks.ts';

/** What a channel has at its ends. */
interface Ends {
  readonly senders?: object;
  readonly receivers?: object;
}

export class Uses {
  readonly #tasks: Tasks;
  readonly #places: Places;

  constructor(tasks: Tasks, places: Places) {
    this.#tasks = tasks;
    this.#places = places;
  }

  /** One who waits to receive at a channel is one who would receive what is sent. */
  waits(place: Place, record: TaskRecord | null, party: object): void {
    for (const line of linesOf(place)) {
      const at = this.#places.of(line.of as object);
      const ends = at === null ? null : (at.thing as Ends | null);
      if (at === null || ends === null) continue;
      const id = this.#tasks.actingFor(record?.fiber ?? null)?.id ?? null;
      if (line === ends.senders) at.receiving.users.add(id);
      else if (line === ends.receivers && isCrew(party)) at.sending.users.addCrew(party);
      // A subscription is seen as long as there is one.
      else if (line === ends.receivers && (id !== null || !isSubscribed(line))) at.sending.users.add(id);
    }
  }

  sent(record: PlaceRecord, party: object | null): void {
    record.receiving.users.add(this.#tasks.actingFor(party)?.id ?? null);
  }

  received(record: PlaceRecord, party: object | null): void {
    const { size = 0, subscriptions = 0 } = record.thing as unknown as { size?: number; subscriptions?: number };
    const task = this.#tasks.actingFor(party);
    // It works off what there is.
    if (task !== null && size > 0) task.spinning = null;
    const { users } = record.sending;
    if (isCrew(party)) users.addCrew(party);
    else if (task !== null || subscriptions === 0) users.add(task?.id ?? null);
  }
}

function isSubscribed(line: Place): boolean {
  const { last } = line as unknown as { last: { subscribed?: boolean } | null };
  return last?.subscribed === true;
}
