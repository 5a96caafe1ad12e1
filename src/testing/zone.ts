// zone.js, where it is loaded: from it Angular learns that code has run, and whether some is still to come. It has put itself
// before the host's timers; those of a run stand before it, and so tell it themselves.

import type { Timer } from './timers.ts';

interface ZoneTask {
  readonly state: string;
  readonly zone: { cancelTask(task: ZoneTask): unknown };
  invoke(): unknown;
}

interface Zone {
  scheduleMacroTask(
    source: string,
    callback: () => void,
    data: { readonly isPeriodic: boolean; readonly delay: number },
    schedule: (task: ZoneTask) => void,
    cancel: (task: ZoneTask) => void,
  ): ZoneTask;
  wrap<F>(callback: F, source: string): F;
}

function current(): Zone | undefined {
  return (globalThis as { Zone?: { readonly current: Zone } }).Zone?.current;
}

/** What `start` starts, as a task of the zone in which we are. */
export function asZoneTask(
  source: string,
  data: { readonly isPeriodic: boolean; readonly delay: number },
  fire: () => void,
  start: (fire: () => void) => Timer,
): Timer {
  const zone = current();
  if (zone === undefined) return start(fire);
  let timer: Timer | undefined;
  const task = zone.scheduleMacroTask(
    source,
    fire,
    data,
    (scheduled) => {
      timer = start(() => void scheduled.invoke());
    },
    () => timer?.clear(),
  );
  const started = timer as unknown as Timer;
  started.left = () => {
    if (task.state === 'scheduled' || task.state === 'running') task.zone.cancelTask(task);
  };
  return started;
}

/** `callback`, which is to run in the zone in which we are. */
export function inZone<F>(source: string, callback: F): F {
  return current()?.wrap(callback, source) ?? callback;
}
