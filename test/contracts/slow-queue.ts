// A work queue that is not ours: every call is answered a millisecond later, in the order of asking, by somebody who keeps lists.
// Simple, and nothing of it comes from src/queue.

import { asyncScheduler } from 'rxjs';
import {
  ClosedError,
  coroutine,
  type Deferred,
  deferred,
  type Delivery,
  type Operation,
  sleep,
  StaleDeliveryError,
  type WorkQueue,
} from '../../src/index.ts';

interface Message {
  readonly value: string;
  attempts: number;
}

/** What it does wrong, for showing that the contract finds it. */
export type Fault =
  | 'forgets what is nacked'
  | 'loses what it has when it is closed'
  | 'takes a second ack in silence'
  | 'joins while something is leased'
  | 'puts what is nacked at the end'
  | 'does not count attempts'
  | 'ends while something is leased'
  | 'gives to those who have left'
  | 'never takes back what is not settled in time'
  | 'does not renew a lease'
  | 'acts before it is subscribed'
  | 'forgets the cause'
  | null;

export class SlowQueue implements WorkQueue<string> {
  readonly name = 'slow';
  readonly #fault: Fault;
  readonly #leaseMs: number;
  readonly #messages: Message[] = [];
  #leasers: Deferred<Delivery<string>>[] = [];
  #joiners: Deferred<void>[] = [];
  #leased = 0;
  #returning = 0;
  #end: { cause: unknown } | null = null;

  constructor(leaseMs: number, fault: Fault = null) {
    this.#leaseMs = leaseMs;
    this.#fault = fault;
  }

  /** Asks now what is answered later; withdrawn, it takes nothing. */
  #ask<T>(act: (answer: Deferred<T>) => void, left: (answer: Deferred<T>) => void): Operation<T> {
    const ask = coroutine<T>(function* () {
      yield* sleep(1);
      const answer = deferred<T>();
      try {
        act(answer);
        return yield* answer;
      } finally {
        left(answer);
      }
    });
    if (this.#fault === 'acts before it is subscribed') ask.subscribe({ error: () => undefined });
    return ask;
  }

  send(value: string): Operation<void> {
    return this.#ask(
      (answer) => {
        if (this.#end !== null) {
          answer.reject(new ClosedError(this.name));
          return;
        }
        this.#messages.push({ value, attempts: 0 });
        answer.resolve(undefined);
        this.#serve();
      },
      () => undefined,
    );
  }

  lease(): Operation<Delivery<string>> {
    return this.#ask(
      (answer) => {
        this.#leasers.push(answer);
        this.#serve();
      },
      (answer) => {
        if (this.#fault !== 'gives to those who have left') this.#leasers = without(this.#leasers, answer);
      },
    );
  }

  join(): Operation<void> {
    return this.#ask(
      (answer) => {
        this.#joiners.push(answer);
        this.#serve();
      },
      (answer) => {
        this.#joiners = without(this.#joiners, answer);
      },
    );
  }

  close(cause?: unknown): boolean {
    if (this.#end !== null) return false;
    this.#end = { cause: this.#fault === 'forgets the cause' ? undefined : cause };
    if (this.#fault === 'loses what it has when it is closed') this.#messages.length = 0;
    this.#later(() => undefined);
    return true;
  }

  #later(act: () => void): void {
    asyncScheduler.schedule(() => {
      act();
      this.#serve();
    }, 1);
  }

  /** Gives what there is to those who wait, and tells the others what is true. */
  #serve(): void {
    while (this.#messages.length > 0 && this.#leasers.length > 0) {
      const message = this.#messages.shift()!;
      this.#leased++;
      this.#leasers.shift()!.resolve(this.#deliver(message));
    }
    const isLent = this.#leased + this.#returning > 0;
    if (this.#messages.length > 0) return;
    if (!isLent || this.#fault === 'joins while something is leased')
      for (const joiner of this.#joiners.splice(0)) joiner.resolve(undefined);
    if (this.#end === null || (isLent && this.#fault !== 'ends while something is leased')) return;
    const { cause } = this.#end;
    for (const leaser of this.#leasers.splice(0)) leaser.reject(cause ?? new ClosedError(this.name));
  }

  #deliver(message: Message): Delivery<string> {
    if (this.#fault !== 'does not count attempts' || message.attempts === 0) message.attempts++;
    let ended: string | null = null;
    const end = (how: string): boolean => {
      if (ended !== null && this.#fault === 'takes a second ack in silence') return false;
      if (ended !== null) throw new StaleDeliveryError(this.name, ended);
      ended = how;
      timer?.unsubscribe();
      return true;
    };
    const start = () =>
      this.#leaseMs === Infinity || this.#fault === 'never takes back what is not settled in time'
        ? null
        : asyncScheduler.schedule(() => {
            end('has run out');
            this.#takeBack(message);
            this.#serve();
          }, this.#leaseMs);
    let timer = start();
    return {
      value: message.value,
      attempt: message.attempts,
      ack: () => {
        if (end('was acked')) this.#later(() => this.#leased--);
      },
      nack: ({ delay = 0 } = {}) => {
        if (!end('was nacked')) return;
        this.#later(() => {
          if (delay === 0) this.#takeBack(message);
          else this.#takeBackLater(message, delay);
        });
      },
      extend: () => {
        if (ended !== null) throw new StaleDeliveryError(this.name, ended);
        if (this.#fault === 'does not renew a lease') return;
        timer?.unsubscribe();
        timer = start();
      },
    };
  }

  #takeBack(message: Message): void {
    this.#leased--;
    if (this.#fault === 'forgets what is nacked') return;
    if (this.#fault === 'puts what is nacked at the end') this.#messages.push(message);
    else this.#messages.unshift(message);
  }

  #takeBackLater(message: Message, delay: number): void {
    this.#returning++;
    asyncScheduler.schedule(() => {
      this.#returning--;
      this.#takeBack(message);
      this.#serve();
    }, delay);
  }
}

function without<T>(all: readonly T[], one: T): T[] {
  return all.filter((other) => other !== one);
}
