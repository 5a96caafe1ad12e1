// What happens at this moment, stage by stage: how full each is, and who waits for whom. It is read off the running program by
// `rxsluice/inspect`; nothing of the survey knows that it is watched.

import { MultiBar } from 'cli-progress';
import { inspect, type Snapshot } from 'rxsluice/inspect';
import { BUFFER, type Progress, READERS } from './survey.ts';

const WIDTH = 24;

/** Stages as lines. `seconds` have passed since the survey began. */
export function stagesOf(progress: Progress, snapshot: Snapshot, seconds: number): string[] {
  const { totals, found } = progress;
  const done = totals.files + totals.unreadable.count;
  // `channel files (7/256, open)`
  const files = snapshot.places.find(({ name }) => name === 'files')?.text ?? '';
  const buffered = Number(/\((\d+)/.exec(files)?.[1] ?? 0);
  const waits = snapshot.tasks
    .filter(({ name }) => name.startsWith('reader '))
    .map(({ waitingFor }) => waitingFor ?? '');
  const idle = waits.filter((what) => what.endsWith(' on files')).length;
  const held = waits.filter((what) => what.endsWith(' on writes')).length;
  const walk = buffered === BUFFER ? 'waits for room in the buffer' : 'looks for more';
  const readers = `${waits.length - idle - held} wait for the disk, ${held} for the tally, ${idle} for a file`;
  const speed = (totals.bytes / 1e6 / Math.max(seconds, 0.001)).toFixed(1);
  return [
    `walk     ${' '.repeat(WIDTH)}  ${found} found; ${walk}`,
    `buffer   ${filled(buffered, BUFFER)}  ${buffered}/${BUFFER} files`,
    `readers  ${filled(waits.length - idle, READERS)}  ${readers}`,
    `tally    ${filled(done, found)}  ${done}/${found} files, ${speed} MB/s`,
  ];
}

function filled(some: number, all: number): string {
  const cells = all === 0 ? 0 : Math.round((WIDTH * Math.min(some, all)) / all);
  return '█'.repeat(cells) + '░'.repeat(WIDTH - cells);
}

export interface Stages {
  readonly show: (progress: Progress) => void;
  readonly stop: () => void;
}

/** On the error output. In a terminal they are drawn in one place; `'lines'` writes them again and again, for a log. */
export function showStages(how: 'terminal' | 'lines'): Stages {
  const screen = new MultiBar({
    format: '{line}',
    hideCursor: true,
    clearOnComplete: true,
    emptyOnZero: true,
    gracefulExit: false,
    noTTYOutput: how === 'lines',
    notTTYSchedule: 250,
    stream: process.stderr,
  });
  const inspector = inspect();
  const started = performance.now();
  const lines = ['walk', 'buffer', 'readers', 'tally'].map((line) => screen.create(1, 0, { line }));
  return {
    show: (progress) => {
      const stages = stagesOf(progress, inspector.snapshot(), (performance.now() - started) / 1000);
      for (const [i, line] of lines.entries()) line.update(0, { line: stages[i] });
    },
    stop: () => {
      screen.stop();
      inspector.stop();
    },
  };
}
