// What any WorkQueue does, in memory or remote: one suite for all of them. It assumes nothing of time or of scheduling: whatever
// is called may take a while to have its effect, and that something does not happen is only said when the queue has settled.

import { describe, expect, it } from 'vitest';
import type { Delivery, Operation, WorkQueue } from '../../src/index.ts';

export interface WorkQueueContractOptions {
  /** Milliseconds of a lease; Infinity: leases do not run out. */
  readonly leaseMs: number;
}

export interface WorkQueueHarness {
  readonly make: (options: WorkQueueContractOptions) => WorkQueue<string>;
  /** Completes when all that was called has had its effect. */
  readonly settle: () => Operation<void>;
  /** Lets so much of the queue's time pass. */
  readonly pass: (ms: number) => Operation<void>;
  /** Runs a test to its end. It may be in a time of its own. */
  readonly run: (body: () => Promise<void>) => Promise<void>;
}

export const LEASE_MS = 1000;

/** What became of something that was waited for. */
export class Outcome<T> {
  text = 'waits';
  value: T | undefined;
  error: unknown;
  readonly withdraw: () => void;

  constructor(operation: Operation<T>, show: (value: T) => string = () => 'done') {
    const subscription = operation.subscribe({
      next: (value) => {
        this.value = value;
        this.text = show(value);
      },
      error: (error: unknown) => {
        this.error = error;
        this.text = error instanceof Error ? error.name : String(error);
      },
    });
    this.withdraw = () => subscription.unsubscribe();
  }
}

const shown = ({ value, attempt }: Delivery<string>): string => `${value} #${attempt}`;

/** What settling comes to, also where it is only known later. */
export function attempted(act: () => void): string {
  try {
    act();
  } catch (error) {
    return (error as Error).name;
  }
  return 'ok';
}

export interface ContractTest {
  readonly title: string;
  readonly body: () => Promise<void>;
}

/** Puts an implementation through the contract. */
export function workQueueContract(name: string, harness: WorkQueueHarness): void {
  describe(`${name}, as a work queue`, () => {
    it.each([...workQueueTests(harness)])('$title', ({ body }) => body());
  });
}

