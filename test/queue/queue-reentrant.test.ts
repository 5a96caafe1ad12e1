// Callbacks that call the queue which calls them: 1.3, 1.9 and 2.4 of a queue.

import { describe, expect, it } from 'vitest';
import { type Delivery, queue, type Queue } from '../../src/index.ts';
import { check, Record, title } from '../record.ts';
import { reportsOf } from '../virtual.ts';
import { leased } from './leased.ts';

function drain<T>(q: Queue<T>): T[] {
  const all: T[] = [];
  for (let got = q.tryReceive(); got.ok; got = q.tryReceive()) all.push(got.value);
  return all;
}

describe('2.4 a conflate that calls its queue', () => {
  /** A full queue of `b`, of which `a` is leased; `meddle` is called once, by the merge of `b` and `c`. */
  function conflating(meddle: (q: Queue<string>, a: Delivery<string>) => void): { q: Queue<string>; calls: string[] } {
    const calls: string[] = [];
    let isFirst = true;
    const q: Queue<string> = queue<string>({
      name: 'q',
      capacity: 1,
      conflate: (pending, sent) => {
        calls.push(`${pending}+${sent}`);
        if (isFirst) {
          isFirst = false;
          meddle(q, a);
        }
        return pending + sent;
      },
    });
    q.trySend('a');
    const a = leased(q);
    q.trySend('b');
    q.trySend('c');
    check(q);
    return { q, calls };
  }

  it('merges what is there then, when it has taken what was pending', () => {
    const { q, calls } = conflating((q) => q.tryReceive());
    expect([calls, drain(q)]).toEqual([['b+c'], ['c']]);
  });

  it('loses nothing when it gives back one in the place of another', () => {
    const { q, calls } = conflating((q, a) => {
      q.tryReceive();
      a.nack();
    });
    // b was received: c is merged with a, which is in its place.
    expect([calls, drain(q)]).toEqual([['b+c', 'a+c'], ['ac']]);
  });

  it('loses nothing when something comes back and is received again, and something is merged in between', () => {
    const { q } = conflating((q, a) => {
      q.trySend('d');
      a.nack();
    });
    expect(drain(q)).toEqual(['a', 'bdc']);
  });

  it('merges with what is newest then, when one comes back that came later than what was pending', () => {
    const calls: string[] = [];
    let meddle: (() => void) | null = null;
    const q = queue<string>({
      capacity: 1,
      order: 'lifo',
      conflate: (pending, sent) => {
        calls.push(`${pending}+${sent}`);
        const act = meddle;
        meddle = null;
        act?.();
        return pending + sent;
      },
    });
    q.trySend('a');
    const a = leased(q);
    q.trySend('b');
    const b = leased(q);
    a.nack();
    meddle = () => b.nack();
    q.trySend('c');
    check(q);
    expect([calls, drain(q)]).toEqual([
      ['a+c', 'b+c'],
      ['bc', 'a'],
    ]);
  });

  it('sends to nobody when it has closed or cancelled the queue', () => {
    const closed = conflating((q) => q.close());
    expect([drain(closed.q), title(closed.q)]).toEqual([['b'], 'queue q (0/1, 1 leased, 1 not done, draining)']);
    const cancelled = conflating((q) => q.cancel());
    expect(title(cancelled.q)).toBe('queue q (0/1, 1 leased, cancelled)');
  });
});

