import { describe, expect, it } from 'vitest';
import { channel, type Coroutine, go, type Mutex, mutex, queue, select, sleep } from '../../src/index.ts';
import { inspect } from '../../src/inspect/index.ts';
import type { Inspector, Snapshot } from '../../src/inspect/inspector.ts';
import { at, virtual } from '../virtual.ts';

/** The snapshot, and from how many slices it was made. */
function surveyed(inspector: Inspector, between: () => void = () => undefined): [Snapshot, slices: number] {
  const survey = inspector.survey!();
  for (let slices = 1; ; slices++) {
    const { done, value } = survey.next();
    if (done === true) return [value, slices];
    between();
  }
}

describe('a survey', () => {
  it('says what a snapshot says, where nothing happens meanwhile', () => {
    virtual(() => {
      const inspector = inspect();
      const [orders, jobs] = [channel<number>({ name: 'orders' }), queue<number>({ name: 'jobs' })];
      for (let i = 0; i < 100; i++) go(() => orders.receive(), { name: `reader ${i}` });
      go(() => select({ orders, jobs }), { name: 'either' });
      const clerk = function* (first: Mutex, second: Mutex): Coroutine<void> {
        yield* first.withLock(function* () {
          yield* sleep(1);
          yield* second.withLock(function* () {
            yield* sleep(1);
          });
        });
      };
      const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
      go(() => clerk(a, b), { name: 'Ida' });
      go(() => clerk(b, a), { name: 'Joe' });
      at(5, () => {
        const [snapshot, slices] = surveyed(inspector);
        expect(snapshot).toEqual(inspector.snapshot());
        expect([snapshot.cycles.length, slices]).toEqual([1, 2]);
        inspector.stop();
      });
    });
  });

  it('passes over what ends meanwhile, and does not run after what begins', () => {
    virtual(() => {
      using inspector = inspect();
      const orders = channel<number>({ name: 'orders' });
      const readers = Array.from({ length: 200 }, (_, i) => go(() => orders.receive(), { name: `reader ${i}` }));
      const [{ tasks }, slices] = surveyed(inspector, () => {
        readers.pop()?.cancel();
        for (let i = 0; i < 100; i++) go(() => orders.receive(), { name: 'late' });
      });
      expect([tasks.length, slices, tasks.some(({ name }) => name === 'late')]).toEqual([197, 4, false]);
    });
  });

  it('is of nothing once the inspector has stopped', () => {
    const inspector = inspect();
    inspector.stop();
    expect(surveyed(inspector)).toEqual([{ tasks: [], places: [], cycles: [] }, 1]);
  });
});