/** The tests, each for itself. */
export function workQueueTests({ make, settle, pass, run }: WorkQueueHarness): readonly ContractTest[] {
  const tests: ContractTest[] = [];

  /** A queue, and the acts of a test on it, each waited for. */
  function played(options: Partial<WorkQueueContractOptions> = {}) {
    const q = make({ leaseMs: Infinity, ...options });
    const settled = (): Promise<void> => settle().promise();
    /** What is ready: it has to be there when the queue has settled. */
    async function ready<T>(operation: Operation<T>): Promise<T> {
      const outcome = new Outcome(operation);
      await settled();
      if (outcome.text !== 'done') throw new Error(`not ready: ${outcome.text}`);
      return outcome.value as T;
    }
    return {
      q,
      settled,
      ready,
      pass: (ms: number) => pass(ms).promise(),
      send: async (...values: string[]): Promise<void> => {
        for (const value of values) await ready(q.send(value));
      },
      lease: () => ready(q.lease()),
      leasing: () => new Outcome(q.lease(), shown),
      joining: () => new Outcome(q.join(), () => 'joined'),
    };
  }

  function test(title: string, body: () => Promise<void>): void {
    tests.push({ title, body: () => run(body) });
  }

  test('has a name', () => {
    expect(played().q.name).toEqual(expect.any(String));
    return Promise.resolve();
  });

  test('delivers what was sent, in order, each value once, as attempt 1', async () => {
    const { send, lease, leasing, settled } = played();
    await send('a', 'b', 'c');
    const deliveries = [await lease(), await lease(), await lease()];
    const none = leasing();
    await settled();
    expect([...deliveries.map(shown), none.text]).toEqual(['a #1', 'b #1', 'c #1', 'waits']);
  });

  test('does nothing before an operation is subscribed', async () => {
    const { q, leasing, joining, settled } = played();
    q.send('a');
    q.lease();
    q.join();
    await settled();
    const [lease, join] = [leasing(), joining()];
    await settled();
    expect([lease.text, join.text]).toEqual(['waits', 'joined']);
  });

  test('lets who leases wait for what comes, first come first served', async () => {
    const { send, leasing, settled } = played();
    const first = leasing();
    await settled();
    const second = leasing();
    await settled();
    await send('a', 'b');
    await settled();
    expect([first.text, second.text]).toEqual(['a #1', 'b #1']);
  });

  test('gives nothing to a lease that was withdrawn', async () => {
    const { send, leasing, settled } = played();
    const first = leasing();
    const second = leasing();
    await settled();
    first.withdraw();
    await settled();
    await send('a');
    await settled();
    expect([first.text, second.text]).toEqual(['waits', 'a #1']);
  });

  test('has done with what was acked: it never comes back', async () => {
    const { send, lease, leasing, joining, settled } = played();
    await send('a');
    (await lease()).ack();
    await settled();
    const [next, join] = [leasing(), joining()];
    await settled();
    expect([next.text, join.text]).toEqual(['waits', 'joined']);
  });

  test('delivers what was nacked again, before what came later, with an attempt one higher', async () => {
    const { send, lease, settled } = played();
    await send('a', 'b');
    (await lease()).nack();
    await settled();
    const again = await lease();
    again.nack({ error: new Error('no') });
    await settled();
    expect([shown(again), shown(await lease()), shown(await lease())]).toEqual(['a #2', 'a #3', 'b #1']);
  });

  test('gives what was nacked to one who waits', async () => {
    const { send, lease, leasing, settled } = played();
    await send('a');
    const delivery = await lease();
    const waiting = leasing();
    await settled();
    delivery.nack();
    await settled();
    expect(waiting.text).toBe('a #2');
  });

  test('brings back what was nacked with a delay when that is over, and not before', async () => {
    const { send, lease, leasing, joining, pass } = played();
    await send('a');
    (await lease()).nack({ delay: LEASE_MS });
    const [waiting, join] = [leasing(), joining()];
    await pass(LEASE_MS / 2);
    const before = waiting.text;
    await pass(LEASE_MS);
    expect([before, waiting.text, join.text]).toEqual(['waits', 'a #2', 'waits']);
  });

  for (const first of ['ack', 'nack'] as const) {
    test(`refuses whatever is done to a delivery after its ${first}: StaleDeliveryError`, async () => {
      const { send, lease, leasing, settled } = played();
      await send('a');
      const delivery = await lease();
      delivery[first]();
      const outcomes = [() => delivery.ack(), () => delivery.nack(), () => delivery.extend()].map(attempted);
      await settled();
      const [one, two] = [leasing(), leasing()];
      await settled();
      expect(outcomes).toEqual(['StaleDeliveryError', 'StaleDeliveryError', 'StaleDeliveryError']);
      // And nothing came of it.
      expect([one.text, two.text]).toEqual(first === 'ack' ? ['waits', 'waits'] : ['a #2', 'waits']);
    });
  }

  test('delivers again what was leased and not settled in time, and the old delivery is stale', async () => {
    const { send, lease, leasing, pass, settled } = played({ leaseMs: LEASE_MS });
    await send('a');
    const delivery = await lease();
    const waiting = leasing();
    await pass(LEASE_MS / 2);
    const before = waiting.text;
    await pass(LEASE_MS);
    expect([before, waiting.text]).toEqual(['waits', 'a #2']);
    expect([() => delivery.ack(), () => delivery.nack(), () => delivery.extend()].map(attempted)).toEqual(
      Array.from({ length: 3 }, () => 'StaleDeliveryError'),
    );
    await settled();
    waiting.value!.ack();
  });

  test('keeps a lease that is extended in time', async () => {
    const { send, lease, leasing, pass } = played({ leaseMs: LEASE_MS });
    await send('a');
    const delivery = await lease();
    const waiting = leasing();
    for (let i = 0; i < 3; i++) {
      await pass(LEASE_MS * 0.7);
      delivery.extend();
    }
    const extended = waiting.text;
    delivery.ack();
    await pass(2 * LEASE_MS);
    expect([extended, waiting.text]).toEqual(['waits', 'waits']);
  });

  test('joins at once when nothing was sent', async () => {
    const { joining, settled } = played();
    const join = joining();
    await settled();
    expect(join.text).toBe('joined');
  });

  test('joins when all is settled: not while something is queued, leased or on its way back', async () => {
    const { send, lease, joining, settled } = played();
    await send('a', 'b');
    const joins = [joining()];
    const texts = async (): Promise<string> => {
      await settled();
      return joins.map(({ text }) => text).join(', ');
    };
    const seen = [await texts()];
    const [a, b] = [await lease(), await lease()];
    seen.push(await texts());
    a.nack();
    seen.push(await texts());
    b.ack();
    seen.push(await texts());
    const again = await lease();
    joins.push(joining());
    seen.push(await texts());
    again.ack();
    seen.push(await texts());
    expect(seen).toEqual(['waits', 'waits', 'waits', 'waits', 'waits, waits', 'joined, joined']);
  });

  test('joins only when what was sent meanwhile is settled, too', async () => {
    const { send, lease, joining, settled } = played();
    await send('a');
    const join = joining();
    await settled();
    await send('b');
    (await lease()).ack();
    await settled();
    const before = join.text;
    (await lease()).ack();
    await settled();
    expect([before, join.text]).toEqual(['waits', 'joined']);
  });

  test('closed: refuses what is sent, and says whether it was open', async () => {
    const { q, send, settled } = played();
    await send('a');
    const closed = [q.close(), q.close()];
    const sending = new Outcome(q.send('b'));
    await settled();
    expect([...closed, sending.text]).toEqual([true, false, 'ClosedError']);
  });

  test('closed: still delivers what it has; then leases fail, those that wait and those that come', async () => {
    const { q, send, lease, leasing, settled } = played();
    await send('a', 'b');
    q.close();
    const deliveries = [await lease(), await lease()];
    const waiting = leasing();
    await settled();
    for (const delivery of deliveries) delivery.ack();
    await settled();
    const late = leasing();
    await settled();
    expect([...deliveries.map(shown), waiting.text, late.text]).toEqual(['a #1', 'b #1', 'ClosedError', 'ClosedError']);
  });

  test('closed: does not end while something is leased, for that may come back', async () => {
    const { q, send, lease, leasing, joining, settled } = played();
    await send('a');
    const delivery = await lease();
    q.close();
    const [waiting, join] = [leasing(), joining()];
    await settled();
    const before = [waiting.text, join.text];
    delivery.nack();
    await settled();
    const after = [waiting.text, join.text];
    waiting.value!.ack();
    const late = leasing();
    await settled();
    expect([before, after, late.text, join.text]).toEqual([
      ['waits', 'waits'],
      ['a #2', 'waits'],
      'ClosedError',
      'joined',
    ]);
  });

  test('closed: does not end while something is on its way back', async () => {
    const { q, send, lease, leasing, pass, settled } = played();
    await send('a');
    (await lease()).nack({ delay: LEASE_MS });
    q.close();
    const waiting = leasing();
    await settled();
    const before = waiting.text;
    await pass(2 * LEASE_MS);
    expect([before, waiting.text]).toEqual(['waits', 'a #2']);
  });

  test('closed with a cause: ends with that very object', async () => {
    const { q, send, lease, leasing, settled } = played();
    const cause = new Error('cause');
    await send('a');
    const delivery = await lease();
    q.close(cause);
    const waiting = leasing();
    delivery.ack();
    await settled();
    const late = leasing();
    await settled();
    expect([waiting.error === cause, late.error === cause]).toEqual([true, true]);
  });

  test('can be used with the operators of operations: map, withTimeout', async () => {
    const { q, send, ready, pass } = played();
    await send('a');
    expect(await ready(q.lease().map(shown))).toBe('a #1');
    const late = new Outcome(q.lease().withTimeout(LEASE_MS), shown);
    await pass(2 * LEASE_MS);
    expect(late.text).toBe('TimeoutError');
  });
  return tests;
}
