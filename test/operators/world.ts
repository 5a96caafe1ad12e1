// A world of frames: a source that is written as one word per frame, work that takes frames, and one list of who got what when.
// Promises are served between frames, so that async iterables and streams are told of like everything else.

import { Observable, type Observer, type Subscriber } from 'rxjs';
import type { UndeliveredReason } from '../../src/index.ts';
import { show } from '../record.ts';

export class World {
  frame = 0;
  readonly told: string[] = [];
  readonly lost: string[] = [];
  /** What the source has emitted to somebody, and what was begun to be worked on. */
  readonly said: string[] = [];
  readonly begun: string[] = [];
  /** Frames in which the source was subscribed, and left or ended. */
  readonly subscribed: string[] = [];
  readonly #due = new Map<number, (() => void)[]>();
  readonly #listeners = new Set<Subscriber<string>>();

  /** `add(word)` says it, with its frame: `3 a`. */
  add(word: string): void {
    this.told.push(`${this.frame} ${word}`);
  }

  readonly out: Observer<unknown> = {
    next: (value) => this.add(show(value)),
    error: (error: unknown) => this.add(`#${show(error)}`),
    complete: () => this.add('|'),
  };

  readonly onUndelivered = (value: string, reason: UndeliveredReason): void => {
    this.lost.push(`${value} ${reason}`);
  };

  /** The source: it is given its values by `play`. */
  readonly source = new Observable<string>((subscriber) => {
    this.subscribed.push(`^${this.frame}`);
    this.#listeners.add(subscriber);
    return () => {
      this.subscribed.push(`!${this.frame}`);
      this.#listeners.delete(subscriber);
    };
  });

  /** `a` emits, `|` completes, `#` errs. */
  say(mark: string): void {
    for (const listener of [...this.#listeners]) {
      if (mark === '|') listener.complete();
      else if (mark === '#') listener.error(new Error('source'));
      else {
        this.said.push(mark);
        listener.next(mark);
      }
    }
  }

  at(frame: number, act: () => void): () => void {
    const acts = this.#due.get(frame) ?? [];
    this.#due.set(frame, [...acts, act]);
    return () => {
      const left = this.#due.get(frame) ?? [];
      this.#due.set(
        frame,
        left.filter((one) => one !== act),
      );
    };
  }

  /** Work that takes some frames, and then gives `value`. */
  work(frames: number, value: string): Observable<string> {
    this.begun.push(value);
    return new Observable((subscriber) =>
      this.at(this.frame + frames, () => {
        subscriber.next(value);
        subscriber.complete();
      }),
    );
  }

  /** Plays a script of one word per frame (`a-bc` is `['a', '', 'bc']`), and ten frames more. */
  async play(script: readonly string[], each: () => void = () => undefined): Promise<void> {
    for (this.frame = 0; this.frame < script.length + 10; this.frame++) {
      for (const mark of script[this.frame] ?? '') this.say(mark);
      // What is due may make more due in this frame.
      for (let acts = this.#take(); acts.length > 0; acts = this.#take()) for (const act of acts) act();
      each();
      for (let n = 0; n < 40; n++) await Promise.resolve();
    }
  }

  #take(): (() => void)[] {
    const acts = this.#due.get(this.frame) ?? [];
    this.#due.delete(this.frame);
    return acts;
  }
}
