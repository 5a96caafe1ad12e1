// The queue in memory, and a slow one of somebody else's, keep the contract of work queues; and one that is broken does not.

import { describe, expect, it, vi } from 'vitest';
import { type Operation, queue, until, type WorkQueue } from '../../src/index.ts';
import { type Fault, SlowQueue } from './slow-queue.ts';
import { type ContractTest, workQueueContract, workQueueTests, type WorkQueueHarness } from './work-queue.ts';

/** Time is made up, and passes when it is told to. */
function inMadeUpTime(make: WorkQueueHarness['make'], settleMs: number): WorkQueueHarness {
  const pass = (ms: number): Operation<void> => until(vi.advanceTimersByTimeAsync(ms).then(() => undefined));
  return {
    make,
    pass,
    settle: () => pass(settleMs),
    run: async (body) => {
      vi.useFakeTimers();
      try {
        await body();
      } finally {
        vi.useRealTimers();
      }
    },
  };
}

const memory = inMadeUpTime(({ leaseMs }) => queue<string>({ leaseMs }), 0);
const slow = (fault: Fault): WorkQueueHarness =>
  inMadeUpTime(({ leaseMs }): WorkQueue<string> => new SlowQueue(leaseMs, fault), 10);

workQueueContract('5.4 the queue in memory', memory);
workQueueContract('a slow one of somebody else’s', slow(null));

async function fails(test: ContractTest): Promise<boolean> {
  try {
    await test.body();
  } catch {
    return true;
  }
  return false;
}

describe('the contract of work queues finds a queue that', () => {
  it.each<Exclude<Fault, null>>([
    'forgets what is nacked',
    'loses what it has when it is closed',
    'takes a second ack in silence',
    'joins while something is leased',
    'puts what is nacked at the end',
    'does not count attempts',
    'ends while something is leased',
    'gives to those who have left',
    'never takes back what is not settled in time',
    'does not renew a lease',
    'acts before it is subscribed',
    'forgets the cause',
  ])('%s', async (fault) => {
    const failed: string[] = [];
    for (const test of workQueueTests(slow(fault))) if (await fails(test)) failed.push(test.title);
    expect(failed).not.toEqual([]);
  });
});
