// What leaves next: 5.2, and what leaves at all when the queue is full.

import { describe, expect, it } from 'vitest';
import { channel, queue, type Queue, type QueueOptions, select } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';
import { leased } from './leased.ts';

interface Job {
  readonly name: string;
  readonly rank: number;
}
/** `b2`: the job b, of rank 2. */
const job = (text: string): Job => ({ name: text, rank: Number(text.slice(1)) });
const byRank = (a: Job, b: Job): number => a.rank - b.rank;

function filled(jobs: string, options: QueueOptions<Job> = {}): Queue<Job> {
  const q = queue<Job>({ name: 'q', ...options });
  for (const text of jobs.split(' ')) q.trySend(job(text));
  return q;
}

/** The names of all that is left, in the order in which it leaves; the account is checked after each. */
function drain(q: Queue<Job>): string {
  const names: string[] = [];
  check(q);
  for (let got = q.tryReceive(); got.ok; got = q.tryReceive()) {
    names.push(got.value.name);
    check(q);
  }
  return names.join(' ');
}

const LIFO: QueueOptions<Job> = { order: 'lifo' };
const RANKED: QueueOptions<Job> = { order: byRank };

describe('5.2 order', () => {
  it.each<[string, QueueOptions<Job>, string]>([
    ['first in, first out, unless told', {}, 'a2 b1 c2 d1'],
    ['fifo', { order: 'fifo' }, 'a2 b1 c2 d1'],
    ['lifo', LIFO, 'd1 c2 b1 a2'],
    ['by a comparison: the least first, equals in order of arrival', RANKED, 'b1 d1 a2 c2'],
    ['by a comparison that always says equal', { order: () => 0 }, 'a2 b1 c2 d1'],
    ['by a comparison that says NaN', { order: () => NaN }, 'a2 b1 c2 d1'],
  ])('is %s', (_, options, left) => {
    expect(drain(filled('a2 b1 c2 d1', options))).toBe(left);
  });

  it('is decided when a value is taken: one that comes late and is less goes first', () => {
    const q = filled('a3 b2', RANKED);
    const first = leased(q).value.name;
    q.trySend(job('c1'));
    expect([first, drain(q)]).toEqual(['b2', 'c1 a3']);
  });

  it.each<[string, QueueOptions<Job>]>([
    ['fifo', {}],
    ['lifo', LIFO],
    ['by a comparison', RANKED],
  ])('%s: who waits gets an arriving value directly, in the order in which they came', (_, options) => {
    const told = new Record();
    const q = queue<Job>(options);
    for (const name of ['a', 'b']) q.receive().subscribe(({ name: got }) => told.add(`${name} got ${got}`));
    for (const text of ['x9', 'y1']) q.trySend(job(text));
    check(q);
    expect(told.lines).toEqual(['a got x9', 'b got y1']);
  });

  it('does not ask the comparison for what goes straight to a receiver, nor for the only one', () => {
    let asked = 0;
    const q = queue<Job>({ order: (a, b) => (asked++, byRank(a, b)) });
    q.receive().subscribe();
    for (const text of ['a1', 'b2']) q.trySend(job(text));
    const before = asked;
    q.trySend(job('c3'));
    expect([before, asked]).toEqual([0, 1]);
  });

  it('a comparison is not asked when a value is taken', () => {
    let asked = 0;
    const q = filled('a5 b3 c4 d1 e2', { order: (a, b) => (asked++, byRank(a, b)) });
    const before = asked;
    for (let i = 0; i < 5; i++) q.tryReceive();
    expect(asked).toBe(before);
  });

  it.each<[string, QueueOptions<Job>, string]>([
    ['fifo', {}, 'a3 b2 c1'],
    ['lifo', LIFO, 'b2 c1 a3'],
    ['by a comparison', RANKED, 'b2 c1 a3'],
  ])('%s holds of what waits to be sent when it has moved in', (_, options, left) => {
    const q = filled('a3 b2', { ...options, capacity: 2 });
    q.send(job('c1')).subscribe();
    expect(drain(q)).toBe(left);
  });
});

