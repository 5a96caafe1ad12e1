import { Component, computed, inject, signal } from '@angular/core';
import type { JobState } from 'rxsluice';
import { Network } from '../shell/network';
import { reasonOf } from '../shell/trouble';
import { samples } from './samples';
import { ATTEMPTS, Uploader, type UploadRef } from './uploader';

const TONES: Readonly<Record<JobState, string>> = {
  waiting: 'soft',
  running: 'soft',
  retrying: 'warn',
  done: 'good',
  failed: 'bad',
  dropped: 'soft',
  cancelled: 'soft',
};

/** Files, three at a time: what each of them does, and what can be done with it. */
@Component({
  selector: 'app-uploads',
  templateUrl: './uploads.html',
})
export class Uploads {
  protected readonly uploader = inject(Uploader);
  readonly #network = inject(Network);
  /** Something is held above the list. */
  protected readonly isHeld = signal(false);

  protected readonly rows = computed(() =>
    this.uploader.refs().map((ref) => ({
      ref,
      name: ref.input.file.name,
      size: sizeOf(ref.input.file.size),
      state: ref.state(),
      part: ref.value() ?? ref.input.sent / Math.max(1, ref.input.file.size),
      tone: TONES[ref.state()],
      says: this.#says(ref),
    })),
  );
  protected readonly done = computed(() => this.rows().filter(({ state }) => state === 'done').length);
  protected readonly ended = computed(() => this.rows().filter(({ state }) => isOver(state)).length);
  protected readonly summary = computed(() => {
    const { active, pending } = this.uploader.queue;
    if (this.rows().length === 0) return 'Nothing to upload';
    const counts = `${this.done()} of ${this.rows().length} done`;
    if (this.uploader.isPaused()) return `${counts}, paused`;
    return this.uploader.isBusy() ? `${counts}, ${active()} on their way, ${pending()} waiting` : counts;
  });

  protected readonly isOver = isOver;

  protected add(files: FileList | null | undefined): void {
    if (files) this.uploader.add(files);
  }

  protected drop(event: DragEvent): void {
    event.preventDefault();
    this.isHeld.set(false);
    this.add(event.dataTransfer?.files);
  }

  protected hold(event: Event, isHeld: boolean): void {
    event.preventDefault();
    this.isHeld.set(isHeld);
  }

  protected addSamples(): void {
    this.uploader.add(samples());
  }

  #says(ref: UploadRef): string {
    const [state, error] = [ref.state(), ref.error()];
    switch (state) {
      case 'waiting':
        return 'waiting';
      case 'running':
        if (this.uploader.isPaused()) return 'paused';
        return this.#network.online() ? 'on its way' : 'waiting for the network';
      case 'retrying':
        return `interrupted: attempt ${ref.attempt() + 1} of ${ATTEMPTS} comes soon`;
      case 'failed':
        return `given up: ${reasonOf(error)}`;
      default:
        return state;
    }
  }
}

function isOver(state: JobState): boolean {
  return state !== 'waiting' && state !== 'running' && state !== 'retrying';
}

function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
