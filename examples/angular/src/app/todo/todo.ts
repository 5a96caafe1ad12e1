import { Component, computed, inject, Injector, linkedSignal, signal } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import type { Observable } from 'rxjs';
import { type Coroutine, coroutine, type Operation, select, sleep, until } from 'rxsluice';
import { type JobRef, optimisticState, untilSignal } from 'rxsluice/angular';
import { Network } from '../shell/network';
import { passes, reasonOf } from '../shell/trouble';
import { type Todo, TodosApi } from './todos-api';

/** As it is shown: it may be a guess. */
interface Item extends Todo {
  readonly isUnsaved?: boolean;
}
type Items = readonly Item[];

/** Things to do: a change shows at once, and is taken back, and said so, if the server refuses it. */
@Component({
  selector: 'app-todo',
  templateUrl: './todo.html',
  host: { '(window:beforeunload)': 'holdPage($event)' },
})
export class TodoList {
  readonly #api = inject(TodosApi);
  readonly #injector = inject(Injector);
  protected readonly network = inject(Network);
  protected readonly todos = optimisticState<Items>([]);
  protected readonly open = computed(() => this.todos.value().filter(({ done }) => !done).length);

  /** A step of the owner's: what is saved meanwhile is committed on top of it. */
  protected readonly loading = rxResource({
    params: () => (this.network.isBrowser ? 'all' : undefined),
    stream: () => this.todos.owner.update(() => this.#api.all()),
  });
  protected readonly loadingFailed = computed(() => this.loading.error() && reasonOf(this.loading.error()));

  // ── changes

  #guesses = 0;

  protected add(title: string): void {
    // Below zero: the server's are above.
    const id = --this.#guesses;
    const key = crypto.randomUUID();
    const ref = this.todos.update(
      (all) => [...all, { id, title, done: false, isUnsaved: true }],
      () => this.#save(this.#api.add(title, key)),
      { commit: (all, saved) => [...all.filter((each) => each.id !== saved.id), saved], key: 'add' },
    );
    this.#watch(ref, `“${title}” was not added`);
  }

  protected mark({ id, title }: Item, done: boolean): void {
    const ref = this.todos.update(
      (all) => all.map((each) => (each.id === id ? { ...each, done, isUnsaved: true } : each)),
      () => this.#save(this.#api.mark(id, done)),
      { commit: (all, saved) => all.map((each) => (each.id === id ? saved : each)), key: id },
    );
    this.#watch(ref, `“${title}” is as it was`);
  }

  protected remove({ id, title }: Item): void {
    const ref = this.todos.update(
      (all) => all.filter((each) => each.id !== id),
      () => this.#save(this.#api.remove(id)),
      { key: id },
    );
    this.#watch(ref, `“${title}” was not removed`);
  }

  /** When there is a network; what passes is tried again. */
  *#save<A>(call: Observable<A>): Coroutine<A> {
    const attempt = coroutine(() => this.#attempt(call));
    return yield* attempt.withRetry({ attempts: 4, backoff: (n) => 300 * 2 ** (n - 1), when: passes });
  }

  *#attempt<A>(call: Observable<A>): Coroutine<A> {
    yield* untilSignal(() => this.network.online());
    return yield* until(call).withTimeout(8000);
  }

  // ── refusals

  protected readonly refusals = signal<readonly string[]>([]);

  #watch(ref: JobRef<void, unknown>, what: string): void {
    void ref.outcome().then((outcome) => {
      if (outcome.status === 'failed') this.#tell(`${what}. ${reasonOf(outcome.error)}.`);
    });
  }

  #tell(refusal: string): void {
    this.refusals.update((all) => [...all.slice(-2), refusal]);
  }

  protected dismiss(refusal: string): void {
    this.refusals.update((all) => all.filter((each) => each !== refusal));
  }

  // ── leaving

  /** Whether one has been told of all that is unsaved now. */
  readonly #isWarned = linkedSignal({ source: this.todos.unsaved, computation: () => false });

  /** For the router: waits a while for what is being saved; who then still wants to leave has to say it twice. */
  mayLeave(): Operation<boolean> {
    return coroutine(() => this.#leave());
  }

  *#leave(): Coroutine<boolean> {
    const saved = untilSignal(() => this.todos.unsaved() === 0, { injector: this.#injector });
    const { key } = yield* select({ saved, late: sleep(2000) });
    if (key === 'saved' || this.#isWarned()) return true;
    this.#isWarned.set(true);
    this.#tell('Some changes are not saved yet. Leave again, and they are given up.');
    return false;
  }

  protected holdPage(event: Event): void {
    if (this.todos.unsaved() > 0) event.preventDefault();
  }
}
