// One run of a test: its laboratory, what is expected of it, and who is alive in it. Runs nest; the innermost is the one
// that a matcher, or a scheduler of RxJS, means.

import { checkFinite, ownOptions, reject } from '../base/checks.ts';
import { Census } from './census.ts';
import { DeadlockError } from './deadlock-error.ts';
import { Expectations } from './expectations.ts';
import { Lab } from './lab.ts';
import { MarbleError } from './marble-error.ts';
import { Painter } from './painter.ts';
import { Site } from './site.ts';

export interface MarbleOptions {
  /** Seed of every fair choice made inside (default fixed). */
  seed?: number;
  /**
   * Virtual frames after which a source that never ends is an error that says so (default 10 000, or what diagrams and
   * single delays of the run ask for, if that is more).
   */
  maxFrames?: number;
}

/** Options as they count, each looked at. */
export function marbleOptions(whose: string, given: MarbleOptions): MarbleOptions {
  const options = ownOptions(whose, given);
  const { seed, maxFrames } = options;
  if (seed !== undefined) checkFinite(whose, 'seed', seed);
  if (maxFrames !== undefined && !(typeof maxFrames === 'number' && maxFrames >= 0))
    reject(RangeError, whose, 'maxFrames', 'a number >= 0', maxFrames);
  return options;
}

export class Run {
  readonly lab: Lab;
  readonly expectations: Expectations;
  readonly painter: Painter;
  readonly census: Census;
  /** Where it was said that it has to end idle. */
  #idle: Site | null = null;

  /** `site`: where it was called. */
  constructor({ maxFrames }: MarbleOptions, kind: 'synchronous' | 'asynchronous', site: Site) {
    this.lab = new Lab(maxFrames, kind, site);
    this.expectations = new Expectations(this.lab);
    this.painter = new Painter(this.lab, kind === 'asynchronous' ? 16 : null);
    this.census = new Census(this.lab);
  }

  expectIdle(): void {
    this.#idle = new Site();
  }

  /** Lets all happen that is scheduled, and holds what is expected against it. */
  finish(): void {
    this.lab.flush();
    this.conclude();
  }

  /** @throws MarbleError that tells of every expectation that does not hold. */
  verify(when: 'meanwhile' | 'at the end'): void {
    const failed = this.expectations.verdict(when);
    if (failed !== null) throw new MarbleError(failed.text, failed.site);
  }

  /** The verdict, at the end. */
  conclude(): void {
    if (this.#idle !== null) this.#checkIdle(this.#idle);
    this.verify('at the end');
  }

  #checkIdle(site: Site): void {
    const { tasks, observers } = this.census;
    const left = [...tasks, ...observers];
    if (left.length === 0) return;
    const failed = this.expectations.verdict('at the end');
    const text = `expectIdle: not idle in frame ${this.lab.frame}\n${left.map((line) => `  ${line}`).join('\n')}`;
    const error = new DeadlockError(failed === null ? text : `${text}\n\n${failed.text}`, tasks);
    error.stack = `${error.name}: ${error.message}\n${site.frames}`;
    throw error;
  }
}

const runs: Run[] = [];

export function innermost(): Run | undefined {
  return runs.at(-1);
}

/** Makes `run` the innermost; what is returned ends that. */
export function begin(run: Run): () => void {
  runs.push(run);
  return () => {
    runs.splice(runs.indexOf(run), 1);
  };
}
