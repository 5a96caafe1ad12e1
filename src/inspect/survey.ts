// A snapshot for one who shows it while the program goes on: made a little at a time, so that ten thousand tasks delay nothing. What
// it says of one task holds at one moment, of two at two. It does not look for deadlocks, which looks at all there is at once: it tells
// of those that were found as tasks began to wait.

import { now } from '../core/clock.ts';
import type { Ring } from './deadlocks.ts';
import type { PlaceInfo, Snapshot, TaskInfo } from './inspector.ts';
import { linesOf } from './standing.ts';
import { type PlaceRecord, type Places, textOf } from './places.ts';
import type { TaskRecord, Tasks } from './tasks.ts';

/** How many are looked at from one `yield` to the next. */
const SLICE = 64;

/** @param ringsOf - the rings in which these tasks stand */
export function* survey(
  tasks: Tasks,
  places: Places,
  ringsOf: (stuck: readonly TaskRecord[]) => readonly Ring[],
): Generator<void, Snapshot> {
  const infos: TaskInfo[] = [];
  const waiting = new Map<PlaceRecord, number[]>();
  const stuck: TaskRecord[] = [];
  const records = [...tasks.all];
  for (let i = 0; i < records.length; i++) {
    const record = records[i] as TaskRecord;
    const fiber = tasks.byId(record.id) === null ? null : record.fiber;
    if (fiber !== null) {
      infos.push(tasks.infoOf(record, fiber, now()));
      for (const line of new Set(linesOf(fiber.place))) note(waiting, places.of(line.of as object), record.id);
      if (record.whileItWaits?.some((key) => key.startsWith('deadlock ')) === true) stuck.push(record);
    }
    if (i % SLICE === SLICE - 1) yield;
  }
  const told: PlaceInfo[] = [];
  const known = [...places.all];
  for (let i = 0; i < known.length; i++) {
    const record = known[i] as PlaceRecord;
    const { thing } = record;
    const { kind, name } = record;
    if (thing !== null) told.push({ kind, name, text: textOf(thing), waiting: waiting.get(record) ?? [] });
    if (i % SLICE === SLICE - 1) yield;
  }
  const cycles = stuck.length === 0 ? [] : ringsOf(stuck).map(({ names }) => names);
  return { tasks: infos, places: told, cycles };
}

function note(waiting: Map<PlaceRecord, number[]>, record: PlaceRecord | null, id: number): void {
  if (record === null) return;
  const those = waiting.get(record);
  if (those === undefined) waiting.set(record, [id]);
  else if (those.at(-1) !== id) those.push(id);
}
