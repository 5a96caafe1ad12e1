// Requests of every form to a real state owner, some of them at once, some withdrawn: what was told, and when.

import { concat, EMPTY, ignoreElements, map, type Observable, of, throwError, timer } from 'rxjs';
import {
  channel,
  type Coroutine,
  go,
  type Operation,
  request,
  select,
  sleep,
  type StateOwner,
  type StateRequest,
  stateOwner,
} from '../../src/index.ts';
import { check } from '../record.ts';
import { at, reportsOf } from '../virtual.ts';
import { type Answer, type Asked, type Call, perform } from './linearizable.ts';

export const ASKED_BY = ['subscription', 'coroutine', 'select', 'deadline', 'message', 'tell'] as const;
/** How a step brings what it brings. */
export const STEPS = ['at once', 'observable', 'coroutine', 'slow to clean up', 'operation', 'throws', 'errs', 'nothing'] as const; // prettier-ignore

export interface Request {
  readonly asked: Asked;
  readonly by: (typeof ASKED_BY)[number];
  readonly step: (typeof STEPS)[number];
  /** The frame. */
  readonly at: number;
  /** How long its step takes, if it takes long. */
  readonly takes: number;
  /** The frame in which it is withdrawn. */
  readonly leaves: number | null;
}

export interface HistoryOptions {
  readonly capacity: number;
  readonly ends: { readonly how: 'complete' | 'cancel'; readonly at: number } | null;
}

type Step<T> = T | Observable<T> | Coroutine<T>;

/** Frames between a withdrawal and the next. */
const CLEAN_UP = 2;

export class History {
  readonly calls: Call[] = [];
  /** The first state, and every change, as subscribers see them. */
  readonly states: [number, ...number[]] = [0];
  readonly #owner: StateOwner<number>;
  readonly #requests: readonly Request[];
  #moment = 0;
  /** Whether all that is asked will be served. */
  readonly #serves: boolean;
  /** Steps that run. */
  #running = 0;

