// How full a place is, read from what its `toString()` tells: `channel orders (3/8, 2 sending, open)`.

import type { PlaceInfo } from '../inspector.ts';

export interface Occupancy {
  readonly used: number;
  /** Infinity: without bound. */
  readonly capacity: number;
}

export interface Particulars {
  /** Null of a place that holds nothing, a gate say. */
  readonly fill: Occupancy | null;
  /** What stands in the bar: `3/8`, `locked`. */
  readonly brief: string;
  /** The rest: `2 sending`. That something is open goes without saying. */
  readonly rest: string;
}

const PARTICULARS = /\(([^()]*)\)$/;
const OF = /^([\d.]+)\/([\d.]+|Infinity)/;
const COUNT = /^(\d+) (?:pending|running|waiting|kept)/;

export function particularsOf({ kind, text }: PlaceInfo): Particulars {
  const [first = '', ...others] = (PARTICULARS.exec(text)?.[1] ?? '').split(', ');
  const rest = others.filter((part) => part !== 'open').join(', ');
  const of = OF.exec(first);
  if (of !== null) {
    const brief = of[0].replace('Infinity', '∞');
    return {
      fill: { used: Number(of[1]), capacity: Number(of[2]) },
      brief,
      rest: joined(first.slice(of[0].length), rest),
    };
  }
  const count = COUNT.exec(first);
  if (count !== null) return { fill: { used: Number(count[1]), capacity: Infinity }, brief: first, rest };
  if (kind === 'mutex') return { fill: { used: first === 'locked' ? 1 : 0, capacity: 1 }, brief: first, rest };
  return { fill: null, brief: first, rest };
}

function joined(more: string, rest: string): string {
  const own = more.trim();
  return own === '' || rest === '' ? own + rest : `${own}, ${rest}`;
}

/** From 0 to 1; what has no bound is measured by the most that was seen. */
export function shareOf({ used, capacity }: Occupancy, most: number): number {
  const whole = capacity === Infinity ? Math.max(most, 1) : capacity;
  return whole === 0 ? 0 : Math.min(used / whole, 1);
}
