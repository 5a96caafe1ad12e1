import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from '../../src/base/heap.ts';
import { runs } from '../random.ts';

describe('a heap', () => {
  it('gives the least that is in, as a list that is searched', () => {
    const act = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 9 }) },
      { weight: 2, arbitrary: fc.constant('shift') },
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 100 }), (acts) => {
        const heap = new Heap<number>((a, b) => a < b);
        const model: number[] = [];
        for (const what of acts) {
          if (typeof what === 'string') {
            expect(heap.shift()).toBe(model.sort((a, b) => a - b).shift());
          } else {
            heap.push(what);
            model.push(what);
          }
          heap.check();
        }
      }),
      runs(1000),
    );
  });

  it('asks a few comparisons for each of 100 000, come as they may', () => {
    for (const come of [(i: number) => i, (i: number) => -i, (i: number) => (i * 7919) % 100_003]) {
      let asked = 0;
      const heap = new Heap<number>((a, b) => (asked++, a < b));
      for (let i = 0; i < 100_000; i++) heap.push(come(i));
      for (let last = -Infinity, next = heap.shift(); next !== undefined; last = next, next = heap.shift()) {
        if (next < last) throw new Error('out of order');
      }
      expect(asked).toBeLessThan(100_000 * 60);
    }
  });

  it('compares nothing but what is in it', () => {
    const asked = new Set<unknown>();
    const heap = new Heap<number>((a, b) => (asked.add(a).add(b), a < b));
    for (let size = 1; size <= 9; size++) {
      for (let i = 0; i < size; i++) heap.push(i);
      while (heap.shift() !== undefined);
    }
    expect([...asked].filter((item) => typeof item !== 'number')).toEqual([]);
  });

  it('has nothing to give when it is empty', () => {
    const heap = new Heap<string>(() => false);
    heap.push('a');
    expect([heap.shift(), heap.shift(), heap.shift()]).toEqual(['a', undefined, undefined]);
  });
});