  constructor(requests: readonly Request[], { capacity, ends }: HistoryOptions) {
    const owner = (this.#owner = stateOwner(0, { capacity, name: 'register' }));
    this.#requests = requests;
    this.#serves = capacity === Infinity && ends === null;
    // The failures of what was told.
    reportsOf(() => {
      this.states.pop();
      owner.subscribe((state) => this.states.push(state));
      for (const [i, one] of requests.entries()) at(one.at, () => this.#ask(one, `r${i}`));
      if (ends !== null) at(ends.at, () => owner[ends.how]());
    });
    check(owner);
    if (owner.pending > 0 || this.#running > 0) throw new Error(`${String(owner)}: something has not ended`);
  }

  get value(): number {
    return this.#owner.value;
  }

  #ask(one: Request, name: string): void {
    const call: Call = { name, asked: meant(one), since: ++this.#moment, until: Infinity, answer: { is: 'open' } };
    this.calls.push(call);
    const answered = (answer: Answer): void => {
      call.until = ++this.#moment;
      call.answer = answer;
    };
    const leave = this.#perform(one, {
      next: (value) => answered({ is: 'told', value }),
      error: () => answered({ is: 'failed' }),
    });
    check(this.#owner);
    if (one.by === 'tell' && fails(one)) call.answer = { is: 'failed' };
    else if (one.by === 'tell' && this.#serves) call.answer = { is: 'done' };
    if (leave === null || one.leaves === null) return;
    at(Math.max(0, one.leaves - one.at), () => {
      // A coroutine that is cancelled too late is told all the same, and then that counts.
      if (call.answer.is === 'open') answered({ is: 'withdrawn' });
      leave();
      check(this.#owner);
    });
  }

  /** Performs it; what is returned withdraws it, if it can be. */
  #perform(one: Request, told: Told): (() => void) | null {
    const owner = this.#owner;
    switch (one.by) {
      case 'subscription': {
        const subscription = this.#operation(one).subscribe(told);
        return () => {
          subscription.unsubscribe();
        };
      }
      case 'coroutine': {
        const operation = this.#operation(one);
        const task = go(function* () {
          let value: number | boolean;
          try {
            value = yield* operation;
          } catch {
            told.error();
            return;
          }
          told.next(value);
        });
        return () => {
          task.cancel();
        };
      }
      case 'select': {
        const never = channel<number>();
        select({ never, asked: this.#operation(one) }).subscribe({
          next: ({ key, value }) => key === 'asked' && told.next(value),
          error: () => told.error(),
        });
        return () => {
          never.trySend(0);
        };
      }
      case 'deadline':
        this.#operation(one)
          .withTimeout(one.leaves ?? 1)
          .subscribe(told);
        return null;
      case 'message': {
        const message = this.#message(one);
        if (message === null) return this.#perform({ ...one, by: 'subscription' }, told);
        message.response.subscribe(told);
        owner.next(message);
        return null;
      }
      case 'tell':
        owner.tell((state) => this.#step(one, perform(state, asUpdate(one))[0]));
        return null;
    }
  }

  #operation(one: Request): Operation<number | boolean> {
    const owner = this.#owner;
    const { asked } = one;
    switch (asked.do) {
      case 'read':
        return owner.read((state) => state);
      case 'write':
        return owner.write(asked.to);
      case 'update':
        return owner.update((state) => this.#step(one, state + asked.by));
      case 'modify':
        return owner.modify((state) => this.#step<readonly [number, number]>(one, [asked.to, state]));
      case 'compareAndSet':
        return owner.compareAndSet(asked.from, asked.to);
    }
  }

  #message(one: Request): StateRequest<number, number> | null {
    const { asked } = one;
    if (asked.do === 'read') return request.read<number, number>((state) => state);
    if (asked.do === 'write') return request.write(asked.to);
    return asked.do === 'update' ? request.update((state: number) => this.#step(one, state + asked.by)) : null;
  }

  /** Brings `next`, in the way of `one`. */
  #step<T>(one: Request, next: T): Step<T> {
    switch (one.step) {
      case 'at once':
        return next;
      case 'throws':
        throw new Error('a step');
      case 'errs':
        return concat(
          timer(one.takes).pipe(ignoreElements()),
          throwError(() => new Error('a step')),
        );
      case 'nothing':
        return one.takes === 0 ? EMPTY : timer(one.takes).pipe(ignoreElements());
      case 'observable':
        return concat(of(next), timer(one.takes).pipe(map(() => next)));
      case 'operation':
        return sleep(one.takes).map(() => next);
      default:
        return this.#coroutine(one, next);
    }
  }

  *#coroutine<T>(one: Request, next: T): Coroutine<T> {
    this.#running++;
    if (this.#running > 1) throw new Error('two steps at once');
    try {
      yield* sleep(one.takes);
      return next;
    } finally {
      try {
        // A cancel that comes now cuts it.
        if (one.step === 'slow to clean up') yield* sleep(CLEAN_UP);
      } finally {
        this.#running--;
      }
    }
  }

  toString(): string {
    const lines = this.calls.map(({ name, asked, since, until, answer }) => {
      const one = this.#requests[Number(name.slice(1))];
      return `${name} ${since}..${until} ${JSON.stringify(asked)}: ${JSON.stringify(answer)}, of ${JSON.stringify(one)}`;
    });
    return `\nstates ${this.states.join(' ')}\n${lines.join('\n')}\n`;
  }
}

interface Told {
  next(value: number | boolean): void;
  error(): void;
}

/** What is told is an update. */
function asUpdate({ asked }: Request): Extract<Asked, { do: 'update' }> {
  return asked.do === 'update' ? asked : { do: 'update', by: 1 };
}

function takesStep({ asked, by }: Request): boolean {
  return by === 'tell' || asked.do === 'update' || asked.do === 'modify';
}

function fails({ step }: Request): boolean {
  return step === 'throws' || step === 'errs';
}

/** A step that brings nothing changes nothing, and yields the state: a read. */
function meant(one: Request): Asked {
  if (takesStep(one) && one.step === 'nothing') return { do: 'read' };
  return one.by === 'tell' ? asUpdate(one) : one.asked;
}
