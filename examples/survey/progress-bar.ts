import { SingleBar } from 'cli-progress';
import { BUFFER, type Progress } from './survey.ts';

export interface ProgressBar {
  readonly show: (progress: Progress) => void;
  readonly stop: () => void;
}

/** A bar on the error output; `'lines'` writes a line now and then instead of drawing over the last one, for a log. */
export function progressBar(how: 'terminal' | 'lines'): ProgressBar {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} files | {speed} MB/s | buffer {waiting}/{capacity}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    emptyOnZero: true,
    noTTYOutput: how === 'lines',
    notTTYSchedule: 250,
    stream: process.stderr,
  });
  const started = performance.now();
  const payload = (bytes: number, waiting: number): object => ({
    speed: (bytes / 1000 / Math.max(1, performance.now() - started)).toFixed(1),
    waiting,
    capacity: BUFFER,
  });
  bar.start(0, 0, payload(0, 0));
  return {
    show: ({ totals, found, waiting }) => {
      bar.setTotal(found);
      bar.update(totals.files + totals.unreadable.count, payload(totals.bytes, waiting));
    },
    stop: () => bar.stop(),
  };
}
