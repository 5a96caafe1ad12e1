import { concat, NEVER, Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Starting } from '../../src/core/operation.ts';
import type { Waiter } from '../../src/core/waiter.ts';
import { channel, coroutine, deferred, go, type Operation, poll, select, sleep, until } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { reportsOf, virtual } from '../virtual.ts';

const NOTHING = { ok: false, closed: false };
const CLOSED = { ok: false, closed: true };

describe('1.11 poll', () => {
  it('gives what is ready', () => {
    const ch = channel<number>(1);
    expect(poll(ch.send(1))).toEqual({ ok: true, value: undefined });
    expect(poll(ch.receive())).toEqual({ ok: true, value: 1 });
    expect(poll(until(of(2)))).toEqual({ ok: true, value: 2 });
    expect(poll(ch.receive().map(String).withTimeout(5))).toEqual(NOTHING);
    check(ch);
  });

  it('of what is not ready finds nothing and leaves no trace', () => {
    const ch = channel<number>();
    const future = deferred<number>();
    let unsubscribed = 0;
    const silent = new Observable<never>(() => () => {
      unsubscribed++;
    });
    const last = virtual(() => {
      expect(poll(ch.receive())).toEqual(NOTHING);
      expect(poll(ch.send(1))).toEqual(NOTHING);
      expect(poll(sleep(0))).toEqual(NOTHING);
      expect(poll(sleep(9).withTimeout(9))).toEqual(NOTHING);
      expect(poll(future)).toEqual(NOTHING);
      expect(poll(until(silent))).toEqual(NOTHING);
      expect(poll(select({ ch, silent }))).toEqual(NOTHING);
    });
    check(ch, future);
    expect([ch.receivers.first, ch.senders.first, unsubscribed, last]).toEqual([null, null, 2, 0]);
  });

  it('of a future is no care for its failure, which is reported', () => {
    const future = deferred<number>();
    const reported = reportsOf(() => {
      poll(future);
      future.reject('no');
    });
    expect(reported).toEqual(['no']);
  });

  it('reports nothing of a send that it starts, and withdraws', () => {
    const undelivered: number[] = [];
    const ch = channel<number>({ capacity: 0, onUndelivered: (value) => undelivered.push(value) });
    expect([poll(new Started(ch.send(1))), undelivered, ch.senders.first]).toEqual([NOTHING, [], null]);
  });

  it('starts what was mapped, too', () => {
    expect(poll(until(of(2)).map((n) => n * 10))).toEqual({ ok: true, value: 20 });
  });

  it('tells the other party', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.send(1).subscribe(told.by('send'));
    told.add(JSON.stringify(poll(ch.receive())));
    ch.receive().subscribe(told.by('receive'));
    told.add(JSON.stringify(poll(ch.send(2))));
    check(ch);
    expect(told.lines).toEqual(['send got undefined', '{"ok":true,"value":1}', 'receive got 2', '{"ok":true}']);
  });

  it.each<[string, unknown]>([
    ['no cause', undefined],
    ['a cause', new Error('cause')],
    ['null as its cause', null],
  ])('of an operation that has ended with %s finds it closed', (_, cause) => {
    const ch = channel<number>();
    ch.close(cause);
    const polled = [ch.receive(), ch.send(1), ch.receive().map(String), ch.receive().withTimeout(5)].map((op) =>
      poll<unknown>(op),
    );
    expect(polled).toEqual([CLOSED, CLOSED, CLOSED, CLOSED]);
  });

  it('of a cancelled channel finds it closed', () => {
    const ch = channel<number>();
    ch.cancel();
    expect([poll(ch.receive()), poll(ch.send(1)), poll(ch.receiveResult())]).toEqual([CLOSED, CLOSED, CLOSED]);
  });

  it('of a receiveResult gives a clean end as the value, and nothing before', () => {
    const ch = channel<number>();
    expect(poll(ch.receiveResult())).toEqual(NOTHING);
    ch.close();
    expect(poll(ch.receiveResult())).toEqual({ ok: true, value: CLOSED });
  });

  it('of a value that ended the channel with it gives the value', () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    ch.close();
    expect([poll(ch.receive()), poll(ch.receive())]).toEqual([{ ok: true, value: 1 }, CLOSED]);
  });

  it('throws what an operation fails with that has not ended', () => {
    const full = channel<number>({ capacity: 1, overflow: 'fail', name: 'full' });
    full.trySend(1);
    const rejected = deferred<number>();
    rejected.reject(new Error('rejected'));
    expect(() => poll(full.send(2))).toThrow('full is full');
    expect(() => poll(rejected)).toThrow('rejected');
    expect(() => poll(until(throwError(() => new Error('thrown'))))).toThrow('thrown');
    expect(() => poll(sleep(1).withTimeout(0))).toThrow('Timeout');
  });

  it('of a coroutine runs it as far as it goes, and cancels it where it waits', () => {
    const told = new Record();
    const body = coroutine(function* () {
      try {
        told.add('begun');
        yield* sleep(100);
      } finally {
        told.add('cancelled');
      }
    });
    expect(poll(body)).toEqual(NOTHING);
    expect(told.lines).toEqual(['begun', 'cancelled']);
  });

  it('of an observable takes only what comes synchronously', () => {
    expect([poll(until(concat(of(1), NEVER))), poll(until(NEVER))]).toEqual([{ ok: true, value: 1 }, NOTHING]);
  });

  it('finds the same however often coroutines have run before', () => {
    const ch = channel<number>(Infinity);
    const ready = coroutine(function* () {
      let sum = 0;
      for (let i = 0; i < 5; i++) {
        yield* ch.send(1);
        sum += yield* ch.receive();
      }
      return sum;
    });
    const found: unknown[] = [];
    virtual(() => {
      go(function* () {
        for (let i = 0; i < 40; i++) yield* ch.send(i);
        for (let i = 0; i < 40; i++) yield* ch.receive();
        yield* sleep(1000);
      });
      sleep(500).subscribe(() => {
        for (let i = 0; i < 20; i++) found.push(poll(ready));
      });
    });
    expect(found).toEqual(Array.from({ length: 20 }, () => ({ ok: true, value: 5 })));
  });
});

/** Tells nobody whether it is ready: it has to be started. */
class Started<T> extends Starting<T> {
  readonly #operation: Operation<T>;

  constructor(operation: Operation<T>) {
    super();
    this.#operation = operation;
  }
  park(waiter: Waiter): void {
    this.#operation.park(waiter);
  }
}
