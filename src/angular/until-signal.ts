import { ApplicationRef, effect, type EffectRef, untracked } from '@angular/core';
import { checkFunction } from '../base/checks.ts';
import { type Operation, Starting } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { type Place, serve, type Waiter } from '../core/waiter.ts';
import { type Home, homeAround, type Injected, injectedOptions, type Resident } from './home.ts';

/**
 * Waits for the first value of `read` that is truthy, as an operation: a signal as a case of select.
 *
 * ```
 * signal               0--0--7
 * untilSignal(read)    x-----(7|)
 * ```
 *
 * `read` is called at once, and again, as an effect is, after a signal that it read has changed: with the next change detection. A
 * value that was there only in between is not seen. Emits the value and completes; fails with what `read` throws. Withdrawn, it
 * leaves no effect behind. After destroy nothing comes any more.
 *
 * In the coroutine of an `injectTask`, an `injectScope` or a job of an `injectJobQueue` it needs no `injector`, nor in an injection
 * context.
 *
 * @example
 * ```ts
 * const { key } = yield* select({
 *   saved: untilSignal(() => this.isSaved()),
 *   leave: this.leaves.receive(),
 * });
 * ```
 */
export function untilSignal<T>(read: () => T | undefined | null | false, options: Injected = {}): Operation<T> {
  checkFunction('untilSignal', 'read', read);
  const home = homeAround(untilSignal, 'untilSignal', injectedOptions('untilSignal', options));
  return new UntilSignal(home, read);
}

class UntilSignal<T> extends Starting<T> {
  readonly #home: Home;
  readonly #read: () => T | undefined | null | false;

  constructor(home: Home, read: () => T | undefined | null | false) {
    super();
    this.#home = home;
    this.#read = read;
  }

  park(waiter: Waiter): void {
    new Watching(this.#home, this.#read, waiter).begin();
  }
}

/** The place of one who waits. */
class Watching implements Place, Resident {
  readonly #home: Home;
  readonly #read: () => unknown;
  readonly #waiter: Waiter;
  #effect: EffectRef | null = null;

  constructor(home: Home, read: () => unknown, waiter: Waiter) {
    this.#home = home;
    this.#read = read;
    this.#waiter = waiter;
  }

  begin(): void {
    this.#waiter.place = this;
    if (untracked(() => this.#look()) || this.#home.isDestroyed) return;
    // Of the application's, not of the component's view: that one runs only while the view is looked at.
    const application = this.#home.injector.get(ApplicationRef);
    const options = { injector: application.injector, manualCleanup: true };
    untracked(() => (this.#effect = effect(() => void this.#look(), options)));
    this.#home.settle(this);
  }

  /** Whether it is over by that. */
  #look(): boolean {
    let parcel: unknown;
    try {
      parcel = this.#read();
      if (!parcel) return false;
    } catch (error) {
      parcel = new Failure(error);
    }
    untracked(() => this.#end(parcel));
    return true;
  }

  #end(parcel: unknown): void {
    this.#unwatch();
    const waiter = this.#waiter;
    serve(waiter, parcel);
  }

  #unwatch(): void {
    this.#effect?.destroy();
    this.#effect = null;
    this.#home.forget(this);
  }

  leave(waiter: Waiter): null {
    waiter.place = null;
    this.#unwatch();
    return null;
  }

  letGo(): void {
    this.#unwatch();
  }
  stop(): void {
    // Whoever waits goes on waiting, for what does not come.
  }

  toString(): string {
    return 'a signal';
  }
}
