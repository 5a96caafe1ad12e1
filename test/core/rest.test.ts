import { describe, expect, it } from 'vitest';
import { Line } from '../../src/base/line.ts';
import { Failure } from '../../src/core/outcome.ts';
import { CleanUp as OwnCleanUp, Remains } from '../../src/core/clean-up.ts';
import { cleanUpOf, detain, joinRests } from '../../src/core/rest.ts';
import { type Place, type Rest, settleAll, settleLine, tellAll, type Waiter, withdraw } from '../../src/core/waiter.ts';
import { check, Record, show, title } from '../record.ts';
import { reportsOf } from '../virtual.ts';

/** Clean-up that ends when it is told to. */
class CleanUp extends Line<Waiter> implements Rest {
  park(waiter: Waiter): void {
    this.append(waiter);
  }
  detain(waiter: Waiter, rests: readonly Rest[]): void {
    detain(waiter, rests);
  }
  end(parcel?: unknown): void {
    settleAll(this, parcel);
  }
}

class Person implements Waiter {
  place: Place | null = null;
  before: Waiter | null = null;
  after: Waiter | null = null;
  request: unknown = undefined;
  parcel: unknown = undefined;
  readonly quiet = false;
  readonly asleep = false;
  readonly #told: Record;

  constructor(told: Record) {
    this.#told = told;
  }
  linger(): void {
    // It minds nothing.
  }
  settle(parcel: unknown): void {
    this.parcel = parcel;
    this.#told.add(`settled ${parcel instanceof Failure ? show(parcel.error) : show(parcel)}`);
  }
  tell(): void {
    this.#told.add('told');
  }
}

describe('several rests, joined,', () => {
  it('are none when there is nothing to wait for', () => {
    expect([joinRests([]), joinRests([null, null])]).toEqual([null, null]);
  });

  it('are the one that there is', () => {
    const cleanUp = new CleanUp();
    expect(joinRests([null, cleanUp, null])).toBe(cleanUp);
  });

  it('end when all have ended, in whatever order, and tell once', () => {
    const told = new Record();
    const [a, b, c] = [new CleanUp(), new CleanUp(), new CleanUp()];
    const person = new Person(told);
    joinRests([a, b, null, c])!.park(person);
    for (const cleanUp of [b, c]) {
      cleanUp.end();
      check(a, b, c);
      expect(told.lines).toEqual([]);
    }
    expect(person.place).not.toBeNull();
    a.end();
    expect(told.lines).toEqual(['settled undefined', 'told']);
    expect(person.place).toBeNull();
  });

  it('fail with the first failure among them, when all have ended', () => {
    const told = new Record();
    const [a, b, c] = [new CleanUp(), new CleanUp(), new CleanUp()];
    joinRests([a, b, c])!.park(new Person(told));
    c.end(new Failure('first'));
    a.end(new Failure('second'));
    expect(told.lines).toEqual([]);
    b.end();
    expect(told.lines).toEqual(['settled first', 'told']);
  });

  it('are clean-up alone for one who wants no lock again, however they were joined', () => {
    const lock = { park: (): void => undefined, detain, join: joinRests };
    const [a, b] = [new CleanUp(), new CleanUp()];
    expect([cleanUpOf(null), cleanUpOf(lock), cleanUpOf(a)]).toEqual([null, null, a]);
    expect([joinRests([a, lock]), joinRests([lock, a])].map(cleanUpOf)).toEqual([a, a]);
    expect(cleanUpOf(joinRests([lock, { ...lock }]))).toBeNull();
    expect(cleanUpOf(joinRests([joinRests([a, lock]), b]))?.parts).toEqual([a, b]);
  });

  it('are one each, also where several were joined before', () => {
    const [a, b, c] = [new CleanUp(), new CleanUp(), new CleanUp()];
    expect(joinRests([joinRests([a, b]), c, joinRests([b, c])])?.parts).toEqual([a, b, c]);
  });

  it('let one go who waits for them: nobody stands anywhere then', () => {
    const told = new Record();
    const [a, b] = [new CleanUp(), new CleanUp()];
    const person = new Person(told);
    joinRests([a, b])!.park(person);
    expect(withdraw(person)).toBeNull();
    check(a, b);
    expect([a.first, b.first, person.place]).toEqual([null, null, null]);
    a.end();
    b.end();
    expect(told.lines).toEqual([]);
  });

  it('tell once where several end in one step', () => {
    const told = new Record();
    const [a, b] = [new CleanUp(), new CleanUp()];
    joinRests([a, b])!.park(new Person(told));
    const settled: Waiter[] = [];
    settleLine(a, undefined, settled);
    settleLine(b, undefined, settled);
    tellAll(settled);
    expect(told.lines).toEqual(['settled undefined', 'told']);
  });

  it('count once where several are one', () => {
    const told = new Record();
    const [a, b] = [new CleanUp(), new CleanUp()];
    expect(joinRests([a, null, a])).toBe(a);
    joinRests([a, b, a])!.park(new Person(told));
    expect(a.count()).toBe(1);
    a.end();
    b.end();
    expect(told.lines).toEqual(['settled undefined', 'told']);
  });

  it('say how many are still to end', () => {
    const [a, b] = [new CleanUp(), new CleanUp()];
    const person = new Person(new Record());
    joinRests([a, b])!.park(person);
    expect(title(person.place!)).toBe('the end of 2');
    a.end();
    expect(title(person.place!)).toBe('the end of 1');
  });
});

