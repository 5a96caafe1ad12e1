// Where an inject function was called: the component, directive or service that its work lives and dies with.
//
// On destroy everything of one component ends in one turn, in two rounds. First its views are let go: what the refs show is set,
// and they look no more. Then its work is cancelled, what was injected last first: who waits for a thing was made after it, and
// has gone when that ends. So nobody is told an error by a destroy.
//
// Of a tree Angular destroys the children first, one by one, and nobody knows yet what else will go. So work for which somebody of
// another component waits is cancelled when that one has gone, too, if it does; otherwise in a macrotask of its own.
//
// What runs in a home runs untracked, now and whenever it is resumed: while something of a home starts, an ambient context of its
// own is installed, which every coroutine and handler captures (see `core/ambient.ts`). It knows the home, too.

import {
  assertInInjectionContext,
  DestroyRef,
  ElementRef,
  inject,
  Injector,
  NgZone,
  PLATFORM_ID,
  untracked,
} from '@angular/core';
import { checkMethod, ownOptions } from '../base/checks.ts';
import { type Capture, installAmbient, type Surroundings } from '../core/ambient.ts';
import { after } from '../core/clock.ts';
import type { Future } from '../core/future.ts';
import { enter, exit } from '../core/turn.ts';

/** What every inject function takes. */
export interface Injected {
  /** Where there is no injection context. What is made lives as long as this one's component, directive or service. */
  injector?: Injector;
}

/** What a cancellation by a destroy says. */
export const DESTROYED = 'destroyed';

/** What has to be done on destroy: first `letGo` of all that a component has injected, then `stop`. Neither throws. */
export interface Resident {
  letGo(): void;
  stop(): void;
  /** Those for whom others may wait, who get an error by `stop`. */
  readonly futures?: Iterable<Future<unknown>>;
}

/** Whose code runs now. */
let current: Home | null = null;

/** The home of the code that runs now, if it is work of one. */
export function currentHome(): Home | null {
  return current;
}

export class Home {
  readonly injector: Injector;
  readonly isServer: boolean;
  readonly #zone: NgZone | null;
  readonly #family: Family | null;
  readonly #surroundings: Surroundings = (work) => this.run(work);
  readonly #capture: Capture = () => this.#surroundings;

  constructor(injector: Injector) {
    this.injector = injector;
    this.#family = familyOf(injector);
    this.isServer = this.#family !== null && injector.get(PLATFORM_ID) === 'server';
    this.#zone = this.isServer ? injector.get(NgZone) : null;
  }

  get isDestroyed(): boolean {
    return this.#family === null || this.#family.isDestroyed;
  }

  /** Of one that is destroyed already: at once. */
  settle(resident: Resident): void {
    if (this.#family !== null && !this.#family.isDestroyed) {
      this.#family.residents.add(resident);
      return;
    }
    resident.letGo();
    resident.stop();
  }

  /** It has ended by itself, and there is nothing to be done any more. */
  forget(resident: Resident): void {
    this.#family?.residents.delete(resident);
  }

  /** Calls `work` untracked, and has all that starts by it run so. On a server, where nobody looks, outside of Angular's zone: its timers hold nothing up. */
  run<R>(work: () => R): R {
    if (current === this) return untracked(work);
    const outer = current;
    const uninstall = installAmbient(this.#capture);
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- it is what `current` says: whose code runs
    current = this;
    try {
      return this.#zone === null ? untracked(work) : this.#zone.runOutsideAngular(() => untracked(work));
    } finally {
      current = outer;
      uninstall();
    }
  }

  /** What calls `callback` so; undefined of none. */
  wrap<F extends (...args: never[]) => unknown>(callback: F): F;
  wrap<F extends (...args: never[]) => unknown>(callback: F | undefined): F | undefined;
  wrap<F extends (...args: never[]) => unknown>(callback: F | undefined): F | undefined {
    if (callback === undefined) return undefined;
    return ((...args: Parameters<F>) => this.run(() => callback(...args))) as F;
  }
}

/** The home of `whose` call: that of the injector that was given, or of the injection context. */
export function homeOf(whose: (...args: never[]) => unknown, name: string, { injector }: Injected): Home {
  if (injector !== undefined) {
    checkMethod(name, 'injector', injector, 'get', 'an Injector');
    return new Home(injector);
  }
  assertInInjectionContext(whose);
  return new Home(inject(Injector));
}

/** The same, or that of the work that runs now. */
export function homeAround(whose: (...args: never[]) => unknown, name: string, options: Injected): Home {
  if (options.injector !== undefined || current === null) return homeOf(whose, name, options);
  return current;
}

/** Options, checked; apart, what is Angular's of them. */
export function injectedOptions<O extends Injected>(name: string, given: O): O {
  return ownOptions(name, given);
}

/** All that a component has injected. */
interface Family {
  isDestroyed: boolean;
  readonly residents: Set<Resident>;
}

/** Of components that are destroyed, what is still to be stopped: somebody who may be destroyed as well waits for it. */
let late: Resident[] = [];

/** Whether one waits for it who belongs to a component that lives. */
function isAwaited({ futures = [] }: Resident): boolean {
  for (const future of futures) if (future.isAwaitedBy(livesElsewhere)) return true;
  return false;
}

/** In its surroundings it is to be seen whose coroutine it is. */
function livesElsewhere(who: object): boolean {
  const { surroundings } = who as { surroundings?: Surroundings | null };
  let home: Home | null = null;
  surroundings?.(() => (home = current));
  return (home as Home | null)?.isDestroyed === false;
}

/** Stops those for whom nobody waits, until nobody is left, or only such. */
function stopAll(residents: readonly Resident[]): Resident[] {
  const left = residents.filter((resident) => {
    if (isAwaited(resident)) return true;
    resident.stop();
    return false;
  });
  return left.length === 0 || left.length === residents.length ? left : stopAll(left);
}

function stopLate(): void {
  const residents = late;
  late = [];
  for (const resident of residents) resident.stop();
}

const families = /* @__PURE__ */ new WeakMap<object, Family>();

/** Null of an injector that is destroyed. */
function familyOf(injector: Injector): Family | null {
  try {
    const host = injector.get(ElementRef, null, { optional: true })?.nativeElement as object | undefined;
    const key = host ?? injector;
    let family = families.get(key);
    if (family !== undefined && !family.isDestroyed) return family;
    family = { isDestroyed: false, residents: new Set() };
    const settled = family;
    injector.get(DestroyRef).onDestroy(() => destroy(settled));
    families.set(key, family);
    return family;
  } catch (error) {
    if (isDestroyal(error)) return null;
    throw error;
  }
}

function destroy(family: Family): void {
  family.isDestroyed = true;
  const residents = [...family.residents].reverse();
  family.residents.clear();
  untracked(() => {
    enter();
    try {
      for (const resident of residents) resident.letGo();
      const isFirst = late.length === 0;
      late = stopAll([...residents, ...late]);
      if (isFirst && late.length > 0) after(0, stopLate);
    } finally {
      exit();
    }
  });
}

/** Angular's NG0205 and NG0911: the injector, or the view, has been destroyed already. */
function isDestroyal(error: unknown): boolean {
  const code = Math.abs((error as { code?: number } | null)?.code ?? 0);
  return code === 205 || code === 911;
}
