// Where a channel that pulls gets its values: iterables of all kinds behind one small face.

import { finalize, from } from 'rxjs';
import { asyncIteratorOf, has, isIterated } from '../core/async-iterator.ts';
import { isPullable, type Pullable } from '../core/pullable.ts';
import type { Operation } from '../core/operation.ts';
import { restOf } from '../core/rest.ts';
import { until } from '../core/until.ts';
import { type Rest, Standing } from '../core/waiter.ts';

/** What an origin answers when it is asked for a value: one of the four, once, at once or later. */
export interface Answers<T> {
  value(value: T): void;
  /** The value, and the end. */
  last(value: T): void;
  end(): void;
  failed(error: unknown): void;
}

export interface Origin<T> {
  /** Asks for the next value. Never called again before it has answered, nor after the end. */
  ask(answers: Answers<T>): void;
  /** Nobody will ask again. Called at most once, and not after the end. What it leaves to clean up, as far as that is ours. */
  stop(): Rest | null;
}

/** How `input` is pulled, or null: it can only push. */
export function originOf<T>(input: unknown): Origin<T> | null {
  if (isPullable(input)) return new ChannelOrigin(input as Pullable<T>);
  if (has(input, 'subscribe') || has(input, observableKey())) return null;
  if (has(input, 'then')) return new PromiseOrigin(input as PromiseLike<T>);
  if (isIterated(input)) return new AsyncOrigin(input as AsyncIterable<T>);
  if (has(input, Symbol.iterator)) return new SyncOrigin((input as Iterable<T>)[Symbol.iterator]());
  if (isArrayLike<T>(input)) return new SyncOrigin(Array.from(input)[Symbol.iterator]());
  return null;
}

/** Under which name an object says how it is observed: that of the proposal, where somebody has brought it along. */
function observableKey(): PropertyKey {
  return (Symbol as { readonly observable?: symbol }).observable ?? '@@observable';
}

/** Whether there is more to dispose of than its `return()`, which is all that disposing an async generator calls. */
function isDisposable(input: object): input is AsyncDisposable {
  return (
    has(input, Symbol.asyncDispose) &&
    (input as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] !== 'AsyncGenerator'
  );
}

/** What of Node's EventEmitter concerns us. */
interface Emitter {
  on(event: 'error', listener: () => void): void;
  off(event: 'error', listener: () => void): void;
}

function isEmitter(input: unknown): input is Emitter {
  return has(input, 'on') && has(input, 'off');
}

function ignore(): void {
  // Whoever asks for a value gets the error.
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
    let done: boolean;
    try {
      result = this.#iterator.next();
      done = result.done === true;
    } catch (error) {
      answers.failed(error);
      return;
    }
    if (done) answers.end();
    else answers.value(result.value as T);
  }
  stop(): null {
    this.#iterator.return?.();
    return null;
  }
}

/** A promise is waited for from the start, so that its rejection is nobody's fault before somebody asks. */
class PromiseOrigin<T> implements Origin<T> {
  #answer: ((answers: Answers<T>) => void) | null = null;
  #asking: Answers<T> | null = null;

  constructor(promise: PromiseLike<T>) {
    until(promise).subscribe({
      next: (value) => this.#settle((answers) => answers.last(value)),
      error: (error: unknown) => this.#settle((answers) => answers.failed(error)),
    });
  }

  #settle(answer: (answers: Answers<T>) => void): void {
    this.#answer = answer;
    if (this.#asking !== null) answer(this.#asking);
  }

  ask(answers: Answers<T>): void {
    this.#asking = answers;
    this.#answer?.(answers);
  }
  /** A promise is abandoned. */
  stop(): null {
    return null;
  }
}

class AsyncOrigin<T> implements Origin<T> {
  readonly #input: AsyncIterable<T>;
  readonly #iterator: AsyncIterator<T>;

  constructor(input: AsyncIterable<T>) {
    this.#input = input;
    this.#iterator = asyncIteratorOf(input);
    // Node's streams begin to listen for their error when they are first asked for a value: before, it would end the process.
    if (isEmitter(input)) input.on('error', ignore);
  }

  ask(answers: Answers<T>): void {
    let next: Operation<IteratorResult<T>>;
    try {
      next = until(this.#iterator.next());
    } catch (error) {
      this.#fail(answers, error);
      return;
    }
    next.park(new Asking((parcel) => this.#answer(answers, next, parcel)));
  }

  #answer(answers: Answers<T>, next: Operation<IteratorResult<T>>, parcel: unknown): void {
    let result: IteratorResult<T>;
    let done: boolean;
    try {
      result = next.open(parcel);
      done = result.done === true;
    } catch (error) {
      this.#fail(answers, error);
      return;
    }
    if (done) {
      this.#disconnect();
      answers.end();
    } else answers.value(result.value as T);
  }

  #fail(answers: Answers<T>, error: unknown): void {
    this.#disconnect();
    answers.failed(error);
  }

  /** `return()` of an async generator that awaits is heard only when that has come; what can be disposed of need not wait so long. */
  stop(): null {
    try {
      this.#close(this.#iterator.return?.());
    } finally {
      if (isDisposable(this.#input)) this.#close(this.#input[Symbol.asyncDispose]());
    }
    return null;
  }

  /** Who fails to be closed is reported. */
  #close(closing: PromiseLike<unknown> | undefined): void {
    if (!has(closing, 'then')) return this.#disconnect();
    from(closing as PromiseLike<unknown>)
      .pipe(finalize(() => this.#disconnect()))
      .subscribe();
  }

  #disconnect(): void {
    const input: unknown = this.#input;
    if (isEmitter(input)) input.off('error', ignore);
  }
}

/** Waits for one answer: a subscription would take as long as the promise itself. */
class Asking extends Standing {
  readonly #told: (parcel: unknown) => void;

  constructor(told: (parcel: unknown) => void) {
    super();
    this.#told = told;
  }

  tell(): void {
    this.#told(this.parcel);
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
  stop(): Rest | null {
    this.#channel.cancel();
    return restOf(this.#channel.whenEnded());
  }
}
