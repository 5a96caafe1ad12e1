// The timers of a run: what RxJS's schedulers, and in an asynchronous run the code itself, ask of the host, on virtual time.
//
// Of those that RxJS set and that are due at one frame, an immediate goes before an interval, and that before a timeout, each
// kind in the order in which they were set: as in RxJS's own run mode, whose schedulers rely on it. Those of the code itself
// (`native`) go in order of time, as in the host.

import type { Subscription } from 'rxjs';
import type { Lab } from './lab.ts';
import { Site } from './site.ts';

const KINDS = ['immediate', 'interval', 'timeout'] as const;
export type TimerKind = (typeof KINDS)[number] | 'native' | 'native interval';

/** Also the handle: Node's timers have these methods, and code calls them. */
export class Timer {
  readonly kind: TimerKind;
  readonly period: number;
  readonly fire: () => void;
  readonly #timers: Timers;
  due = 0;
  slot: Subscription | null = null;

  constructor(timers: Timers, kind: TimerKind, period: number, fire: () => void) {
    this.#timers = timers;
    this.kind = kind;
    this.period = period;
    this.fire = fire;
  }

  clear(): void {
    this.#timers.clear(this);
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

export class Timers {
  readonly #lab: Lab;
  readonly #waiting: Record<TimerKind, Set<Timer>> = {
    immediate: new Set(),
    interval: new Set(),
    timeout: new Set(),
    native: new Set(),
    'native interval': new Set(),
  };
  /** Chooses among `n` timers due at one frame; null: the first that was set. For exploring schedules. */
  pick: ((n: number) => number) | null = null;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  set(kind: TimerKind, fire: () => void, delay: number | undefined): Timer {
    const timer = new Timer(this, kind, Math.max(0, delay ?? 0), fire);
    this.start(timer);
    return timer;
  }

  /** Starts it, or starts it over. */
  start(timer: Timer): void {
    this.clear(timer);
    this.#waiting[timer.kind].add(timer);
    this.#arm(timer);
  }

  clear(timer: Timer): void {
    // Once it has fired, its slot may be another one's.
    if (this.#waiting[timer.kind].delete(timer)) timer.slot?.unsubscribe();
  }

  /** Asks for a slot. What fires in it is the timer whose turn it is then, which need not be the one that asked. */
  #arm(timer: Timer): void {
    timer.due = this.#lab.frame + timer.period;
    const what = timer.kind === 'immediate' ? 'a macrotask' : `a timer of ${timer.period}ms`;
    const site = this.#lab.anonymous ? new Site() : null;
    timer.slot = this.#lab.from({ what, site }, () => this.#lab.schedule(() => this.#fire(timer), timer.period));
  }

  #fire(asking: Timer): void {
    const timer = asking.kind.startsWith('native') ? asking : this.#first();
    if (timer.kind.endsWith('interval')) this.#arm(timer);
    else this.#waiting[timer.kind].delete(timer);
    timer.fire();
  }

  /** Precondition: some timer is due. */
  #first(): Timer {
    return KINDS.map((kind) => this.#next(kind)).find((timer) => timer !== undefined) as Timer;
  }

  #next(kind: (typeof KINDS)[number]): Timer | undefined {
    const { frame } = this.#lab;
    if (this.pick === null || kind === 'immediate') {
      for (const timer of this.#waiting[kind]) if (timer.due <= frame) return timer;
      return undefined;
    }
    const due = [...this.#waiting[kind]].filter((timer) => timer.due <= frame);
    return due.length > 1 ? due[this.pick(due.length)] : due[0];
  }
}
