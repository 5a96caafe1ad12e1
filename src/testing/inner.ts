import type { Mark } from './parse-marbles.ts';

/** The diagram of an inner source: what a value is compared as when it is itself a stream. */
export class Inner {
  readonly marks: readonly Mark[];

  constructor(marks: readonly Mark[]) {
    this.marks = marks;
  }

  toString(): string {
    return `a source of ${this.marks.map(({ letter, frame }) => `${letter === '' ? '?' : letter}@${frame}`).join(' ')}`;
  }
}
