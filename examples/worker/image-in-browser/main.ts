// A page that blurs a picture in a pool of threads, band by band, with progress and a button that cancels. Bands are moved to the
// threads and back, not copied; a cancel stops the threads, and the picture stays as far as it has come.

import { fromEvent } from 'rxjs';
import { channel, type Coroutine, go, select, taskGroup } from 'rxsluice';
import { threadPool } from 'rxsluice/worker';
import type { Band, handlers } from './thread.ts';

const find = (id: string): HTMLElement | null => document.getElementById(id);
const canvas = find('picture') as HTMLCanvasElement;
const [start, stop] = [find('start') as HTMLButtonElement, find('stop') as HTMLButtonElement];
const [progress, state] = [find('progress') as HTMLProgressElement, find('state') as HTMLElement];
const picture = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;

const BANDS = 16;
const pool = threadPool<typeof handlers>(
  () => new Worker(new URL('./thread.js', import.meta.url), { type: 'module' }),
  { size: 2 },
);

function paint(): void {
  for (let i = 0; i < 400; i++) {
    picture.fillStyle = `hsl(${i * 37} 80% 55%)`;
    picture.fillRect((i * 97) % canvas.width, (i * 61) % canvas.height, 24, 24);
  }
}

function bands(): Band[] {
  const height = canvas.height / BANDS;
  return Array.from({ length: BANDS }, (_, i) => {
    const { data } = picture.getImageData(0, i * height, canvas.width, height);
    return { top: i * height, width: canvas.width, pixels: data };
  });
}

function* blurAll(radius: number): Coroutine<void> {
  progress.value = 0;
  yield* taskGroup(function* (group) {
    for (const band of bands()) {
      group.go(function* () {
        const call = pool.call('blur', [band, radius], { transfer: [band.pixels.buffer] });
        const { pixels, width, top } = yield* call;
        picture.putImageData(new ImageData(pixels, width), 0, top);
        progress.value += 1 / BANDS;
      });
    }
  });
}

const [starts, stops] = [channel<Event>({ capacity: 1, overflow: 'dropNewest' }), channel<Event>()];
fromEvent(start, 'click').subscribe((event) => starts.trySend(event));
fromEvent(stop, 'click').subscribe((event) => stops.trySend(event));

paint();
state.textContent = 'ready';
go(function* () {
  for (;;) {
    yield* starts.receive();
    state.textContent = 'at work';
    const work = go(() => blurAll(Number(start.value)));
    const ended = yield* select({ work, stopped: stops });
    if (ended.key === 'work') {
      state.textContent = 'done';
      continue;
    }
    // Completes when the threads have stopped.
    yield* work.cancel();
    state.textContent = `cancelled; ${pool.active} threads are at work`;
  }
});
