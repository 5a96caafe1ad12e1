import { describe, expect, it } from 'vitest';
import type { Snapshot, TaskInfo } from '../../../src/inspect/index.ts';
import { stagesOf } from '../../../examples/survey/stages.ts';
import { TotalsBuilder } from '../../../examples/survey/totals.ts';

const task = (name: string, waitingFor: string | null): TaskInfo => ({
  id: 1,
  name,
  parent: null,
  state: waitingFor === null ? 'running' : 'waiting',
  waitingFor,
  forMs: 0,
  startedAt: null,
});

function snapshotOf(buffered: number, tasks: TaskInfo[]): Snapshot {
  const text = `channel files (${buffered}/256, open)`;
  return { tasks, places: [{ kind: 'channel', name: 'files', text, waiting: [] }], cycles: [] };
}

describe('the stages of a survey', () => {
  const totals = new TotalsBuilder();
  totals.add({ kind: 'piece', bytes: 3_000_000, lines: 1, words: 1, identifiers: new Map() });
  totals.add({ kind: 'file', path: 'a', lines: 1, words: 1 });
  totals.add({ kind: 'unreadable', path: 'b', reason: 'gone' });
  const progress = { totals: totals.snapshot(), found: 8 };

  it('tell how full each is, and who waits for whom', () => {
    const tasks = [
      task('survey', 'select of done'),
      task('reader 1', 'receive on files'),
      task('reader 2', 'coroutine#3, waiting: send on writes'),
      task('reader 3', 'coroutine#4, waiting: receive on src/a.ts'),
      task('reader 4', null),
    ];
    expect(stagesOf(progress, snapshotOf(64, tasks), 2)).toEqual([
      'walk                               8 found; looks for more',
      'buffer   ██████░░░░░░░░░░░░░░░░░░  64/256 files',
      'readers  █████░░░░░░░░░░░░░░░░░░░  2 wait for the disk, 1 for the tally, 1 for a file',
      'tally    ██████░░░░░░░░░░░░░░░░░░  2/8 files, 1.5 MB/s',
    ]);
  });

  it('say that the walk waits when the buffer is full', () => {
    expect(stagesOf(progress, snapshotOf(256, []), 1)[0]).toBe(
      'walk                               8 found; waits for room in the buffer',
    );
  });

  it('are empty before anything was found', () => {
    const nothing = { totals: new TotalsBuilder().snapshot(), found: 0 };
    expect(stagesOf(nothing, { tasks: [], places: [], cycles: [] }, 0)).toEqual([
      'walk                               0 found; looks for more',
      'buffer   ░░░░░░░░░░░░░░░░░░░░░░░░  0/256 files',
      'readers  ░░░░░░░░░░░░░░░░░░░░░░░░  0 wait for the disk, 0 for the tally, 0 for a file',
      'tally    ░░░░░░░░░░░░░░░░░░░░░░░░  0/0 files, 0.0 MB/s',
    ]);
  });
});
