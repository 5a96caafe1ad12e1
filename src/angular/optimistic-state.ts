// A state with guesses on top: what is shown is the committed state with all guesses that are under way applied, in the order in
// which they were made.
//
// Invariants:
//   1. a guess is applied  <=>  its save waits or runs, and its answer has not been committed
//   2. a commit and the end of its guess are one change of `#shown`: nobody sees the guess twice, or not at all

import { computed, makeStateKey, type Signal, signal, TransferState, untracked } from '@angular/core';
import type { ObservableInput, Subscription } from 'rxjs';
import { checkFunction, checkText, ownOptions } from '../base/checks.ts';
import type { TaskContext } from '../core/context.ts';
import type { Coroutine } from '../core/operation.ts';
import { StateOwner } from '../state/state-owner.ts';
import { bodyOfInput } from '../task/work.ts';
import { type Home, homeOf, type Injected, injectedOptions, type Resident } from './home.ts';
import { HomeQueueRef } from './inject-job-queue.ts';
import type { JobRef } from './job-ref.ts';

export interface OptimisticState<S> {
  /** What is shown: the committed state with all guesses that are under way applied. */
  readonly value: Signal<S>;
  /** How many guesses are under way. */
  readonly unsaved: Signal<number>;
  /** The owner of the committed state. */
  readonly owner: StateOwner<S>;
  /**
   * Shows `guess(state)` at once, saves, commits.
   *
   * `commit`, or `guess`, is applied to the then committed state with the answer, the last value of `save`; then the job is done. A
   * failed or cancelled save takes back its own guess and no other. Saves run one at a time, in order, unless `key` tells them
   * apart. A guess is pure: it is applied again whenever what is below it changes, and one that throws then is passed over. What it
   * throws at this call is thrown here, and nothing is saved.
   */
  update<A>(
    guess: (state: S) => S,
    save: (context: TaskContext) => ObservableInput<A> | Coroutine<A>,
    options?: { commit?: (state: S, answer: A) => S; key?: unknown },
  ): JobRef<void, A>;
}

interface Guess<S> {
  readonly guess: (state: S) => S;
  readonly save: (context: TaskContext) => unknown;
  readonly commit: (state: S, answer: unknown) => S;
  readonly key: unknown;
}

/**
 * A state whose changes are shown before they are saved, and taken back if they are refused.
 *
 * ```
 * update(+b)       x------
 * save             --#
 * value            B-a---      a, b; then a
 * ```
 *
 * On destroy saves are cancelled, and `value` is what was committed. `transferKey`: starts from what the server rendered, and, on
 * the server, hands the committed state over, as JSON, by Angular's `TransferState`.
 *
 * @example
 * ```ts
 * class Todos {
 *   readonly todos = optimisticState<readonly Todo[]>([], { transferKey: 'todos' });
 *   add(todo: Todo): void {
 *     const ref = this.todos.update(
 *       (all) => [...all, todo],
 *       () => this.http.post<Todo>('/todos', todo),
 *       { commit: (all, saved) => [...all, saved] },
 *     );
 *     void ref.outcome().then(({ status }) => status === 'failed' && this.toast('refused'));
 *   }
 * }
 * ```
 */
export function optimisticState<S>(initial: S, options: Injected & { transferKey?: string } = {}): OptimisticState<S> {
  const { transferKey, ...injected } = injectedOptions('optimisticState', options);
  if (transferKey !== undefined) checkText('optimisticState', 'transferKey', transferKey);
  const home = homeOf(optimisticState, 'optimisticState', injected);
  const transfer = transferKey === undefined || home.isDestroyed ? null : new Transfer<S>(home, transferKey);
  return new HomeState(home, transfer === null ? initial : transfer.take(initial), transfer);
}

class HomeState<S> implements OptimisticState<S>, Resident {
  readonly value: Signal<S>;
  readonly unsaved: Signal<number>;
  readonly owner: StateOwner<S>;
  readonly #home: Home;
  readonly #shown;
  readonly #saves: HomeQueueRef<Guess<S>, unknown>;
  readonly #committed: Subscription;
  /** The one whose answer is being committed. */
  #committing: Guess<S> | null = null;

