import { describe, expect, it } from 'vitest';
import {
  channel,
  type Coroutine,
  gather,
  go,
  type Operation,
  poll,
  select,
  singleFlight,
  sleep,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

/** Loads for 10 ms, cleans up for 5, and tells of both. */
function slow(told: Record) {
  let loads = 0;
  return singleFlight(function* (key: string, { signal }) {
    const n = ++loads;
    told.add(`load ${n} of ${key} begins`);
    signal.addEventListener('abort', () => told.add(`load ${n} aborts`));
    let done = false;
    try {
      yield* sleep(10);
      done = true;
      return `${key}${n}`;
    } finally {
      if (!done) {
        yield* sleep(5);
        told.add(`load ${n} is gone at ${frame()}`);
      }
    }
  });
}

describe('singleFlight', () => {
  it.each(FORMS)('4.11 loads once for all who ask while it runs, and keeps nothing: $form', ({ perform }) => {
    virtual(() => {
      const told = new Record();
      const load = slow(told);
      perform(load('a'), told.by('first'));
      perform(load('b'), told.by('other'));
      at(5, () => perform(load('a'), told.by('second')));
      at(11, () => perform(load('a'), told.by('third')));
      at(30, () =>
        expect(told.lines).toEqual([
          'load 1 of a begins',
          'load 2 of b begins',
          'first got a1',
          'second got a1',
          'other got b2',
          'load 3 of a begins',
          'third got a3',
        ]),
      );
    });
  });

  it.each(FORMS)('4.11 a load that fails fails all who wait, and the next asks anew: $form', ({ perform }) => {
    virtual(() => {
      const told = new Record();
      let loads = 0;
      const load = singleFlight(function* (key: number) {
        yield* sleep(1);
        if (++loads === 1) throw new Error('boom');
        return key;
      });
      for (const name of ['a', 'b']) perform(load(1), told.by(name));
      at(2, () => perform(load(1), told.by('c')));
      at(9, () => expect(told.lines).toEqual(['a failed with boom', 'b failed with boom', 'c got 1']));
    });
  });

  it('4.11 one that leaves disturbs nobody; with the last it is cancelled, and who comes meanwhile starts a new one', () => {
    virtual(() => {
      const told = new Record();
      const load = slow(told);
      const first = load('a').subscribe(told.by('first'));
      const second = go(load('a'));
      at(1, () => first.unsubscribe());
      at(2, () => {
        expect(told.take()).toEqual(['load 1 of a begins']);
        // A task is a coroutine: it waits for the clean-up.
        second.cancel().subscribe(() => told.add(`second is gone at ${frame()}`));
        expect(told.take()).toEqual(['load 1 aborts']);
        load('a').subscribe(told.by('third'));
        expect(told.take()).toEqual(['load 2 of a begins']);
      });
      at(30, () => expect(told.lines).toEqual(['load 1 is gone at 7', 'second is gone at 7', 'third got a2']));
    });
  });

  it.each<[string, () => Coroutine<number> | Operation<number> | PromiseLike<number>]>([
    ['a promise', () => Promise.resolve(7)],
    ['an operation', () => sleep(0).map(() => 7)],
    [
      'a coroutine',
      function* () {
        yield* sleep(0);
        return 7;
      },
    ],
  ])('takes %s', async (_, load) => {
    expect(await singleFlight(load)('k').promise()).toBe(7);
  });

  it('that is done at once tells at once, and is not joined', () => {
    let loads = 0;
    const load = singleFlight(function* () {
      return ++loads;
    });
    expect([poll(load('k')), poll(load('k'))]).toEqual([
      { ok: true, value: 1 },
      { ok: true, value: 2 },
    ]);
  });

  it('polled, joins nothing that runs, and leaves no load behind', () => {
    virtual(() => {
      const told = new Record();
      const load = slow(told);
      load('a').subscribe(told.by('first'));
      expect(poll(load('a'))).toEqual({ ok: false, closed: false });
      expect(poll(load('b'))).toEqual({ ok: false, closed: false });
      at(30, () =>
        expect(told.lines).toEqual([
          'load 1 of a begins',
          'load 2 of b begins',
          'load 2 aborts',
          'load 2 is gone at 5',
          'first got a1',
        ]),
      );
    });
  });

  it('4.11 compares keys as a Map does', () => {
    virtual(() => {
      const told = new Record();
      const load = singleFlight(function* (key: unknown) {
        told.add(String(key));
        yield* sleep(1);
      });
      for (const key of [NaN, NaN, 0, -0, undefined, undefined, '0']) load(key).subscribe();
      expect(told.lines).toEqual(['NaN', '0', 'undefined', '0']);
    });
  });

  it('is a case of select, and of gather', () => {
    virtual(() => {
      const told = new Record();
      const load = slow(told);
      select({ load: load('a'), late: sleep(5) }).subscribe(told.by('select'));
      gather([load('a'), load('a')]).subscribe(told.by('gather'));
      at(30, () =>
        expect(told.lines).toEqual(['load 1 of a begins', 'select got late=undefined', 'gather got ["a1","a1"]']),
      );
    });
  });

  it('tells 100 000 who wait, without deep stacks', () => {
    const gate = channel<number>();
    const load = singleFlight(() => gate.receive());
    let told = 0;
    for (let i = 0; i < 100_000; i++) load('k').subscribe(() => told++);
    gate.trySend(1);
    expect(told).toBe(100_000);
  });

  it('says who waits for it', () => {
    virtual(() => {
      const task = go(slow(new Record())('a'));
      expect(String(task)).toMatch(/waiting: the load of singleFlight#\d+$/);
      task.cancel();
    });
  });

  it('reports a clean-up that fails when nobody waits for it', () => {
    const oops = new Error('oops');
    expect(
      reportsOf(() => {
        const load = singleFlight(function* () {
          try {
            yield* sleep(10);
          } finally {
            yield* sleep(1).map(() => {
              throw oops;
            });
          }
        });
        load('k').subscribe().unsubscribe();
      }),
    ).toEqual([oops]);
  });

  it.each([null, undefined, 5, {}])('refuses a load that is no function: %s', (load) => {
    expect(() => singleFlight(load as never)).toThrow(/^singleFlight: load must be a function; got/);
  });
});
