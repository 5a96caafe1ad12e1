// What queues of jobs and `queueMap` wait in; both are held against models of their own.

import { describe, expect, it } from 'vitest';
import { KeyedEntries } from '../../src/queue/keyed-entries.ts';
import { Item } from '../../src/queue/stock.ts';
import { check } from '../record.ts';
import { reportsOf } from '../virtual.ts';

interface Value {
  readonly key: string;
  readonly n: number;
}

/** By number; `broken` says for which pairs the comparison throws. */
function backlog(broken: (a: Value, b: Value) => boolean, busy = new Set<unknown>()) {
  const order = ({ value: a }: Item<Value>, { value: b }: Item<Value>): number => {
    if (broken(a, b)) throw new Error('no order');
    return a.n - b.n;
  };
  return new KeyedEntries(order, 'never', { keyOf: ({ value }) => value.key, isBusy: (key) => busy.has(key) });
}

describe('a backlog by key', () => {
  it('is as it was when the comparison throws for one that comes, also among the heads', () => {
    // Within its lane there is an order, and across lanes there is none.
    let crossing = false;
    const waiting = backlog((a, b) => crossing && a.key !== b.key);
    const [a2, b3, a1] = [
      { key: 'a', n: 2 },
      { key: 'b', n: 3 },
      { key: 'a', n: 1 },
    ].map((value, i) => new Item(value, i)) as [Item<Value>, Item<Value>, Item<Value>];
    waiting.add(a2);
    waiting.add(b3);
    crossing = true;
    expect(() => waiting.add(a1)).toThrow('no order');
    crossing = false;
    check(waiting);
    expect([waiting.size, waiting.first]).toEqual([2, a2]);
  });

  it('asks for the order of nobody but the one that comes, unless that goes first in its lane', () => {
    const asked: number[][] = [];
    const waiting = backlog((a, b) => asked.push([a.n, b.n]) < 0);
    ['a', 'b', 'c', 'd'].forEach((key, n) => waiting.add(new Item({ key, n }, n)));
    asked.length = 0;
    waiting.add(new Item({ key: 'b', n: 9 }, 9));
    expect(asked).toEqual([[9, 1]]);
  });

  it('goes by arrival, and reports it, when the comparison throws for one that waits', () => {
    const busy = new Set<unknown>(['a']);
    let crossing = false;
    const waiting = backlog((a, b) => crossing && a.key !== b.key, busy);
    const entries = [
      { key: 'a', n: 9 },
      { key: 'b', n: 1 },
    ].map((value, i) => new Item(value, i));
    for (const entry of entries) waiting.add(entry);
    const reported = reportsOf(() => {
      crossing = true;
      busy.clear();
      waiting.turned('a');
    });
    expect([waiting.first, reported]).toEqual([entries[0], [new Error('no order')]]);
  });
});
