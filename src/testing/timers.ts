// The timers of a run: what RxJS's schedulers, and in an asynchronous run the code itself, ask of the host, on virtual time.
//
// Of those that RxJS set and that are due at one frame, an immediate goes before an interval, and that before a timeout, each
// kind in the order in which they were set: as in RxJS's own run mode, whose schedulers rely on it. Those of the code itself
// (`native`) go in order of time, as in the host.

import type { Subscription } from 'rxjs';
import type { Site } from './site.ts';

const KINDS = ['immediate', 'interval', 'timeout'] as const;
export type TimerKind = (typeof KINDS)[number] | 'native' | 'native interval';

/** No host counts its handles from here. */
const FIRST_ID = 2 ** 40;

/** Also the handle: Node's timers have these methods, and code calls them; elsewhere a handle is a number. */
export class Timer {
  readonly id: number;
  readonly kind: TimerKind;
  readonly period: number;
  readonly fire: () => void;
  readonly #timers: Timers;
  due = 0;
  slot: Subscription | null = null;
  /** Where it was set, if nobody is known on whose behalf. */
  site: Site | null = null;
  /** Told when it is withdrawn. */
  left: (() => void) | null = null;

  constructor(timers: Timers, id: number, kind: TimerKind, period: number, fire: () => void) {
    this.#timers = timers;
    this.id = id;
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
  hasRef(): boolean {
    return true;
  }
  refresh(): this {
    this.#timers.start(this);
    return this;
  }
  close(): this {
    this.clear();
    return this;
  }
  [Symbol.toPrimitive](): number {
    return this.id;
  }
}

/** Whose time it is. */
export interface Clockwork {
  readonly frame: number;
  /** The line of the user's that is at work, if nobody is known on whose behalf. */
  readonly site: Site | null;
  /** What is scheduled inside of `act` has this origin. */
  from<R>(origin: { readonly what: string; readonly site: Site | null }, act: () => R): R;
  schedule(work: () => void, delay: number): Subscription;
}

export class Timers {
  readonly #lab: Clockwork;
  #lastId = FIRST_ID;
  readonly #waiting: Record<TimerKind, Set<Timer>> = {
    immediate: new Set(),
    interval: new Set(),
    timeout: new Set(),
    native: new Set(),
    'native interval': new Set(),
  };
  /** Chooses among `n` timers due at one frame; null: the first that was set. For exploring schedules. */
  pick: ((n: number) => number) | null = null;

  constructor(lab: Clockwork) {
    this.#lab = lab;
  }

  set(kind: TimerKind, fire: () => void, delay: number | undefined): Timer {
    const timer = new Timer(this, ++this.#lastId, kind, Math.max(0, delay ?? 0), fire);
    this.start(timer);
    return timer;
  }

  /** Starts it, or starts it over. */
  start(timer: Timer): void {
    this.#remove(timer);
    this.#waiting[timer.kind].add(timer);
    this.#arm(timer);
  }

  clear(timer: Timer): void {
    if (this.#remove(timer)) timer.left?.();
  }

  /** Whether it was there. */
  #remove(timer: Timer): boolean {
    if (!this.#waiting[timer.kind].delete(timer)) return false;
    // (Once it has fired, its slot may be another one's.)
    timer.slot?.unsubscribe();
    return true;
  }

  /** The timer that a handle of this run stands for, if it still waits. */
  find(handle: unknown): Timer | undefined {
    if (handle instanceof Timer) return handle;
    const { native, 'native interval': interval } = this.#waiting;
    return [...native, ...interval].find(({ id }) => id === Number(handle));
  }

  /** Asks for a slot. What fires in it is the timer whose turn it is then, which need not be the one that asked. */
  #arm(timer: Timer): void {
    timer.due = this.#lab.frame + timer.period;
    const what = timer.kind === 'immediate' ? 'a macrotask' : `a timer of ${timer.period}ms`;
    // An interval starts itself over: its line is the first one.
    timer.site ??= this.#lab.site;
    timer.slot = this.#lab.from({ what, site: timer.site }, () =>
      this.#lab.schedule(() => this.#fire(timer), timer.period),
    );
  }

  #fire(asking: Timer): void {
    const timer = asking.kind.startsWith('native') ? asking : this.#first();
    // One that was withdrawn in its own frame, when another had already fired in its slot, leaves the other's slot over.
    if (timer === undefined) return;
    if (timer.kind.endsWith('interval')) this.#arm(timer);
    else this.#waiting[timer.kind].delete(timer);
    timer.fire();
  }

  /** The one whose turn it is, of those that are due. */
  #first(): Timer | undefined {
    return KINDS.map((kind) => this.#next(kind)).find((timer) => timer !== undefined);
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
