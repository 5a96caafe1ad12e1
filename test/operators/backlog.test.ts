import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedBacklog, PlainBacklog, type Waiting } from '../../src/operators/backlog.ts';
import { runs } from '../random.ts';

/** Slow and obviously right. */
class Model {
  readonly waiting: Waiting<number>[] = [];
  readonly busy: Set<unknown>;

  constructor(busy: Set<unknown>) {
    this.busy = busy;
  }
  start(): Waiting<number> | null {
    const at = this.waiting.findIndex(({ key }) => !this.busy.has(key));
    return at < 0 ? null : (this.waiting.splice(at, 1)[0] as Waiting<number>);
  }
}

describe('9.2 values that wait', () => {
  it('start in order of arrival when there are no keys', () => {
    const backlog = new PlainBacklog<number>();
    for (const value of [1, 2, 3]) backlog.push({ value, key: undefined, arrival: value });
    const got = [backlog.start()?.value, backlog.evict().value, backlog.start()?.value, backlog.start()];
    expect([got, backlog.size]).toEqual([[1, 2, 3, null], 0]);
  });

  it('with keys, start in order of arrival among those whose key is free: as a list that is searched', () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c') },
      { weight: 3, arbitrary: fc.constant('start') },
      { weight: 2, arbitrary: fc.constantFrom('free a', 'free b', 'free c') },
      fc.constant('evict'),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
        const busy = new Set<unknown>();
        const backlog = new KeyedBacklog<number>((key) => busy.has(key));
        const model = new Model(busy);
        for (const [value, what] of acts.entries()) {
          if (what === 'start') {
            const entry = backlog.start();
            expect(entry?.value).toBe(model.start()?.value);
            if (entry !== null) {
              busy.add(entry.key);
              backlog.turned(entry.key);
            }
          } else if (what === 'evict') {
            if (backlog.size > 0) expect(backlog.evict().value).toBe(model.waiting.shift()?.value);
          } else if (what.startsWith('free')) {
            const key = what.slice(-1);
            if (busy.delete(key)) backlog.turned(key);
          } else {
            backlog.push({ value, key: what, arrival: value });
            model.waiting.push({ value, key: what, arrival: value });
          }
          backlog.check();
          expect(backlog.size).toBe(model.waiting.length);
        }
      }),
      runs(1000),
    );
  });

  it('leave in the order in which they came, when the oldest are evicted', () => {
    const backlog = new KeyedBacklog<number>(() => false);
    for (let value = 0; value < 1000; value++) {
      backlog.push({ value, key: value % 7, arrival: value });
      if (backlog.size > 2) backlog.evict();
    }
    expect([backlog.start()?.value, backlog.start()?.value, backlog.start()]).toEqual([998, 999, null]);
  });
});
