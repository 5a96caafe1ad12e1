// queueMap, slow and obviously right: arrays that are searched, and a list of all that is seen from outside.

import type { QueueMapOptions, UndeliveredReason } from '../../src/index.ts';

interface Running {
  readonly value: number;
  readonly key: unknown;
  /** Results that wait for their turn. */
  readonly kept: string[];
  done: boolean;
}

export class QueueMapModel {
  readonly log: string[] = [];
  readonly waiting: { readonly value: number; readonly key: unknown }[] = [];
  running: Running[] = [];
  /** What is in the channel, if the source is one. */
  readonly channel: number[] = [];
  over = false;
  #end: 'open' | 'completed' | Error = 'open';
  readonly #options: Required<Omit<QueueMapOptions<number>, 'key' | 'onUndelivered'>>;
  readonly #key: (value: number) => unknown;
  readonly #keyed: boolean;
  readonly #pulled: boolean;

  constructor(options: QueueMapOptions<number>, pulled: boolean) {
    this.#options = {
      concurrency: options.concurrency ?? 1,
      capacity: options.capacity ?? Infinity,
      overflow: options.overflow ?? 'fail',
      order: options.order ?? 'completion',
    };
    this.#keyed = options.key !== undefined;
    this.#key = options.key ?? (() => undefined);
    this.#pulled = pulled;
  }

  /** Those whose inner source has not ended. */
  get open(): number[] {
    return this.running.filter(({ done }) => !done).map(({ value }) => value);
  }

  send(value: number): void {
    if (this.#end !== 'open') return;
    if (this.#pulled) this.channel.push(value);
    else if (!this.over) this.#arrive(value);
    this.#settle();
  }

  complete(): void {
    if (this.#end === 'open') this.#end = 'completed';
    this.#settle();
  }

  fail(error: Error): void {
    if (this.#end === 'open') this.#end = error;
    this.#settle();
  }

  emit(value: number): void {
    const own = this.#of(value);
    if (own === undefined) return;
    if (this.#options.order === 'source' && own !== this.running[0]) own.kept.push(`out got ${value}`);
    else this.log.push(`out got ${value}`);
  }

  endInner(value: number): void {
    const own = this.#of(value);
    if (own === undefined) return;
    own.done = true;
    if (this.#options.order === 'completion') this.running = this.running.filter((one) => one !== own);
    this.#settle();
  }

  failInner(value: number): void {
    if (this.#of(value) !== undefined) this.#err(`${value} failed`);
  }

  leave(): void {
    if (this.over) return;
    this.over = true;
    this.running = [];
    for (const { value } of this.waiting.splice(0)) this.#lose(value, 'cancelled');
  }

  #of(value: number): Running | undefined {
    return this.running.find((one) => one.value === value && !one.done);
  }

  #isBusy(key: unknown): boolean {
    return this.#keyed && this.running.some((one) => one.key === key && !one.done);
  }

  #hasPlace(key: unknown): boolean {
    return this.running.length < this.#options.concurrency && !this.#isBusy(key);
  }

  #arrive(value: number): void {
    const { capacity, concurrency, overflow } = this.#options;
    const key = this.#key(value);
    const room = this.#pulled && this.#keyed ? Math.max(capacity, concurrency) : capacity;
    if (this.#hasPlace(key)) this.#start(value, key);
    else if (this.waiting.length < room) this.waiting.push({ value, key });
    else if (overflow === 'fail') {
      this.#lose(value, 'dropped');
      this.#err('OverflowError');
    } else if (overflow === 'dropNewest') this.#lose(value, 'dropped');
    else if (overflow === 'dropOldest') {
      this.waiting.push({ value, key });
      this.#lose(this.waiting.shift()?.value ?? NaN, 'evicted');
    } else {
      const gives = this.running.find((one) => this.#keyed && one.key === key && !one.done) ?? this.running[0];
      this.running = this.running.filter((one) => one !== gives);
      this.waiting.push({ value, key });
    }
  }

  #start(value: number, key: unknown): void {
    this.log.push(`start ${value}`);
    this.running.push({ value, key, kept: [], done: false });
    if (this.#options.order === 'source') this.running.sort((a, b) => a.value - b.value);
  }

  /** All that follows: those who wait have a place before anybody is told more; then results whose turn it is; then the source. */
  #settle(): void {
    this.#startAll();
    while (this.#options.order === 'source' && !this.over) {
      const [first] = this.running;
      this.log.push(...(first?.kept.splice(0) ?? []));
      if (first?.done !== true) break;
      this.running.shift();
      this.#startAll();
    }
    while (!this.over && this.#wants() && this.channel.length > 0) this.#arrive(this.channel.shift() ?? NaN);
    if (this.over || this.channel.length > 0) return;
    if (this.#end instanceof Error) this.#err(this.#end.message);
    else if (this.#end === 'completed' && this.running.length === 0 && this.waiting.length === 0) {
      this.over = true;
      this.log.push('out completed');
    }
  }

  #startAll(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) this.#start(next.value, next.key);
  }

  #next(): { value: number; key: unknown } | undefined {
    const at = this.waiting.findIndex(({ key }) => this.#hasPlace(key));
    return at < 0 ? undefined : this.waiting.splice(at, 1)[0];
  }

  #wants(): boolean {
    const { concurrency } = this.#options;
    return this.running.length < concurrency && this.waiting.length < concurrency;
  }

  #err(message: string): void {
    this.log.push(`out failed with ${message}`);
    this.leave();
  }

  #lose(value: number, reason: UndeliveredReason): void {
    this.log.push(`${value} ${reason}`);
  }
}
