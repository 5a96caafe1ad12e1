import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sorted, type Spot } from '../../src/base/sorted.ts';

interface Item {
  readonly rank: number;
  readonly arrival: number;
}
const byRank = (a: Item, b: Item): number => a.rank - b.rank;

function drain<T>(sorted: Sorted<T>, spots: Map<T, Spot<T>>): T[] {
  const all: T[] = [];
  for (let first = sorted.first; first !== undefined; first = sorted.first) {
    all.push(first);
    sorted.remove(spots.get(first)!);
    sorted.check();
  }
  return all;
}

/** Numbers, each once, in a tree of their own. */
function sortedOf(...numbers: number[]): { sorted: Sorted<number>; spots: Map<number, Spot<number>> } {
  const sorted = new Sorted<number>((a, b) => a - b);
  const spots = new Map(numbers.map((n) => [n, sorted.add(n)]));
  return { sorted, spots };
}

describe('sorted items', () => {
  it('leave in their order', () => {
    const { sorted, spots } = sortedOf(3, 1, 2);
    expect([sorted.first, sorted.last, drain(sorted, spots)]).toEqual([1, 3, [1, 2, 3]]);
  });

  it('have no first and no last when there are none, before and after', () => {
    const { sorted, spots } = sortedOf();
    const before = [sorted.first, sorted.last, sorted.size];
    spots.set(1, sorted.add(1));
    drain(sorted, spots);
    expect([before, [sorted.first, sorted.last, sorted.size]]).toEqual([
      [undefined, undefined, 0],
      [undefined, undefined, 0],
    ]);
  });

  it('leave in order of arrival where they are equal', () => {
    const sorted = new Sorted(byRank);
    const spots = new Map<Item, Spot<Item>>();
    for (let arrival = 0; arrival < 20; arrival++) {
      const item = { rank: arrival % 2, arrival };
      spots.set(item, sorted.add(item));
    }
    const arrivals = drain(sorted, spots).map(({ arrival }) => arrival);
    expect(arrivals).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
  });

  it('are taken out wherever they stand, as from a sorted array', () => {
    const act = fc.oneof(
      { weight: 5, arbitrary: fc.record({ add: fc.nat(9) }) },
      { weight: 3, arbitrary: fc.record({ remove: fc.nat(99) }) },
      fc.constant({ first: true }),
      fc.constant({ last: true }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120, size: 'max' }), (acts) => {
        const sorted = new Sorted(byRank);
        const spots = new Map<Item, Spot<Item>>();
        const model: Item[] = [];
        for (const [arrival, one] of acts.entries()) {
          if ('add' in one) {
            const item = { rank: one.add, arrival };
            spots.set(item, sorted.add(item));
            model.push(item);
            model.sort((a, b) => a.rank - b.rank || a.arrival - b.arrival);
          } else if (model.length > 0) {
            const at = 'remove' in one ? one.remove % model.length : 'first' in one ? 0 : model.length - 1;
            const [item] = model.splice(at, 1);
            sorted.remove(spots.get(item!)!);
          }
          sorted.check();
          expect([sorted.first, sorted.last, sorted.size]).toEqual([model[0], model.at(-1), model.length]);
        }
        expect(drain(sorted, spots)).toEqual(model);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('have not changed when the comparison throws, wherever that happens', () => {
    for (let calls = 0; calls < 4; calls++) {
      let left = Infinity;
      const sorted = new Sorted<number>((a, b) => {
        if (left-- <= 0) throw new Error('comparison');
        return a - b;
      });
      const spots = new Map([5, 3, 8, 1, 9, 2, 7].map((n) => [n, sorted.add(n)]));
      left = calls;
      let threw = false;
      try {
        spots.set(4, sorted.add(4));
      } catch {
        threw = true;
      }
      left = Infinity;
      sorted.check();
      expect(drain(sorted, spots)).toEqual(threw ? [1, 2, 3, 5, 7, 8, 9] : [1, 2, 3, 4, 5, 7, 8, 9]);
    }
  });

  it('are not added by a comparison that changes them: then the tree it was walking is another one', () => {
    const spots = new Map<number, Spot<number>>();
    let meddle: (() => void) | null = null;
    const sorted = new Sorted<number>((a, b) => {
      const act = meddle;
      meddle = null;
      act?.();
      return a - b;
    });
    for (const n of [1, 2, 3]) spots.set(n, sorted.add(n));
    const message = 'the comparison has changed what it compares';
    meddle = () => sorted.remove(spots.get(3)!);
    expect(() => sorted.add(4)).toThrow(message);
    sorted.check();
    meddle = () => spots.set(5, sorted.add(5));
    expect(() => sorted.add(6)).toThrow(message);
    sorted.check();
    // As many as before are another tree all the same.
    meddle = () => {
      sorted.remove(spots.get(5)!);
      spots.set(7, sorted.add(7));
    };
    expect(() => sorted.add(6)).toThrow(message);
    sorted.check();
    expect(drain(sorted, spots)).toEqual([1, 2, 7]);
  });

  it('keep no link to one that was taken out, nor it to them', () => {
    const { sorted, spots } = sortedOf(4, 2, 6, 1, 3, 5, 7);
    for (const n of [4, 1, 7, 3]) {
      const spot = spots.get(n)!;
      sorted.remove(spot);
      expect([spot.parent, spot.left, spot.right]).toEqual([null, null, null]);
    }
    const linked = [2, 5, 6].flatMap((n) => [spots.get(n)!.parent, spots.get(n)!.left, spots.get(n)!.right]);
    const items = linked.filter((spot) => spot !== null).map(({ item }) => item);
    expect(items.filter((n) => ![2, 5, 6].includes(n))).toEqual([]);
  });

  it.each([
    ['ascending', (i: number) => i],
    ['descending', (i: number) => -i],
    ['equal', () => 0],
  ])('cost a few comparisons each, of 100 000 that come %s', (_, value) => {
    let comparisons = 0;
    let most = 0;
    const sorted = new Sorted<number>((a, b) => {
      comparisons++;
      return a - b;
    });
    const spots: Spot<number>[] = [];
    for (let i = 0; i < 100_000; i++) {
      const before = comparisons;
      spots.push(sorted.add(value(i)));
      most = Math.max(most, comparisons - before);
    }
    // A flat tree of so many is 17 deep; a treap is expected to be about twice that, and a list is 100 000 deep.
    expect(comparisons / 100_000).toBeLessThan(40);
    expect(most).toBeLessThan(80);
    sorted.check();
    const asked = comparisons;
    for (const spot of spots) sorted.remove(spot);
    expect([sorted.size, comparisons - asked]).toEqual([0, 0]);
  });
});

describe('the check of sorted items', () => {
  it.each<[string, (sorted: Sorted<{ n: number }>, spots: Spot<{ n: number }>[]) => void, string]>([
    ['an item that stands too late', (_, [one]) => (one!.item.n = 9), 'an item stands too late'],
    ['a wrong count', (sorted) => sorted.size++, '3 items, counted 4'],
    [
      'one that is lighter than its parent',
      (_, spots) => {
        const child = spots.find(({ parent }) => parent !== null)!;
        Object.assign(child, { weight: -1 });
      },
      'lighter than its parent',
    ],
  ])('finds %s', (_, damage, message) => {
    const sorted = new Sorted<{ n: number }>((a, b) => a.n - b.n);
    const spots = [1, 2, 3].map((n) => sorted.add({ n }));
    damage(sorted, spots);
    expect(() => sorted.check()).toThrow(`sorted: ${message}`);
  });
});