describe('the clean-ups of many that come and go', () => {
  const many = (): { remains: Remains; told: Record } => ({
    remains: new Remains({ name: 'many' }),
    told: new Record(),
  });

  it('are over when none is left, and serve then at once', () => {
    const { remains, told } = many();
    const [a, b] = [new CleanUp(), new CleanUp()];
    remains.add(null);
    expect(remains.isOver).toBe(true);
    remains.park(new Person(told));
    expect(told.take()).toEqual(['settled undefined', 'told']);
    remains.add(a);
    remains.add(b);
    remains.park(new Person(told));
    a.end();
    expect([remains.isOver, told.take()]).toEqual([false, []]);
    b.end();
    expect([remains.isOver, told.take()]).toEqual([true, ['settled undefined', 'told']]);
    expect(title(remains)).toBe('the clean-up of many');
  });

  it('go on where new ones come, also after they were over', () => {
    const { remains, told } = many();
    const [a, b, c] = [new CleanUp(), new CleanUp(), new CleanUp()];
    remains.add(a);
    remains.park(new Person(told));
    remains.add(b);
    a.end();
    expect(told.lines).toEqual([]);
    b.end();
    expect(told.take()).toEqual(['settled undefined', 'told']);
    remains.add(c);
    remains.park(new Person(told));
    expect(told.lines).toEqual([]);
    c.end();
    expect(told.lines).toEqual(['settled undefined', 'told']);
  });

  it('fail with the first failure for those who wait; others, and those for nobody, are reported', () => {
    const { remains, told } = many();
    const reports = reportsOf(() => {
      const [a, b, c, d] = [new CleanUp(), new CleanUp(), new CleanUp(), new CleanUp()];
      for (const one of [a, b, c, d]) remains.add(one);
      a.end(new Failure('nobody waits'));
      remains.park(new Person(told));
      b.end(new Failure('first'));
      c.end(new Failure('second'));
      d.end();
      remains.park(new Person(told));
    });
    expect(told.lines).toEqual(['settled first', 'told', 'settled undefined', 'told']);
    expect(reports).toEqual(['nobody waits', 'second']);
  });
});

describe('a clean-up that has ended', () => {
  it('serves who comes too late at once', () => {
    const told = new Record();
    const cleanUp = new OwnCleanUp({ name: 'x' });
    expect(cleanUp.isOver).toBe(false);
    cleanUp.park(new Person(told));
    cleanUp.end(new Failure('no'));
    cleanUp.park(new Person(told));
    expect([cleanUp.isOver, told.lines]).toEqual([true, ['settled no', 'told', 'settled undefined', 'told']]);
  });
});
