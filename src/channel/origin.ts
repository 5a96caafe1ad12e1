// Where a channel that pulls gets its values: iterables of all kinds behind one small face.

import { from } from 'rxjs';
import { asyncIteratorOf, has, isIterated } from '../core/async-iterator.ts';
import { isPullable, type Pullable } from '../core/pullable.ts';
import { until } from '../core/until.ts';

/** What an origin answers when it is asked for a value: one of the three, once, at once or later. */
export interface Answers<T> {
  value(value: T): void;
  end(): void;
  failed(error: unknown): void;
}

export interface Origin<T> {
  /** Asks for the next value. Never called again before it has answered, nor after the end. */
  ask(answers: Answers<T>): void;
  /** Nobody will ask again. Not called after the end. */
  stop(): void;
}

/** How `input` is pulled, or null: it can only push. */
export function originOf<T>(input: unknown): Origin<T> | null {
  if (isPullable(input)) return new ChannelOrigin(input as Pullable<T>);
  if (has(input, 'subscribe') || has(input, '@@observable')) return null;
  if (isIterated(input)) return new AsyncOrigin(asyncIteratorOf(input as AsyncIterable<T>));
  if (has(input, Symbol.iterator)) return new SyncOrigin((input as Iterable<T>)[Symbol.iterator]());
  if (isArrayLike<T>(input)) return new SyncOrigin(Array.from(input)[Symbol.iterator]());
  return null;
}

function isArrayLike<T>(input: unknown): input is ArrayLike<T> {
  return typeof input === 'object' && input !== null && typeof (input as ArrayLike<T>).length === 'number';
}

class SyncOrigin<T> implements Origin<T> {
  readonly #iterator: Iterator<T>;

  constructor(iterator: Iterator<T>) {
    this.#iterator = iterator;
  }

  ask(answers: Answers<T>): void {
    let result: IteratorResult<T>;
    try {
      result = this.#iterator.next();
    } catch (error) {
      answers.failed(error);
      return;
    }
    if (result.done === true) answers.end();
    else answers.value(result.value);
  }
  stop(): void {
    this.#iterator.return?.();
  }
}

class AsyncOrigin<T> implements Origin<T> {
  readonly #iterator: AsyncIterator<T>;

  constructor(iterator: AsyncIterator<T>) {
    this.#iterator = iterator;
  }

  ask(answers: Answers<T>): void {
    until(this.#iterator.next()).subscribe({
      next: (result) => {
        if (result.done === true) answers.end();
        else answers.value(result.value);
      },
      error: (error: unknown) => answers.failed(error),
    });
  }
  stop(): void {
    const closing = this.#iterator.return?.();
    if (closing !== undefined) from(closing).subscribe();
  }
}

class ChannelOrigin<T> implements Origin<T> {
  readonly #channel: Pullable<T>;

  constructor(channel: Pullable<T>) {
    this.#channel = channel;
  }

  ask(answers: Answers<T>): void {
    this.#channel.receiveResult().subscribe({
      next: (attempt) => {
        if (attempt.ok) answers.value(attempt.value);
        else answers.end();
      },
      error: (error: unknown) => answers.failed(error),
    });
  }
  stop(): void {
    this.#channel.cancel();
  }
}
