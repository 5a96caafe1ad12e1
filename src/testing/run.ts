// One run of a test: its laboratory, and what is expected of it. Runs nest; the innermost is the one that a matcher, or
// a scheduler of RxJS, means.

import { Expectations } from './expectations.ts';
import { Lab } from './lab.ts';
import { Painter } from './painter.ts';

export interface MarbleOptions {
  /** Seed of every fair choice made inside (default fixed). */
  seed?: number;
  /**
   * Virtual frames after which a source that never ends is an error that says so (default 10 000, or as many as the
   * diagrams of the run mention, if those are more).
   */
  maxFrames?: number;
}

export class Run {
  readonly lab: Lab;
  readonly expectations: Expectations;
  readonly painter: Painter;

  constructor({ maxFrames }: MarbleOptions) {
    this.lab = new Lab(maxFrames);
    this.expectations = new Expectations(this.lab);
    this.painter = new Painter(this.lab);
  }

  /** Lets all happen that is scheduled, and holds what is expected against it. */
  flush(): void {
    this.lab.flush();
    this.expectations.verify();
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
