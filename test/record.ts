// Who got what, in which order: one list, that a test compares as a whole.

import type { Observer } from 'rxjs';
import { CancelledError } from '../src/index.ts';

export class Record {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
  }

  /** For an operation: `a got 1`, `a failed with ClosedError`. That it completes after its value goes without saying. */
  by(name: string): Observer<unknown> {
    return {
      next: (value) => this.add(`${name} got ${show(value)}`),
      error: (error) => this.add(`${name} failed with ${show(error)}`),
      complete: () => undefined,
    };
  }

  /** The same, and `a completed`. */
  all(name: string): Observer<unknown> {
    return { ...this.by(name), complete: () => this.add(`${name} completed`) };
  }

  /** What was added since the last call. */
  take(): string[] {
    return this.lines.splice(0);
  }
}

/** `{ key: 'a', value: 1 }`, what a select yields, reads `a=1`. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof CancelledError) return `CancelledError(${show(value.reason)})`;
  if (value instanceof Error) return value.name === 'Error' ? value.message : value.name;
  if (typeof value === 'object' && value !== null && 'key' in value && 'value' in value) {
    return `${String(value.key)}=${show(value.value)}`;
  }
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

/** Holds the invariants of everything that has some. */
export function check(...things: readonly object[]): void {
  for (const thing of things) (thing as { check(): void }).check();
}

/** How a thing calls itself. */
export function title(thing: { toString(): string }): string {
  return thing.toString();
}
