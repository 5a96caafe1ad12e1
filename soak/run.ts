// Random programs, one kind after the other, until the time is over (`--minutes`, one unless told) or the steps are done
// (`--steps`). Ends with a line of counts for each kind; or at the first program in which something is not as it must be,
// with the command that repeats it.

import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import { turn } from '../src/core/turn.ts';
import { broadcasts } from './broadcast.ts';
import { groups } from './groups.ts';
import { permits } from './permits.ts';
import type { Program } from './program.ts';
import { queues } from './queues.ts';
import { state } from './state.ts';

const PROGRAMS: readonly Program[] = [groups, permits, state, broadcasts, queues];
const STEPS = 100;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    steps: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
});
const programs = PROGRAMS.filter(({ name }) => values.only === undefined || values.only === name);
if (programs.length === 0)
  throw new Error(`no program ${String(values.only)}: ${PROGRAMS.map(({ name }) => name).join(', ')}`);
const steps = Number(values.steps ?? Infinity);
const end = performance.now() + Number(values.minutes ?? 1) * 60_000;

// A busy machine must not cut a turn in the middle: the programs look at what is true at the end of one.
turn.budget = Infinity;

let seed = Number(values.seed ?? 1);
for (let done = 0; done < steps && performance.now() < end; seed++) {
  for (const program of programs) {
    try {
      program.run(new Random(seed), STEPS);
    } catch (error) {
      console.error(`npm run soak -- --only ${program.name} --seed ${seed} --steps ${STEPS}`);
      throw error;
    }
    done += STEPS;
  }
}
for (const { name, counts } of programs) {
  console.log(
    `${name}: ${Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
  );
}
