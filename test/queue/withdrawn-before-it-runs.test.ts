// 1.14: a submission that is given up before its handler was called has nothing to clean up, so nobody waits for that.

import { describe, expect, it } from 'vitest';
import {
  gather,
  go,
  type JobQueue,
  jobQueue,
  type JobQueueOptions,
  type Operation,
  select,
  sleep,
  taskGroup,
  taskScope,
  until,
} from '../../src/index.ts';
import { show } from '../record.ts';
import { at, frame, reportsOf } from '../virtual.ts';

type Numbers = JobQueue<number, number>;

/** In which state the submission of 1 is in frame 5. */
const STATES: readonly [string, JobQueueOptions<number>, (queue: Numbers) => void][] = [
  ['waits for a place', {}, (queue) => void queue.start(0)],
  ['waits for its key', { concurrency: 2, key: () => 'key' }, (queue) => void queue.start(0)],
  ['waits for the next attempt', { retry: { attempts: 2, backoff: () => 50 } }, () => undefined],
  ['waits for its debounce', { debounce: 50 }, () => undefined],
  ['waits in a paused queue', {}, (queue) => queue.pause()],
];

/** How a coroutine that waits for it leaves it in that frame, and what it hears. */
const ENDINGS: readonly [string, string, (operation: Operation<unknown>, queue: Numbers) => Operation<unknown>][] = [
  ['a deadline', 'TimeoutError', (operation) => operation.withTimeout(5)],
  ['a signal', 'stop', (operation) => operation.withSignal(aborting())],
  ['another case', 'late=undefined', (operation) => select({ operation, late: sleep(5) })],
  ['the failure of a group', 'TaskGroupError', (operation) => failing(operation)],
  ['the failure of a gather', 'TimeoutError', (operation) => gather([operation, sleep(9).withTimeout(5)])],
  ['clear()', 'CancelledError(dropped)', (operation, queue) => acting(operation, () => queue.clear())],
  ['cancel()', 'CancelledError(all)', (operation, queue) => acting(operation, () => queue.cancel('all'))],
];

function aborting(): AbortSignal {
  const controller = new AbortController();
  at(5, () => controller.abort(new Error('stop')));
  return controller.signal;
}
function failing(operation: Operation<unknown>): Operation<unknown> {
  return taskGroup(function* (group) {
    group.go(operation);
    yield* sleep(5);
    throw new Error('no');
  });
}
function acting(operation: Operation<unknown>, act: () => void): Operation<unknown> {
  at(5, act);
  return operation;
}

describe.each(STATES)('a submission that %s', (_, options, prepare) => {
  const queueOf = (): Numbers => {
    const queue = jobQueue(function* (input: number) {
      if (options.retry !== undefined) throw new Error('no');
      yield* sleep(30);
      return input;
    }, options);
    prepare(queue);
    return queue;
  };

  it.each(ENDINGS)('and that a coroutine leaves by %s, keeps it no longer', (_ending, heard, end) => {
    const lines: string[] = [];
    const reported = reportsOf(() => {
      const queue = queueOf();
      go(function* () {
        try {
          lines.push(show(yield* end(until(queue.submit(1)), queue)));
        } catch (error) {
          lines.push(show(error));
        }
        lines.push(String(frame()));
      });
    });
    expect(lines).toEqual([heard, '5']);
    expect(reported).toEqual([]);
  });

  it('is left at once by a task and a scope that are cancelled', () => {
    const lines: string[] = [];
    const reported = reportsOf(() => {
      const queue = queueOf();
      const task = go(until(queue.submit(1)));
      const scope = taskScope();
      scope.go(until(queue.submit(2)));
      at(5, () => {
        task.cancel().subscribe(() => lines.push(`task in ${frame()}`));
        scope.cancel();
        scope.close().subscribe({ error: () => lines.push(`scope in ${frame()}`) });
      });
    });
    expect(lines).toEqual(['task in 5', 'scope in 5']);
    expect(reported).toEqual([]);
  });
});