describe.each(FORMS)('5.2 a comparison that throws, in a send waited for by $form', ({ perform }) => {
  function moody(capacity: number): { q: Queue<Job>; mood: { throws: boolean } } {
    const mood = { throws: false };
    const q = queue<Job>({
      name: 'q',
      capacity,
      order: (a, b) => {
        if (mood.throws) throw new Error('comparison');
        return byRank(a, b);
      },
    });
    return { q, mood };
  }

  it('fails that send only: nothing of it is in, and others are not touched', () => {
    const told = new Record();
    const { q, mood } = moody(3);
    for (const text of ['a2', 'b1']) q.trySend(job(text));
    mood.throws = true;
    perform(q.send(job('c0')), told.by('c'));
    mood.throws = false;
    perform(q.send(job('d3')), told.by('d'));
    expect([told.lines, q.statistics().sent, drain(q)]).toEqual([
      ['c failed with comparison', 'd got undefined'],
      3,
      'b1 a2 d3',
    ]);
  });

  it('fails those that wait as they move in, in order, until one is accepted or none waits', () => {
    const told = new Record();
    const { q, mood } = moody(2);
    for (const text of ['a1', 'b2']) q.trySend(job(text));
    for (const text of ['c3', 'd4']) perform(q.send(job(text)), told.by(text));
    mood.throws = true;
    q.tryReceive();
    mood.throws = false;
    check(q);
    expect(told.take()).toEqual(['c3 failed with comparison', 'd4 failed with comparison']);
    expect([q.size, q.statistics().waitingSenders]).toEqual([1, 0]);
    perform(q.send(job('e0')), told.by('e0'));
    expect([told.take(), drain(q)]).toEqual([['e0 got undefined'], 'e0 b2']);
  });

  it('lets the next one that waits have the slot', () => {
    const told = new Record();
    const q = queue<Job>({
      capacity: 2,
      order: (a, b) => {
        if (a.name === 'bad0') throw new Error('comparison');
        return byRank(a, b);
      },
    });
    for (const text of ['a1', 'b2']) q.trySend(job(text));
    perform(q.send({ name: 'bad0', rank: 0 }), told.by('bad'));
    for (const text of ['c0', 'd0']) perform(q.send(job(text)), told.by(text));
    q.tryReceive();
    check(q);
    expect(told.take().sort()).toEqual(['bad failed with comparison', 'c0 got undefined']);
    expect([q.statistics().waitingSenders, drain(q)]).toEqual([1, 'c0 d0 b2']);
  });

  it('fails a select that it was a case of', () => {
    const told = new Record();
    const { q, mood } = moody(3);
    const other = channel<number>();
    q.trySend(job('a1'));
    mood.throws = true;
    perform(select({ sent: q.send(job('b2')), other }), told.by('select'));
    expect([told.lines, q.size, other.statistics().waitingReceivers]).toEqual([
      ['select failed with comparison'],
      1,
      0,
    ]);
  });
});

describe('5.2 a comparison that throws', () => {
  it('in a trySend: false, and reported', () => {
    const reported = reportsOf(() => {
      const q = filled('a1', {
        order: () => {
          throw new Error('comparison');
        },
      });
      expect([q.trySend(job('b2')), q.unfinished]).toEqual([false, 1]);
    });
    expect(reported).toEqual([new Error('comparison')]);
  });

  it.each<[string, QueueOptions<Job>]>([
    ['an eviction', { overflow: 'dropOldest' }],
    ['a merge', { conflate: (pending) => pending }],
  ])('in %s: the send fails, and what was there stays', (_, options) => {
    const told = new Record();
    let throws = false;
    const q = filled('a2 b1', {
      capacity: 2,
      order: (a, b) => {
        if (throws) throw new Error('comparison');
        return byRank(a, b);
      },
      onUndelivered: ({ name }, reason) => told.add(`${name} ${reason}`),
      ...options,
    });
    throws = true;
    q.send(job('c0')).subscribe(told.by('c'));
    throws = false;
    expect([told.lines, q.statistics().sent, drain(q)]).toEqual([['c failed with comparison'], 2, 'b1 a2']);
  });
});

