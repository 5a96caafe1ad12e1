// Where one stands who waits: there itself, or in the stead of somebody who stands elsewhere.

import { turn } from '../core/turn.ts';
import type { Place } from '../core/waiter.ts';

/** A place that may be a waiter itself, in somebody's stead. */
export interface Stood extends Place {
  readonly place?: Place | null;
}

/** Nobody stands so deep in the stead of others. */
export const DEEPEST = 100;

/** The lines in which one who waits at `place` stands, or has others stand. */
export function linesOf(place: Place | null): Place[] {
  const lines: Place[] = [];
  collect(place, lines, 0);
  return lines;
}

function collect(place: Place | null, lines: Place[], depth: number): void {
  if (place === null || (place as unknown) === turn.ready || depth > DEEPEST) return;
  const { of, parts, place: behind } = place as Stood;
  if (parts !== undefined) for (const part of parts) collect(part.place, lines, depth + 1);
  else if (of !== undefined) lines.push(place);
  else if (behind !== undefined) collect(behind, lines, depth + 1);
}

/** Whether one who waits at `place` waits at `target`, if need be in somebody's stead. */
export function passesTo(place: Place | null, target: object): boolean {
  let at: Place | null | undefined = place;
  for (let depth = 0; at != null && depth < DEEPEST; depth++) {
    if (at === target) return true;
    const { parts, place: behind } = at as Stood;
    if (parts?.some((part) => part === target || passesTo(part.place, target)) === true) return true;
    at = behind;
  }
  return false;
}
