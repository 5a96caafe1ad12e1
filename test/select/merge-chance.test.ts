import { describe, expect, it } from 'vitest';
import { channel, channelFrom, go, mergeSelect, seedSelect, select } from '../../src/index.ts';
import { check, Record } from '../record.ts';

function full(...values: number[]) {
  const ch = channel<number>(Infinity);
  for (const value of values) ch.trySend(value);
  return ch;
}

describe('3.3 chance is drawn only where there is a choice', () => {
  /** What a fair select chooses, twenty times, when `between` happens before each choice. */
  function choices(between: () => void): string[] {
    const keys: string[] = [];
    seedSelect(7);
    for (let i = 0; i < 20; i++) {
      between();
      select({ a: full(1), b: full(1), c: full(1), d: full(1) }).subscribe(({ key }) => keys.push(key));
    }
    return keys;
  }
  const undisturbed = choices(() => undefined);

  it.each<[string, () => void]>([
    ['a mergeSelect by priority', () => mergeSelect({ a: full(1), b: full(2) }, { order: 'priority' }).tryReceive()],
    ['a mergeSelect with one source that is ready', () => mergeSelect({ a: full(), b: full(2) }).tryReceive()],
    ['a select with one case that is ready', () => select({ a: full(), b: full(2) }).subscribe()],
  ])('not by %s', (_, between) => {
    expect(choices(between)).toEqual(undisturbed);
  });

  it('but by a fair one', () => {
    expect(choices(() => mergeSelect({ a: full(1), b: full(2) }).tryReceive())).not.toEqual(undisturbed);
  });
});

describe('3.8 mergeSelect', () => {
  it('by priority takes from the first listed as long as that is ready, in whichever order they became so', () => {
    const told = new Record();
    const [a, b, c] = [full(), full(3, 3), full(4)];
    const merged = mergeSelect({ a, b, c }, { order: 'priority' });
    for (const arrives of [() => undefined, () => a.trySend(1), () => a.trySend(2), () => undefined, () => undefined]) {
      arrives();
      merged.receive().subscribe(told.by('m'));
      check(merged, a, b, c);
    }
    expect(told.lines).toEqual(['m got b=3', 'm got a=1', 'm got a=2', 'm got b=3', 'm got c=4']);
  });

  it('asks sources that answer only when asked in turn', () => {
    const told = new Record();
    const merged = mergeSelect({ a: channelFrom([1, 2, 3]), b: channelFrom([1, 2, 3]), c: channelFrom([1, 2, 3]) });
    for (let i = 0; i < 9; i++) merged.receive().subscribe(told.by('m'));
    check(merged);
    const [first, second] = [told.lines.slice(0, 3), told.lines.slice(3, 6)];
    expect([first.map((line) => line.at(-1)), second.map((line) => line.at(-1))]).toEqual([
      ['1', '1', '1'],
      ['2', '2', '2'],
    ]);
  });

  it('ends a turn of its own when it is cancelled: coroutines that waited have run by then', () => {
    const told = new Record();
    const merged = mergeSelect({ a: channel() });
    for (const name of ['b', 'c']) {
      go(function* () {
        try {
          yield* merged.receive();
        } catch (error) {
          told.by(name).error(error);
        }
      });
    }
    merged.cancel('enough');
    told.add('cancelled');
    check(merged);
    expect(told.lines).toEqual([
      'b failed with CancelledError(enough)',
      'c failed with CancelledError(enough)',
      'cancelled',
    ]);
  });
});