describe('5.4 dropOldest evicts the oldest by arrival, whatever the order', () => {
  it.each<[string, QueueOptions<Job>, string]>([
    ['fifo', {}, 'b1 c2'],
    ['lifo', LIFO, 'c2 b1'],
    ['by a comparison', RANKED, 'b1 c2'],
  ])('%s', (_, options, left) => {
    const told = new Record();
    const q = filled('a3 b1', {
      ...options,
      capacity: 2,
      overflow: 'dropOldest',
      onUndelivered: ({ name }, reason) => told.add(`${name} ${reason}`),
    });
    q.trySend(job('c2'));
    expect([told.lines, drain(q)]).toEqual([['a3 evicted'], left]);
  });

  it.each<[string, QueueOptions<Job>, string]>([
    ['fifo', {}, 'c3 d4'],
    ['lifo', LIFO, 'd4 c3'],
    ['by a comparison', RANKED, 'c3 d4'],
  ])('%s: also one that came back, and one at a time though more are in than there is room for', (_, options, left) => {
    const told = new Record();
    const q = filled('a1 b2', {
      ...options,
      capacity: 2,
      overflow: 'dropOldest',
      onUndelivered: ({ name }, reason) => told.add(`${name} ${reason}`),
    });
    const delivery = leased(q);
    q.trySend(job('c3'));
    delivery.nack();
    check(q);
    const size = q.size;
    q.trySend(job('d4'));
    check(q);
    told.add(`${q.size} in`);
    // Of lifo, b was out; of the others, a.
    expect([size, told.lines]).toEqual([3, ['a1 evicted', '3 in']]);
    expect(
      drain(q)
        .split(' ')
        .filter((name) => name !== 'b2')
        .join(' '),
    ).toBe(left);
  });
});

describe('2.4 conflate merges into the newest by arrival, in its place', () => {
  const conflate = (pending: Job, sent: Job): Job => ({ name: pending.name + sent.name, rank: sent.rank });

  it.each<[string, QueueOptions<Job>, string]>([
    ['fifo', {}, 'a1 b2c0'],
    ['lifo', LIFO, 'b2c0 a1'],
    ['by a comparison: where its new rank belongs', RANKED, 'b2c0 a1'],
  ])('%s', (_, options, left) => {
    const q = filled('a1 b2', { ...options, capacity: 2, conflate });
    q.trySend(job('c0'));
    expect(drain(q)).toBe(left);
  });

  it('also at the front, where it came back to', () => {
    const q = filled('a1 b1', { capacity: 2, conflate });
    for (const delivery of [leased(q), leased(q)]) delivery.nack();
    q.trySend(job('c1'));
    check(q);
    expect(drain(q)).toBe('b1c1 a1');
  });

  it('not into one that came back, which is older, and its attempts stay its own', () => {
    const q = filled('a1 b1', { capacity: 2, conflate });
    const a = leased(q);
    q.trySend(job('c1'));
    a.nack();
    q.trySend(job('d1'));
    check(q);
    const all = [leased(q), leased(q), leased(q)].map(({ value, attempt }) => `${value.name} #${attempt}`);
    expect(all).toEqual(['a1 #2', 'b1 #1', 'c1d1 #1']);
  });

  it('keeps the attempts of one that came back, by a comparison too', () => {
    for (const options of [{}, RANKED]) {
      const q = filled('a1', { ...options, capacity: 1, conflate });
      leased(q).nack();
      q.trySend(job('b1'));
      expect(leased(q).attempt).toBe(2);
    }
  });

  it('keeps the arrival of what it merged into: equals that came later stay behind', () => {
    const q = filled('a1 b1', { ...RANKED, capacity: 2, conflate });
    q.trySend(job('c1'));
    q.tryReceive();
    q.trySend(job('d1'));
    expect(drain(q)).toBe('b1c1 d1');
  });
});

describe('5.3 cancel', () => {
  it.each<[string, QueueOptions<Job>, string[]]>([
    ['fifo', {}, ['a3', 'b1', 'c2']],
    ['lifo', LIFO, ['c2', 'b1', 'a3']],
    ['by a comparison', RANKED, ['b1', 'c2', 'a3']],
  ])('%s: reports what is lost in the order in which it would have left', (_, options, lost) => {
    const names: string[] = [];
    const q = filled('a3 b1 c2', { ...options, onUndelivered: ({ name }) => names.push(name) });
    q.cancel();
    check(q);
    expect(names).toEqual(lost);
  });
});
