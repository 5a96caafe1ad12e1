import { HttpClient } from '@angular/common/http';
import { computed, DOCUMENT, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { catchError, fromEvent, of } from 'rxjs';
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
    const { file, name } = upload;
    const url = `/api/uploads/${encodeURIComponent(name)}`;
    try {
      while (upload.sent < file.size) {
        yield* this.#going.wait();
        yield* untilSignal(() => this.#network.online());
        const part = file.slice(upload.sent, upload.sent + PART);
        const sent = this.#http.put<{ received: number }>(url, part, { params: { offset: upload.sent } });
        const { received } = yield* until(sent).withTimeout(10_000);
        upload.sent = received;
        yield received / file.size;
      }
    } finally {
      // Its place is not given to another before that.
      if (signal.aborted) yield* until(this.#http.delete(url).pipe(catchError(() => of(null))));
    }
  }

  add(files: Iterable<File>): void {
    const refs = Array.from(files, (file) => this.queue.run({ file, name: `${++this.#count} ${file.name}`, sent: 0 }));
    this.#refs.update((all) => [...all, ...refs]);
  }

  /** One that has failed, or was cancelled. */
  again(ref: UploadRef): void {
    if (ref.state() === 'cancelled') ref.input.sent = 0;
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

  cancelAll(): void {
    for (const ref of this.#refs()) ref.cancel();
  }

  /** Those that have ended are not shown any more. */
  tidy(): void {
    this.#refs.update((all) => all.filter((ref) => !ENDED.includes(ref.state())));
  }
}
