import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ring } from '../../src/base/ring.ts';

describe('a ring', () => {
  it('gives back in the order in which it got', () => {
    const ring = new Ring<number>();
    for (const n of [1, 2, 3]) ring.push(n);
    expect([ring.shift(), ring.shift(), ring.shift()]).toEqual([1, 2, 3]);
  });

  it('keeps undefined as a value', () => {
    const ring = new Ring<number | undefined>();
    ring.push(undefined);
    const before = ring.size;
    expect(ring.shift()).toBe(undefined);
    expect([before, ring.size]).toEqual([1, 0]);
  });

  it('gives first what was put before the oldest', () => {
    const ring = new Ring<number>();
    ring.push(1);
    ring.unshift(0);
    ring.check();
    expect(ring.clear()).toEqual([0, 1]);
  });

  it('shows and replaces the newest', () => {
    const ring = new Ring<number>();
    for (const n of [1, 2]) ring.push(n);
    const shown = ring.newest;
    ring.renew(3);
    expect([shown, ring.clear()]).toEqual([2, [1, 3]]);
  });

  it('gives up the oldest, which it shows, for a newer one', () => {
    const ring = new Ring<number>();
    for (const n of [1, 2]) ring.push(n);
    expect([ring.oldest, ring.displace(3), ring.oldest, ring.clear()]).toEqual([1, 1, 2, [2, 3]]);
    ring.check();
  });

  it('does what an array does, whatever is done to it', () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.constant('push' as const) },
      { weight: 3, arbitrary: fc.constant('shift' as const) },
      fc.constant('unshift' as const),
      fc.constant('newest' as const),
      fc.constant('displace' as const),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120, size: 'max' }), (acts) => {
        const ring = new Ring<number>();
        const model: number[] = [];
        for (const [i, name] of acts.entries()) {
          if (name === 'push' || name === 'unshift') {
            ring[name](i);
            model[name](i);
          } else if (model.length > 0 && name === 'shift') {
            expect(ring.shift()).toBe(model.shift());
          } else if (model.length > 0 && name === 'displace') {
            model.push(i);
            expect([ring.oldest, ring.displace(i)]).toEqual([model[0], model.shift()]);
          } else if (model.length > 0) {
            expect(ring.newest).toBe(model.at(-1));
            ring.renew((model[model.length - 1] = -i));
          }
          ring.check();
          expect(ring.size).toBe(model.length);
        }
        expect(ring.clear()).toEqual(model);
        ring.check();
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('does not grow while there is room: forty doublings would be beyond all memory', () => {
    const ring = new Ring<number>();
    for (let i = 0; i < 40; i++) {
      ring.unshift(i);
      ring.shift();
      ring.push(i);
      ring.shift();
    }
    ring.check();
    expect(ring.size).toBe(0);
  });
});
