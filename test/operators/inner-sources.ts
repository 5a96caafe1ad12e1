// Inner sources that are ended by hand, and a word about each thing that happens to them.

import { Observable, type Subscriber } from 'rxjs';
import type { ProjectContext, UndeliveredReason } from '../../src/index.ts';
import { Record } from '../record.ts';

export class InnerSources extends Record {
  running = 0;
  mostRunning = 0;
  readonly #open = new Map<string, Subscriber<string>>();

  readonly project = (value: unknown, _context?: ProjectContext): Observable<string> => {
    const name = String(value);
    return new Observable((subscriber) => {
      // First, so that it counts as gone when it is given up from inside of what follows.
      subscriber.add(() => {
        this.running--;
        this.#open.delete(name);
      });
      this.#open.set(name, subscriber);
      this.mostRunning = Math.max(this.mostRunning, ++this.running);
      this.add(`start ${name}`);
    });
  };

  readonly onUndelivered = (value: unknown, reason: UndeliveredReason): void => {
    this.add(`${String(value)} ${reason}`);
  };

  emit(name: string, value = name): void {
    this.#open.get(name)?.next(value);
  }
  end(...names: string[]): void {
    for (const name of names) this.#open.get(name)?.complete();
  }
  fail(name: string): void {
    this.#open.get(name)?.error(new Error(`${name} failed`));
  }
  /** Ends the one that runs for longest. */
  endFirst(): void {
    for (const [name] of this.#open) {
      this.end(name);
      return;
    }
  }
  get names(): string {
    return [...this.#open.keys()].join('');
  }
}