  constructor(home: Home, initial: S, transfer: Transfer<S> | null) {
    this.#home = home;
    this.owner = home.run(() => new StateOwner(initial));
    const shown = (this.#shown = signal<{ state: S; guesses: readonly Guess<S>[] }>({ state: initial, guesses: [] }));
    this.value = computed(() => {
      const { state, guesses } = shown();
      return untracked(() => guesses.reduce(applied, state));
    });
    this.unsaved = computed(() => shown().guesses.length);
    this.#saves = new HomeQueueRef<Guess<S>, unknown>(
      home,
      (guess, context) => this.#save(guess, context),
      { name: 'optimisticState', concurrency: Infinity, key: ({ key }) => key },
      'cancel',
      ({ input }) => this.#takeBack(input),
    );
    this.#committed = home.run(() =>
      this.owner.subscribe((state) => {
        this.#commit(state);
        transfer?.give(state);
      }),
    );
    home.settle(this);
  }

  update<A>(
    guess: (state: S) => S,
    save: (context: TaskContext) => ObservableInput<A> | Coroutine<A>,
    options: { commit?: (state: S, answer: A) => S; key?: unknown } = {},
  ): JobRef<void, A> {
    checkFunction('update', 'guess', guess);
    checkFunction('update', 'save', save);
    const { commit = guess, key } = ownOptions('update', options);
    checkFunction('update', 'commit', commit);
    const made: Guess<S> = { guess, save, commit: commit as Guess<S>['commit'], key };
    // A guess may destroy what it is about.
    if (!this.#home.isDestroyed) this.#home.run(() => guess(this.value()));
    if (!this.#home.isDestroyed) {
      untracked(() => this.#shown.update(({ state, guesses }) => ({ state, guesses: [...guesses, made] })));
    }
    // To whoever holds the ref, there is no input.
    return this.#saves.runAs(made, undefined as never) as JobRef<unknown, unknown> as JobRef<void, A>;
  }

  *#save(made: Guess<S>, context: TaskContext): Coroutine<unknown> {
    const answer = yield* bodyOfInput(made.save(context), context.name);
    yield* this.owner.update((state) => {
      const next = made.commit(state, answer);
      this.#committing = made;
      return next;
    });
    // Equal to what it was: nobody was told. Destroyed in the middle of it: nobody either.
    this.#takeBack(made);
    if (this.#home.isDestroyed) this.letGo();
    return answer;
  }

  #commit(state: S): void {
    const made = this.#committing;
    this.#committing = null;
    untracked(() =>
      this.#shown.update(({ guesses }) => ({ state, guesses: guesses.filter((guess) => guess !== made) })),
    );
  }

  #takeBack(made: Guess<S>): void {
    if (this.#committing === made) this.#committing = null;
    untracked(() => {
      if (!this.#shown().guesses.includes(made)) return;
      this.#shown.update(({ state, guesses }) => ({ state, guesses: guesses.filter((guess) => guess !== made) }));
    });
  }

  letGo(): void {
    this.#committed.unsubscribe();
    this.#shown.set({ state: this.owner.value, guesses: [] });
  }
  stop(): void {
    // Its saves are stopped by their own queue.
  }
}

function applied<S>(state: S, { guess }: Guess<S>): S {
  try {
    return guess(state);
  } catch {
    // What it was about is gone: its save will tell.
    return state;
  }
}

/** The state as it travels from the server to the page. */
class Transfer<S> {
  readonly #transfer: TransferState;
  readonly #key;
  readonly #isServer: boolean;

  constructor(home: Home, key: string) {
    this.#transfer = home.injector.get(TransferState);
    this.#key = makeStateKey<S>(key);
    this.#isServer = home.isServer;
  }

  /** Once: a component that is made later in the page's life starts anew. */
  take(initial: S): S {
    if (this.#isServer || !this.#transfer.hasKey(this.#key)) return initial;
    const state = this.#transfer.get(this.#key, initial);
    this.#transfer.remove(this.#key);
    return state;
  }

  give(state: S): void {
    if (this.#isServer) this.#transfer.set(this.#key, state);
  }
}
