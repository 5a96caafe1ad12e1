import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frequent } from '../../../examples/survey/frequent.ts';

describe('the table of what is frequent', () => {
  it('is exact while it has room, the most frequent first and equals by name', () => {
    const table = new Frequent(4);
    for (const [name, times] of Object.entries({ b: 2, c: 5, a: 2, d: 1 })) table.add(name, times);
    table.add('d', 1);
    expect([table.error, table.size, table.top(3)]).toEqual([
      0,
      4,
      [
        { name: 'c', count: 5 },
        { name: 'a', count: 2 },
        { name: 'b', count: 2 },
      ],
    ]);
  });

  it('never says more than there was, nor less than by its error, of anything', () => {
    const additions = fc.array(
      fc.tuple(fc.constantFrom(...Array.from('abcdefghijkl')), fc.integer({ min: 1, max: 9 })),
      {
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), additions, (capacity, list) => {
        const table = new Frequent(capacity);
        const truth = new Map<string, number>();
        let all = 0;
        for (const [name, times] of list) {
          table.add(name, times);
          table.check();
          truth.set(name, (truth.get(name) ?? 0) + times);
          all += times;
        }
        const kept = new Map(table.top(capacity).map(({ name, count }) => [name, count]));
        expect(kept.size).toBe(table.size);
        for (const [name, count] of truth) {
          const said = kept.get(name) ?? 0;
          expect(said <= count && count <= said + table.error, `${name}: ${said}, not ${count}`).toBe(true);
        }
        expect(table.error).toBeLessThanOrEqual((2 * all) / capacity);
        if (truth.size <= capacity) expect(table.error).toBe(0);
      }),
    );
  });
});
