// Random programs, one kind after the other, until the time is over (`--minutes`, one unless told) or the steps are done
// (`--steps`); half of the time goes to the random scripts that the tests play to models, with seeds that they do not use.
//
// Ends with a line of counts for each kind; or at the first program in which something is not as it must be: with the
// shortest run of that program that shows it, as a test. Scripts are shrunk by fast-check, which prints them.

import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import { turn } from '../src/core/turn.ts';
import { broadcasts } from './broadcast.ts';
import { engines } from './engine.ts';
import { groups } from './groups.ts';
import { jobs } from './jobs.ts';
import { playModels } from './models.ts';
import { permits } from './permits.ts';
import type { Program } from './program.ts';
import { queues } from './queues.ts';
import { state } from './state.ts';

const PROGRAMS: readonly Program[] = [groups, permits, state, broadcasts, queues, jobs, engines];
const STEPS = 100;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    steps: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
});
const wanted = (name: string): boolean => values.only === undefined || values.only === name;
const programs = PROGRAMS.filter(({ name }) => wanted(name));
// Whoever counts steps wants programs.
const plays = wanted('models') && values.steps === undefined;
if (programs.length === 0 && !plays)
  throw new Error(`no program ${String(values.only)}: ${PROGRAMS.map(({ name }) => name).join(', ')}, models`);
const steps = programs.length === 0 ? 0 : Number(values.steps ?? Infinity);
const minutes = Number(values.minutes ?? 1) / (plays && programs.length > 0 ? 2 : 1);
const end = performance.now() + minutes * 60_000;

// A busy machine must not cut a turn in the middle: the programs look at what is true at the end of one.
turn.budget = Infinity;

let seed = Number(values.seed ?? 1);
for (let done = 0; done < steps && performance.now() < end; seed++) {
  for (const program of programs) {
    try {
      program.run(new Random(seed), STEPS);
    } catch (error) {
      console.error(asTest(program, seed));
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
if (plays) playModels(Number(values.seed ?? 1), minutes);

/** The shortest run that fails: a program is the same from the start, however long it goes on. */
function asTest(program: Program, seed: number): string {
  const { name } = program;
  let steps = 1;
  while (steps < STEPS && !fails(() => program.run(new Random(seed), steps))) steps++;
  return [
    `it('${name}, seed ${seed}', () => {`,
    `  ${name}.run(new Random(${seed}), ${steps}); // soak/run.ts; npm run soak -- --only ${name} --seed ${seed}`,
    '});',
  ].join('\n');
}

function fails(act: () => void): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
