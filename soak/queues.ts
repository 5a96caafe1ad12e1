import { asyncScheduler, type Unsubscribable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Random } from '../src/base/random.ts';
import { type Delivery, queue, type QueueOptions } from '../src/index.ts';
import type { Program } from './program.ts';

const counts = { programs: 0, steps: 0, values: 0, leases: 0, acks: 0, nacks: 0, releases: 0, dead: 0, lost: 0 };

/** Where a value is: the account that is kept of it beside the queue. */
type Where = 'waiting to be sent' | 'in' | 'taken' | 'leased' | 'settled';

const ORDERS: readonly QueueOptions<number>['order'][] = ['fifo', 'lifo', (a, b) => (a % 5) - (b % 5)];
const LEASE_MS = 20;

/** Leases, receives, sends and joins come and go at random; where every value is, is known at any time, and each ends once. */
export const queues: Program = {
  name: 'queues',
  counts,
  run(random: Random, steps: number): void {
    counts.programs++;
    new TestScheduler(() => undefined).run(({ flush }) => {
      play(random, steps);
      flush();
    });
  },
};

function isLeased(delivery: { toString(): string }): boolean {
  return delivery.toString().endsWith('(leased)');
}

function play(random: Random, steps: number): void {
  const where = new Map<number, Where>();
  const attempts = new Map<number, number>();
  const deliveries: Delivery<number>[] = [];
  const waiting: Unsubscribable[] = [];
  let joins = 0;
  let joined = 0;

  function move(value: number, from: readonly Where[], to: Where): void {
    lookForExpired();
    const was = where.get(value);
    if (was === undefined || !from.includes(was)) throw new Error(`${value} was ${String(was)}, and is ${to}`);
    where.set(value, to);
  }

  const order = ORDERS[random.below(3)] as QueueOptions<number>['order'] & {};
  const maxAttempts = random.below(2) === 0 ? 2 : Infinity;
  const q = queue<number>({
    order,
    maxAttempts,
    capacity: random.below(2) === 0 ? 3 : Infinity,
    overflow: random.below(3) === 0 ? 'dropOldest' : 'suspend',
    leaseMs: LEASE_MS,
    onUndelivered: (value) => {
      counts.lost++;
      move(value, ['waiting to be sent', 'in'], 'settled');
    },
    onDeadLetter: ({ value, attempts: after }) => {
      counts.dead++;
      if (after !== maxAttempts) throw new Error(`${value} died after ${after} attempts`);
      move(value, ['leased', 'in'], 'settled');
    },
  });

  /** What has come back without our doing is in, however it came to that. */
  function lookForExpired(): void {
    for (const delivery of deliveries.filter((one) => !isLeased(one))) {
      deliveries.splice(deliveries.indexOf(delivery), 1);
      if (where.get(delivery.value) === 'leased' && attempts.get(delivery.value) === delivery.attempt)
        where.set(delivery.value, 'in');
    }
  }

  function took(delivery: Delivery<number>): void {
    counts.leases++;
    const { value, attempt } = delivery;
    move(value, ['waiting to be sent', 'in'], 'leased');
    attempts.set(value, attempt);
    deliveries.push(delivery);
  }

  function look(): void {
    lookForExpired();
    (q as unknown as { check(): void }).check();
    const unfinished = [...where.values()].filter((one) => one !== 'waiting to be sent' && one !== 'settled').length;
    if (unfinished !== q.unfinished) throw new Error(`${unfinished} unfinished, and not ${q.unfinished}: ${String(q)}`);
    if (unfinished === 0 && joined !== joins) throw new Error(`${joins - joined} wait for nothing: ${String(q)}`);
  }

  const settle = (act: (delivery: Delivery<number>) => void): void => {
    lookForExpired();
    const delivery = deliveries.splice(random.below(Math.max(1, deliveries.length)), 1)[0];
    if (delivery !== undefined) act(delivery);
  };

  function send(value: number): void {
    counts.values++;
    where.set(value, 'waiting to be sent');
    const arrive = (): void => {
      if (where.get(value) === 'waiting to be sent') where.set(value, 'in');
    };
    waiting.push(q.send(value).subscribe({ next: arrive, error: () => undefined }));
  }

  function receive(): void {
    waiting.push(
      q.receive().subscribe({
        next: (value) => move(value, ['waiting to be sent', 'in'], 'taken'),
        error: () => undefined,
      }),
    );
  }

  function act(step: number): void {
    counts.steps++;
    const what = random.below(20);
    if (what < 6) send(step);
    else if (what < 10) waiting.push(q.lease().subscribe({ next: took, error: () => undefined }));
    else if (what < 12) receive();
    else if (what < 14)
      settle((delivery) => {
        counts.acks++;
        where.set(delivery.value, 'settled');
        delivery.ack();
      });
    else if (what < 16)
      settle((delivery) => {
        counts.nacks++;
        where.set(delivery.value, 'in');
        delivery.nack({ delay: random.below(3) });
      });
    else if (what === 16)
      settle((delivery) => {
        counts.releases++;
        where.set(delivery.value, 'in');
        delivery.release?.();
      });
    else if (what === 17) waiting[random.below(Math.max(1, waiting.length))]?.unsubscribe();
    else if (what === 18) {
      joins++;
      q.join().subscribe(() => joined++);
    } else {
      const taken = [...where].find(([, one]) => one === 'taken');
      if (taken !== undefined) {
        where.set(taken[0], 'settled');
        q.taskDone();
      }
    }
    look();
  }

  for (let step = 0; step < steps; step++) asyncScheduler.schedule(() => act(step), 3 * step);
  asyncScheduler.schedule(() => {
    q.cancel();
    for (const delivery of deliveries) where.set(delivery.value, 'settled');
    for (const [value, one] of where) if (one === 'taken') where.set(value, (q.taskDone(), 'settled'));
  }, 3 * steps);
  // When the last lease has run out, all has ended.
  asyncScheduler.schedule(look, 3 * steps + LEASE_MS);
}
