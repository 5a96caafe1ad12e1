import type { Random } from '../src/base/random.ts';

/** A kind of random program. A part of the library that wants to be soaked adds a file with one, and names it in `run.ts`. */
export interface Program {
  readonly name: string;
  /** How much of what was done so far: the last line of the run shows it. */
  readonly counts: Readonly<Record<string, number>>;
  /** Does about `steps` random steps and looks after each whether all is as it must be; throws at the first thing that is not. */
  run(random: Random, steps: number): void;
}