describe('1.9 a comparison', () => {
  it('that calls its queue fails the send for which it was asked, and what it did stands', () => {
    const told = new Record();
    let meddle: (() => unknown) | null = null;
    const q: Queue<number> = queue<number>({
      name: 'q',
      order: (a, b) => {
        const act = meddle;
        meddle = null;
        act?.();
        return a - b;
      },
    });
    for (const n of [2, 1, 3]) q.trySend(n);
    meddle = () => q.tryReceive();
    q.send(4).subscribe(told.by('taking'));
    check(q);
    meddle = () => q.trySend(0);
    q.send(5).subscribe(told.by('sending'));
    check(q);
    meddle = () => q.cancel();
    q.send(6).subscribe(told.by('cancelling'));
    check(q);
    const refusal = 'failed with the comparison has changed what it compares';
    expect(told.lines).toEqual([`taking ${refusal}`, `sending ${refusal}`, `cancelling ${refusal}`]);
    expect(q.statistics()).toMatchObject({ sent: 4, delivered: 1, undelivered: 3 });
  });

  it('that takes out what is about to be evicted: what is oldest then gives way, and the account is right', () => {
    const reported = reportsOf(() => {
      const lost: string[] = [];
      let act: (() => void) | null = null;
      const q: Queue<number> = queue<number>({
        capacity: 3,
        overflow: 'dropOldest',
        order: (a, b) => {
          act?.();
          return a - b;
        },
        onUndelivered: (value, reason) => lost.push(`${value} ${reason}`),
      });
      for (const n of [1, 2, 3]) q.trySend(n);
      const one = leased(q);
      act = () => {
        throw new Error('comparison');
      };
      // It has no place, and stands before all others.
      one.nack();
      act = () => {
        act = null;
        q.tryReceive();
      };
      expect(q.trySend(4)).toBe(true);
      check(q);
      expect([lost, drain(q), q.statistics().sent]).toEqual([['2 evicted'], [3, 4], 4]);
    });
    expect(reported).toEqual([new Error('comparison')]);
  });

  it('that throws while a value comes back leaves it at the front, and is reported', () => {
    const reported = reportsOf(() => {
      let throws = false;
      const q = queue<number>({
        order: (a, b) => {
          if (throws) throw new Error('comparison');
          return a - b;
        },
      });
      for (const n of [1, 2, 3]) q.trySend(n);
      const [one, two] = [leased(q), leased(q)];
      throws = true;
      one.nack();
      two.nack();
      throws = false;
      check(q);
      // They mislead nobody who comes later.
      for (const n of [0, 5]) q.trySend(n);
      check(q);
      expect([drain(q), q.size]).toEqual([[2, 1, 0, 3, 5], 0]);
    });
    expect(reported).toEqual([new Error('comparison'), new Error('comparison')]);
  });
});

describe('2.9 onUndelivered', () => {
  it('may call the queue: what it sends from a cancel fails, from an eviction has its place', () => {
    const told = new Record();
    const q: Queue<number> = queue<number>({
      capacity: 1,
      overflow: 'dropOldest',
      onUndelivered: (value, reason) => {
        told.add(`${value} ${reason}`);
        if (value === 1) told.add(`sent anew: ${String(q.trySend(11))}`);
      },
    });
    for (const n of [1, 2]) q.trySend(n);
    check(q);
    expect([told.take(), drain(q)]).toEqual([['1 evicted', '2 evicted', 'sent anew: true'], [11]]);
    q.trySend(1);
    q.cancel();
    check(q);
    expect(told.take()).toEqual(['1 cancelled', 'sent anew: false']);
  });

  it('that throws reaches the caller of cancel, when everybody was served, those who join too', () => {
    const told = new Record();
    const q = queue<number>({
      onUndelivered: () => {
        throw new Error('callback');
      },
    });
    q.trySend(1);
    q.join().subscribe(told.by('join'));
    expect(() => q.cancel()).toThrow('callback');
    check(q);
    expect(told.lines).toEqual(['join got undefined']);
  });
});

describe('1.3 observers', () => {
  it('a joiner may send: those behind it have joined all the same', () => {
    const told = new Record();
    const q = queue<number>();
    q.trySend(1);
    q.tryReceive();
    q.join().subscribe(() => {
      q.trySend(2);
      told.add('first');
      check(q);
    });
    q.join().subscribe(told.by('second'));
    q.taskDone();
    check(q);
    expect([told.lines, q.unfinished]).toEqual([['first', 'second got undefined'], 1]);
  });

  it('a receiver may settle in its callback what it receives there', () => {
    const told = new Record();
    const q = queue<number>();
    q.subscribe((value) => {
      told.add(`got ${value}, ${q.unfinished} unfinished`);
      if (value < 3) q.trySend(value + 1);
      q.taskDone();
    });
    q.trySend(1);
    check(q);
    q.join().subscribe(told.by('join'));
    expect(told.lines).toEqual([
      'got 1, 1 unfinished',
      'got 2, 1 unfinished',
      'got 3, 1 unfinished',
      'join got undefined',
    ]);
  });
});
