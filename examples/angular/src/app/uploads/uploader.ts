import { HttpClient } from '@angular/common/http';
import { computed, DOCUMENT, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { catchError, fromEvent, type Observable, of } from 'rxjs';
import { gate, type TaskContext, until } from 'rxsluice';
import { injectJobQueue, type JobRef, untilSignal } from 'rxsluice/angular';
import { Network } from '../shell/network';
import { passes } from '../shell/trouble';

/** A file, and how much of it the server has. */
export interface Upload {
  readonly file: File;
  /** What it is called there. */
  readonly name: string;
  sent: number;
}

/** An upload on its way: `value` is the part of it that has arrived, from 0 to 1. */
export type UploadRef = JobRef<Upload, number>;

export const ATTEMPTS = 4;
const PART = 64 * 1024;
const ENDED: readonly string[] = ['done', 'failed', 'cancelled'];
const urlOf = ({ name }: Upload): string => `/api/uploads/${encodeURIComponent(name)}`;

/** Files on their way to the server. It is the application's: they go on when their page is left. */
@Injectable({ providedIn: 'root' })
export class Uploader {
  readonly #http = inject(HttpClient);
  readonly #network = inject(Network);
  readonly #refs = signal<readonly UploadRef[]>([]);
  /** Set: parts may be sent. */
  readonly #going = gate({ name: 'going' });
  readonly #isPaused = signal(false);
  #count = 0;

  readonly refs = this.#refs.asReadonly();
  readonly isPaused = this.#isPaused.asReadonly();
  readonly queue = injectJobQueue((upload: Upload, context: TaskContext) => this.#send(upload, context), {
    name: 'uploads',
    concurrency: 3,
    retry: { attempts: ATTEMPTS, backoff: (attempt) => 500 * 2 ** (attempt - 1), when: passes },
  });
  readonly isBusy = computed(() => this.queue.status() === 'running');

  constructor() {
    this.#going.set();
    const window = inject(DOCUMENT).defaultView;
    if (window === null || !this.#network.isBrowser) return;
    fromEvent(window, 'beforeunload')
      .pipe(takeUntilDestroyed())
      .subscribe((event) => {
        if (this.isBusy()) event.preventDefault();
      });
  }

  /** Part by part. A further attempt goes on where the one before ended; what is cancelled is taken away again. */
  *#send(upload: Upload, { signal }: TaskContext) {
    const { file } = upload;
    try {
      do {
        yield* this.#going.wait();
        yield* untilSignal(() => this.#network.online());
        const part = file.slice(upload.sent, upload.sent + PART);
        const sent = this.#http.put<{ received: number }>(urlOf(upload), part, { params: { offset: upload.sent } });
        const { received } = yield* until(sent).withTimeout(10_000);
        upload.sent = received;
        yield received / Math.max(1, file.size);
      } while (upload.sent < file.size);
    } finally {
      // Its place is not given to another before that.
      if (signal.aborted) yield* until(this.#takeAway(upload));
    }
  }

  /** If that cannot be, nothing can be done about it. */
  #takeAway(upload: Upload): Observable<unknown> {
    return this.#http.delete(urlOf(upload)).pipe(catchError(() => of(null)));
  }

  add(files: Iterable<File>): void {
    const refs = Array.from(files, (file) => this.queue.run({ file, name: `${++this.#count} ${file.name}`, sent: 0 }));
    this.#refs.update((all) => [...all, ...refs]);
  }

  /** One that has failed, or was cancelled. */
  again(ref: UploadRef): void {
    // What the server has refused it may not have.
    if (ref.state() === 'cancelled' || !passes(ref.error())) ref.input.sent = 0;
    const next = this.queue.run(ref.input);
    this.#refs.update((all) => all.map((each) => (each === ref ? next : each)));
  }

  pause(): void {
    this.#isPaused.set(true);
    this.#going.clear();
    this.queue.jobs.pause();
  }

  resume(): void {
    this.#isPaused.set(false);
    this.#going.set();
    this.queue.jobs.resume();
  }

  cancel(ref: UploadRef): void {
    // Between two attempts nothing runs that could clean up.
    const isResting = ref.state() === 'retrying';
    ref.cancel();
    if (isResting) this.#takeAway(ref.input).subscribe();
  }

  cancelAll(): void {
    for (const ref of this.#refs()) this.cancel(ref);
  }

  /** Those that have ended are not shown any more. */
  tidy(): void {
    for (const ref of this.#refs()) if (ref.state() === 'failed') this.#takeAway(ref.input).subscribe();
    this.#refs.update((all) => all.filter((ref) => !ENDED.includes(ref.state())));
  }
}
