import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { type Counts, GroupProgram } from './group-program.ts';
import { runs } from '../random.ts';

const RUNS = runs(1000, 46);

describe('4.6 random programs of groups', () => {
  it('clean up everybody once, and fail with exactly the errors that occurred, in order', () => {
    const counts: Counts = { programs: 0, steps: 0, groups: 0, children: 0, failures: 0, cancels: 0 };
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 120 }), (seed, steps) => {
        new GroupProgram(new Random(seed), counts).run(steps);
      }),
      RUNS,
    );
    // Programs in which nothing happens would hold, too.
    expect(counts.children).toBeGreaterThan(3 * RUNS.numRuns);
    expect(counts.failures).toBeGreaterThan(RUNS.numRuns / 2);
    expect(counts.cancels).toBeGreaterThan(RUNS.numRuns / 2);
  });
});
