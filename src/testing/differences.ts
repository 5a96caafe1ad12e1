// What differs between what was expected and what was received: an alignment of the two sequences in which as much as
// possible stands opposite its own kind, then opposite its own frame. After Needleman and Wunsch, as in any text diff.

import { difference } from './difference.ts';
import type { Mark } from './parse-marbles.ts';

/** One of the two is missing, or they differ in frame, or in content. */
export interface Difference {
  readonly expected: Mark | null;
  readonly received: Mark | null;
  /** Where two values differ; null if it is the frame that differs. */
  readonly content: string | null;
}

/** Worth of a pair. Two that differ in content stand opposite each other only within one frame. */
const SAME = 8;
const MOVED = 6;
const REPLACED = 5;
/** So much of each sequence is compared, from the first difference on: aligning is quadratic. */
const MOST = 500;

/** Empty if the two are equal. */
export function differences(expected: readonly Mark[], received: readonly Mark[]): Difference[] {
  let start = 0;
  while (start < expected.length && start < received.length && worth(expected[start], received[start]) === SAME)
    start++;
  const [left, right] = [expected.slice(start), received.slice(start)];
  if (left.length === 0 && right.length === 0) return [];
  const pairs = align(left.slice(0, MOST), right.slice(0, MOST));
  return pairs
    .filter(([a, b]) => worth(a, b) !== SAME)
    .map(([a, b]) => ({ expected: a ?? null, received: b ?? null, content: contents(a, b) }));
}

type Pair = readonly [Mark | undefined, Mark | undefined];

function align(left: readonly Mark[], right: readonly Mark[]): Pair[] {
  const width = right.length + 1;
  // best[i * width + j]: the most that left from i on and right from j on are worth together.
  const best = new Array<number>((left.length + 1) * width).fill(0);
  const at = (i: number, j: number): number => best[i * width + j] as number;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      best[i * width + j] = Math.max(at(i + 1, j), at(i, j + 1), at(i + 1, j + 1) + worth(left[i], right[j]));
    }
  }
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const pair = i < left.length && j < right.length ? worth(left[i], right[j]) : 0;
    if (pair > 0 && at(i, j) === at(i + 1, j + 1) + pair) pairs.push([left[i++], right[j++]]);
    else if (i < left.length && at(i, j) === at(i + 1, j)) pairs.push([left[i++], undefined]);
    else pairs.push([undefined, right[j++]]);
  }
  return pairs;
}

function worth(a: Mark | undefined, b: Mark | undefined): number {
  if (a === undefined || b === undefined) return 0;
  if (contents(a, b) === null) return a.frame === b.frame ? SAME : MOVED;
  return a.frame === b.frame ? REPLACED : 0;
}

function contents(a: Mark | undefined, b: Mark | undefined): string | null {
  if (a === undefined || b === undefined) return null;
  return a.kind === b.kind ? difference(a.value, b.value) : 'another kind';
}
