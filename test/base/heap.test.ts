import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from '../../src/base/heap.ts';
import { runs } from '../random.ts';

const byNumber = (a: number, b: number): boolean => a < b;

function drain(heap: Heap<number>): number[] {
  const all: number[] = [];
  while (heap.size > 0) {
    all.push(heap.shift() as number);
    heap.check();
  }
  return all;
}

describe('a heap', () => {
  it('gives the least first', () => {
    const heap = new Heap(byNumber);
    for (const n of [3, 1, 2, 1]) heap.push(n);
    expect([heap.first, drain(heap), heap.first]).toEqual([1, [1, 1, 2, 3], undefined]);
  });

  it('gives undefined when it is empty, and goes on', () => {
    const heap = new Heap(byNumber);
    const before = heap.shift();
    heap.push(1);
    expect([before, heap.shift(), heap.size]).toEqual([undefined, 1, 0]);
  });

  it('does what a sorted array does, whatever is done to it', () => {
    const act = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 20 }) }, fc.constant('shift' as const));
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const heap = new Heap(byNumber);
        const model: number[] = [];
        for (const one of acts) {
          if (one === 'shift') {
            expect(heap.shift()).toBe(model.shift());
          } else {
            heap.push(one);
            model.push(one);
            model.sort((a, b) => a - b);
          }
          heap.check();
          expect([heap.size, heap.first]).toEqual([model.length, model[0]]);
        }
      }),
      runs(500),
    );
  });

  it('has not changed when the comparison throws, wherever that happens', () => {
    for (let calls = 0; calls < 6; calls++) {
      let left = Infinity;
      const heap = new Heap<number>((a, b) => {
        if (left-- <= 0) throw new Error('comparison');
        return a < b;
      });
      for (const n of [5, 3, 8, 1, 9, 2, 7]) heap.push(n);
      for (const act of [() => heap.push(0), () => heap.shift()]) {
        left = calls;
        let threw = false;
        try {
          act();
        } catch {
          threw = true;
        }
        left = Infinity;
        heap.check();
        if (threw) expect(heap.size).toBe(7);
        else if (heap.size === 8) heap.shift();
        else heap.push(1);
      }
      expect(drain(heap)).toEqual([1, 2, 3, 5, 7, 8, 9]);
    }
  });

  it.each<[number[], [number, number][]]>([
    [[1], []],
    [[1, 2], []],
    [[1, 2, 3], [[2, 3]]],
  ])('compares nothing with itself, and nothing that is not there: taking one out of %j', (items, comparisons) => {
    let compared: [number, number][] = [];
    const heap = new Heap<number>((a, b) => {
      compared.push([a, b]);
      return a < b;
    });
    for (const n of items) heap.push(n);
    compared = [];
    heap.shift();
    expect(compared).toEqual(comparisons);
  });

  it('says where it is out of order', () => {
    const item = { rank: 1 };
    const heap = new Heap<{ rank: number }>((a, b) => a.rank < b.rank);
    heap.push({ rank: 0 });
    heap.push(item);
    item.rank = -1;
    expect(() => heap.check()).toThrow('heap: item 1 is less than its parent');
  });
});
