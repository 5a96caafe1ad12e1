// The checker is held against histories made by hand; then the state owner is held against the checker.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, type Asked, type Call, explain } from './linearizable.ts';
import { ASKED_BY, History, type Request, STEPS } from './linearizable-history.ts';
import { runs } from '../random.ts';
import { expectEqual, expectIs } from '../quick.ts';

const RUNS = runs(1500, 20_240_607);

const read: Asked = { do: 'read' };
const write = (to: number): Asked => ({ do: 'write', to });
const update = (by: number): Asked => ({ do: 'update', by });
const modify = (to: number): Asked => ({ do: 'modify', to });
const cas = (from: number, to: number): Asked => ({ do: 'compareAndSet', from, to });

/** Calls a, b, c, …: asked at, answered at, what, and what was told. */
function calls(
  ...rows: [since: number, until: number, asked: Asked, told: number | boolean | Exclude<Answer['is'], 'told'>][]
): Call[] {
  return rows.map(([since, until, asked, told], i) => {
    const answer: Answer = typeof told === 'string' ? { is: told } : { is: 'told', value: told };
    return { name: 'abcdefgh'[i]!, asked, since, until, answer };
  });
}

describe('the checker finds the order of', () => {
  const histories: [string, Call[], string][] = [
    ['nothing', calls(), ''],
    ['one after the other', calls([1, 2, write(5), 5], [3, 4, read, 5]), 'ab'],
    ['a read that overlaps a write, and is before it', calls([1, 4, write(5), 5], [2, 3, read, 0]), 'ba'],
    ['a read that overlaps a write, and is after it', calls([1, 4, write(5), 5], [2, 3, read, 5]), 'ab'],
    ['updates at once', calls([1, 6, update(1), 2], [2, 5, update(1), 1], [3, 4, read, 1]), 'bca'],
    ['two that compare and set: one wins', calls([1, 4, cas(0, 1), false], [2, 3, cas(0, 2), true]), 'ba'],
    ['modifies that hand on what they found', calls([1, 6, modify(1), 2], [2, 5, modify(2), 0], [3, 4, read, 0]), 'cba'],
    ['one that was withdrawn, or failed, and did nothing', calls([1, 2, write(5), 'withdrawn'], [3, 4, write(6), 'failed'], [5, 6, read, 0]), 'c'],
    ['one that is open, and has had its effect', calls([1, Infinity, write(5), 'open'], [2, 3, read, 5]), 'ab'],
    ['one that is open, and has not', calls([1, Infinity, write(5), 'open'], [2, 3, read, 0]), 'b'],
    ['one of which nobody was told', calls([1, Infinity, update(5), 'done'], [2, 3, read, 0], [4, 5, read, 5]), 'bac'],
  ]; // prettier-ignore
  it.each(histories)('%s', (_, history, order) => {
    expectIs(explain(history, [0], 'some')?.join(''), order);
  });
});

describe('the checker refuses', () => {
  const histories: [string, Call[]][] = [
    ['a stale read', calls([1, 2, write(5), 5], [3, 4, read, 0])],
    ['a lost update', calls([1, 4, update(1), 1], [2, 3, update(1), 1])],
    ['a lost update, seen later', calls([1, 4, update(1), 1], [2, 3, update(1), 2], [5, 6, read, 1])],
    ['a split read: a new state, and then the old one', calls([1, 6, write(5), 5], [2, 3, read, 5], [4, 5, read, 0])],
    ['writes that were seen in another order', calls([1, 2, write(1), 1], [3, 4, write(2), 2], [5, 6, read, 1])],
    ['two readers that see two writes in two orders', calls([1, 8, write(1), 1], [2, 7, write(2), 2], [3, 4, read, 1], [5, 6, read, 2], [9, 10, read, 1])],
    ['two that compare and set: both win', calls([1, 4, cas(0, 1), true], [2, 3, cas(0, 2), true])],
    ['two that compare and set: none wins', calls([1, 4, cas(0, 1), false], [2, 3, cas(0, 2), false])],
    ['two modifies that found the same', calls([1, 4, modify(1), 0], [2, 3, modify(2), 0])],
    ['an effect of what was withdrawn', calls([1, 2, write(5), 'withdrawn'], [3, 4, read, 5])],
    ['an effect of what failed', calls([1, 2, update(5), 'failed'], [3, 4, update(1), 6])],
    ['an effect before it was asked', calls([1, 2, read, 5], [3, 4, write(5), 5])],
    ['an open one that took effect twice', calls([1, Infinity, update(1), 'open'], [2, 3, read, 2])],
    ['one that was told, and never had its effect', calls([1, Infinity, update(1), 'done'], [2, 3, cas(0, 0), true], [4, 5, read, 7])],
    ['a state out of nowhere', calls([1, 2, read, 9])],
  ]; // prettier-ignore
  it.each(histories)('%s', (_, history) => {
    expectIs(explain(history, [0], 'some'), null);
  });

  it.each([
    ['a state that was shown, and made by nobody', [0, 1, 7]],
    ['a change that was not shown', [0]],
    ['changes that were shown in another order', [0, 2, 1]],
    ['a state that was shown twice', [0, 1, 1, 2]],
  ] as [string, [number, ...number[]]][])('%s', (_, states) => {
    const history = calls([1, 4, write(1), 1], [2, 3, update(1), 2]);
    expectEqual(explain(history, [0, 1, 2]), ['a', 'b']);
    expectIs(explain(history, states), null);
  });

  it('without trying the same in vain again', () => {
    // 2^16 subsets are many; 16! orders would be for ever.
    const many = Array.from({ length: 12 }, (__, i): Call[] => calls([i, 100 + i, update(1), i + 1])).flat();
    const named = many.map((call, i) => ({ ...call, name: `n${i}` }));
    expectIs(explain([...named, { ...named[0]!, name: 'late', since: 200, until: 201, answer: { is: 'told', value: 99 } }], [0], 'some'), null); // prettier-ignore
  });
});

const value = fc.nat(3);
const asked: fc.Arbitrary<Asked> = fc.oneof(
  fc.constant(read),
  value.map(write),
  fc.integer({ min: 1, max: 2 }).map(update),
  value.map(modify),
  fc.record({ do: fc.constant('compareAndSet' as const), from: value, to: value }),
);
const requested: fc.Arbitrary<Request> = fc.record({
  asked,
  by: fc.constantFrom(...ASKED_BY),
  step: fc.constantFrom(...STEPS),
  at: fc.nat(12),
  takes: fc.nat(4),
  leaves: fc.option(fc.nat(20), { nil: null, freq: 2 }),
});

describe('7.1 whatever is asked at once, of whatever form', () => {
  const options = fc.record({
    capacity: fc.constantFrom(Infinity, 0, 2),
    ends: fc.option(fc.record({ how: fc.constantFrom('complete' as const, 'cancel' as const), at: fc.nat(20) }), {
      nil: null,
      freq: 2,
    }),
  });
  it('has one order, that explains every answer and every state that was told', () => {
    let overlapping = 0;
    fc.assert(
      fc.property(fc.array(requested, { minLength: 2, maxLength: 14 }), options, (requests, option) => {
        const history = new History(requests, option);
        const { calls: all, states } = history;
        if (explain(all, states) === null) throw new Error(history.toString());
        expectIs(states.at(-1), history.value);
        overlapping += all.filter((a) => all.some((b) => b.since > a.since && b.since < a.until)).length;
      }),
      RUNS,
    );
    // It is not easy: most had company.
    expect(overlapping).toBeGreaterThan(RUNS.numRuns);
  });
});
