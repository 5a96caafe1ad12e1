import { Component, computed, effect, type ElementRef, inject, linkedSignal, signal, viewChild } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import { channel, type Coroutine, coroutine, type Operation, select, sleep, until } from 'rxsluice';
import { injectJobQueue, type JobRef, untilSignal } from 'rxsluice/angular';
import { Network } from '../shell/network';
import { passes, reasonOf } from '../shell/trouble';
import { type Doc, Documents } from './documents';

type Status = 'saved' | 'edited' | 'saving' | 'offline' | 'retrying' | 'failed';

/** A document as the page shows it. */
interface Row {
  readonly doc: Doc;
  readonly text: string;
  readonly status: Status;
  readonly says: string;
}

const ATTEMPTS = 4;
const TONES: Readonly<Record<Status, string>> = {
  saved: 'good',
  edited: 'soft',
  saving: 'soft',
  offline: 'warn',
  retrying: 'warn',
  failed: 'bad',
};

/** Documents that save themselves. What is written is in `drafts` until the server has it. */
@Component({
  selector: 'app-editor',
  templateUrl: './editor.html',
  host: {
    '(window:beforeunload)': 'holdPage($event)',
    '(window:pagehide)': 'saveLast()',
    '(document:visibilitychange)': 'saves.jobs.flush()',
    '(document:keydown.control.s)': 'saveNow($event)',
    '(document:keydown.meta.s)': 'saveNow($event)',
  },
})
export class Editor {
  readonly #documents = inject(Documents);
  readonly #network = inject(Network);
  protected readonly tones = TONES;

  // ── what there is

  protected readonly loading = rxResource({
    params: () => (this.#network.isBrowser ? 'all' : undefined),
    stream: () => this.#documents.all(),
  });
  protected readonly loadingFailed = computed(() => this.loading.error() && reasonOf(this.loading.error()));
  readonly #saved = linkedSignal(() => (this.loading.hasValue() ? this.loading.value() : []));
  readonly #drafts = signal<ReadonlyMap<string, string>>(new Map());
  readonly #chosen = signal('');
  /** The latest save of each document. */
  readonly #latest = signal<ReadonlyMap<string, JobRef<string, Doc>>>(new Map());

  protected readonly rows = computed(() => this.#saved().map((doc) => this.#rowOf(doc)));
  protected readonly open = computed(() => this.rows().find(({ doc }) => doc.id === this.#chosen()) ?? this.rows()[0]);
  protected readonly unsaved = computed(() => this.rows().filter(({ status }) => status !== 'saved'));

  // ── saving

  /** Of each document one save at a time, and then the latest; of different ones, three at a time. */
  protected readonly saves = injectJobQueue((id: string) => this.#save(id), {
    name: 'saves',
    concurrency: 3,
    key: (id) => id,
    capacityPerKey: 1,
    overflow: 'dropOldest',
    debounce: 600,
    retry: { attempts: ATTEMPTS, backoff: (attempt) => 500 * 2 ** (attempt - 1), when: passes },
  });

  *#save(id: string): Coroutine<Doc> {
    yield* untilSignal(() => this.#network.online());
    // What is written by now: a second attempt does not bring back what has been changed meanwhile.
    const text = this.#textOf(id);
    const doc = yield* until(this.#documents.save(id, text)).withTimeout(10_000);
    this.#saved.update((docs) => docs.map((each) => (each.id === id ? doc : each)));
    return doc;
  }

  protected write(id: string, text: string): void {
    this.#drafts.update((drafts) => new Map(drafts).set(id, text));
    this.save(id);
  }

  protected save(id: string): void {
    const ref = this.saves.run(id);
    this.#latest.update((latest) => new Map(latest).set(id, ref));
  }

  protected choose(id: string): void {
    this.#chosen.set(id);
  }

  protected saveNow(event: Event): void {
    event.preventDefault();
    this.saves.jobs.flush();
  }

  // ── leaving

  protected readonly isLeaving = signal(false);
  protected readonly wishes = channel<'stay' | 'discard' | 'again'>();

  /** For the router: true when all is saved, or is to be discarded. If the navigation is given up, so is this. */
  mayLeave(): Operation<boolean> {
    return coroutine(() => this.#leave());
  }

  *#leave(): Coroutine<boolean> {
    this.saves.jobs.flush();
    // Most often it takes but a moment.
    yield* select({ idle: this.saves.whenIdle(), late: sleep(300) });
    try {
      while (this.unsaved().length > 0) {
        this.isLeaving.set(true);
        const isBusy = this.saves.status() === 'running';
        const { key, value } = yield* select({ idle: isBusy && this.saves.whenIdle(), wish: this.wishes });
        if (key !== 'wish') continue;
        if (value === 'stay') return false;
        if (value === 'discard') this.#discard();
        else for (const { doc } of this.unsaved()) this.save(doc.id);
        this.saves.jobs.flush();
      }
      return true;
    } finally {
      this.isLeaving.set(false);
    }
  }

  #discard(): void {
    for (const ref of this.#latest().values()) ref.cancel();
    this.#drafts.set(new Map());
  }

  /** The tab is closed, or goes elsewhere: the browser asks. */
  protected holdPage(event: Event): void {
    if (this.unsaved().length > 0) event.preventDefault();
  }

  /** What is under way ends with the page. Nobody is there to hear of an answer. */
  protected saveLast(): void {
    for (const { doc, text } of this.unsaved())
      this.#documents.saveLast(doc.id, text).subscribe({ error: () => undefined });
  }

  // ── what is shown

  protected readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  constructor() {
    effect(() => {
      const { nativeElement } = this.dialog();
      if (this.isLeaving()) nativeElement.showModal();
      else if (nativeElement.open) nativeElement.close();
    });
  }

  #textOf(id: string): string {
    return this.#drafts().get(id) ?? this.#saved().find((doc) => doc.id === id)?.text ?? '';
  }

  #rowOf(doc: Doc): Row {
    const text = this.#textOf(doc.id);
    const ref = this.#latest().get(doc.id);
    const error = ref?.error();
    const status = text === doc.text && !isUnderWay(ref) ? 'saved' : this.#statusOf(ref);
    return { doc, text, status, says: says(status, doc, ref, error) };
  }

  #statusOf(ref: JobRef<string, Doc> | undefined): Status {
    const state = ref?.state();
    if (state === 'failed') return 'failed';
    if (!this.#network.online()) return 'offline';
    if (state === 'running') return 'saving';
    return state === 'retrying' ? 'retrying' : 'edited';
  }
}

/** What is written may be what was saved last, while something else is on its way to the server. */
function isUnderWay(ref: JobRef<string, Doc> | undefined): boolean {
  const state = ref?.state();
  return state === 'waiting' || state === 'running' || state === 'retrying';
}

function says(status: Status, doc: Doc, ref: JobRef<string, Doc> | undefined, error: unknown): string {
  switch (status) {
    case 'saved':
      return `Saved, version ${doc.version}`;
    case 'edited':
      return 'Not saved yet';
    case 'saving':
      return 'Saving…';
    case 'offline':
      return 'No network: it is kept here, and saved when there is one';
    case 'retrying':
      return `The server did not take it: attempt ${(ref?.attempt() ?? 0) + 1} of ${ATTEMPTS} comes soon`;
    case 'failed':
      return `Not saved. ${reasonOf(error)}`;
  }
}
