import { Component, inject, signal } from '@angular/core';
import { ignoreElements, merge, tap, timer } from 'rxjs';
import { channel, type Coroutine, coroutine, select, sleep, until } from 'rxsluice';
import { injectTask, untilSignal } from 'rxsluice/angular';
import { passes, reasonOf } from '../shell/trouble';
import { Atlas } from './atlas';

type Phase = 'idle' | 'typing' | 'asking' | 'slow' | 'found' | 'failed';

/** Milliseconds without a key before the server is asked, and until it is called slow. */
const [QUIET, SLOW] = [150, 1000];

/** Answers while one types: never an old one, and the last that there was stays until there is another. */
@Component({ selector: 'app-search', templateUrl: './search.html' })
export class Search {
  readonly #atlas = inject(Atlas);
  protected readonly question = signal('');
  protected readonly phase = signal<Phase>('idle');
  protected readonly why = signal('');
  /** The last answer, and what to. */
  protected readonly answer = signal<{ readonly to: string; readonly rivers: readonly string[] }>({
    to: '',
    rivers: [],
  });
  protected readonly again = channel<void>();

  constructor() {
    injectTask(() => this.#converse(), { name: 'search' });
  }

  *#converse(): Coroutine<never> {
    for (;;) {
      const question = this.#asked();
      const changed = untilSignal(() => this.#asked() !== question);
      // Whatever it does, a changed question cuts it off, the request included.
      const { key } = yield* select({ changed, over: coroutine(() => this.#answer(question)) });
      if (key === 'over') yield* select({ changed, again: this.phase() === 'failed' && this.again });
    }
  }

  *#answer(question: string): Coroutine<void> {
    if (question === '') return this.#show('idle', question, []);
    this.phase.set('typing');
    yield* sleep(QUIET);
    this.phase.set('asking');
    const notice = timer(SLOW).pipe(
      tap(() => this.phase.set('slow')),
      ignoreElements(),
    );
    const asked = until(merge(this.#atlas.rivers(question), notice)).withTimeout(8000);
    try {
      const rivers = yield* asked.withRetry({ attempts: 3, backoff: (n) => 200 * 2 ** n, when: passes });
      this.#show('found', question, rivers);
    } catch (error) {
      this.why.set(reasonOf(error));
      this.phase.set('failed');
    }
  }

  #show(phase: Phase, to: string, rivers: readonly string[]): void {
    this.answer.set({ to, rivers });
    this.phase.set(phase);
  }

  #asked(): string {
    return this.question().trim();
  }
}
