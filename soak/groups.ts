import type { Random } from '../src/base/random.ts';
import { type Counts, GroupProgram } from '../test/models/group-program.ts';
import type { Program } from './program.ts';

const counts = { programs: 0, steps: 0, groups: 0, children: 0, failures: 0, cancels: 0 } satisfies Counts;

/** Trees of task groups whose members fail, are cancelled, and clean up. */
export const groups: Program = {
  name: 'groups',
  counts,
  run(random: Random, steps: number): void {
    new GroupProgram(random, counts).run(steps);
  },
};
