import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';

function draws(seed: number, count: number, below: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.below(below));
}

describe('the generator of fair choices', () => {
  it('gives the same choices for the same seed', () => {
    expect(draws(7, 50, 1000)).toEqual(draws(7, 50, 1000));
  });

  it('gives the same choices on every machine and in every version', () => {
    expect(draws(1, 10, 100)).toEqual([92, 23, 17, 30, 66, 63, 81, 79, 22, 85]);
  });

  it('starts over when it is seeded again', () => {
    const random = new Random(3);
    random.below(10);
    random.seed(3);
    expect(random.below(1000)).toBe(draws(3, 1, 1000)[0]);
  });

  it('gives other choices for the neighbouring seed', () => {
    const same = draws(1, 1000, 10).filter((n, i) => n === draws(2, 1000, 10)[i]).length;
    expect(same).toBeLessThan(200);
  });

  it.each([0, -1, 0.5, 1e300, Number.MIN_SAFE_INTEGER])('works from the seed %d', (seed) => {
    expect(new Set(draws(seed, 200, 4))).toEqual(new Set([0, 1, 2, 3]));
  });

  it('never starts from 0, where it would stay', () => {
    // 0x9e3779b9 is the seed that the hash takes to 0.
    expect(new Set(draws(0x9e3779b9, 200, 4))).toEqual(new Set([0, 1, 2, 3]));
  });

  it.each([2, 3, 7])('draws each of %d as often as any other', (n) => {
    const counts = new Array<number>(n).fill(0);
    for (const drawn of draws(1, 10_000 * n, n)) counts[drawn]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('draws all pairs in a row equally often', () => {
    const counts = new Map<number, number>();
    const drawn = draws(1, 90_001, 3);
    for (const [i, n] of drawn.slice(1).entries())
      counts.set(drawn[i]! * 3 + n, (counts.get(drawn[i]! * 3 + n) ?? 0) + 1);
    expect(counts.size).toBe(9);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it('has only 0 to choose from one', () => {
    expect(new Set(draws(1, 100, 1))).toEqual(new Set([0]));
  });
});
