import fc from 'fast-check';
import { of, Subject, takeUntil } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  channelFrom,
  go,
  groupWithin,
  mergeSelect,
  poll,
  queue,
  type ReceiveChannel,
  select,
  sleep,
  trySelect,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { runs } from '../random.ts';
import { at, frame, virtual } from '../virtual.ts';

it.each<[string, (batches: ReceiveChannel<number[]>) => unknown, unknown]>([
  ['tryReceive', (batches) => batches.tryReceive(), { ok: false, closed: false }],
  ['poll of many', (batches) => poll(batches.receiveMany(2)), { ok: false, closed: false }],
  ['trySelect', (batches) => trySelect({ batches }), undefined],
  [
    'a deadline of 0',
    (batches) => {
      const told = new Record();
      batches.receive().withTimeout(0).subscribe(told.by('it'));
      return told.lines;
    },
    ['it failed with TimeoutError'],
  ],
])('1.11 %s that finds no batch leaves no trace: those who wait to send go on waiting', (_, attempt, found) => {
  const told = new Record();
  const ch = channel<number>(1);
  const batches = groupWithin(ch, 3, Infinity);
  for (const n of [1, 2]) ch.send(n).subscribe({ complete: () => told.add(`sent ${n}`) });
  expect([attempt(batches), told.take(), ch.size]).toEqual([found, ['sent 1'], 1]);
  ch.send(3).subscribe();
  expect([poll(batches.receive()), told.take()]).toEqual([{ ok: true, value: [1, 2, 3] }, ['sent 2']]);
});

describe('groupWithin', () => {
  it.each(FORMS)('a batch is full, or its first value has waited long enough: $form', ({ perform }) => {
    virtual(() => {
      const told = new Record();
      const ch = channel<number>(Infinity);
      const batches = groupWithin(ch, 3, 5);
      for (let i = 0; i < 3; i++)
        perform(
          batches.receive().map((batch) => `${batch.join()} at ${frame()}`),
          told.by(`${i}`),
        );
      for (const [n, ms] of [1, 1, 1, 4, 12].entries()) {
        at(ms, () => {
          ch.trySend(n);
          check(ch, batches);
        });
      }
      at(30, () => {
        check(ch, batches);
        expect(told.lines).toEqual(['0 got 0,1,2 at 1', '1 got 3 at 9', '2 got 4 at 17']);
      });
    });
  });

  it('2.20 takes nothing before it is asked, and no more than asked for', () => {
    virtual(() => {
      const told = new Record();
      const ch = channel<number>(9);
      for (let n = 0; n < 7; n++) ch.trySend(n);
      const batches = groupWithin(ch, 3, 5);
      expect(ch.size).toBe(7);
      batches.receive().subscribe(told.by('receiver'));
      check(ch, batches);
      expect([told.take(), ch.size]).toEqual([['receiver got [0,1,2]'], 4]);
      expect(poll(batches.receive())).toEqual({ ok: true, value: [3, 4, 5] });
      // Not full, and no time has passed: what polls leaves no trace.
      expect([poll(batches.receive()), ch.size]).toEqual([{ ok: false, closed: false }, 1]);
      check(ch, batches);
    });
  });

  it.each(FORMS)(
    '2.20 withdrawn, gives back what it had collected, in order, to those who wait there: $form',
    ({ perform }) => {
      virtual(() => {
        const told = new Record();
        const ch = channel<number>();
        const leave = perform(groupWithin(ch, 5, 100).receive(), told.by('batch'));
        for (const n of [1, 2, 3]) expect(ch.trySend(n)).toBe(true);
        ch.receive().subscribe(told.by('other'));
        check(ch);
        leave();
        check(ch);
        expect([told.take(), poll(ch.receiveMany(9))]).toEqual([['other got 1'], { ok: true, value: [2, 3] }]);
      });
    },
  );

  it('2.20 withdrawn as a case of a select that chose another, gives it back when the select has left', () => {
    virtual(() => {
      const told = new Record();
      const ch = channel<number>();
      const batches = groupWithin(ch, 5, 100);
      select({ batch: batches, late: sleep(10) }).subscribe(told.by('select'));
      at(1, () => {
        expect(ch.trySend(1)).toBe(true);
        check(ch, batches);
      });
      at(11, () => {
        check(ch, batches);
        expect([told.lines, ch.tryReceive()]).toEqual([['select got late=undefined'], { ok: true, value: 1 }]);
      });
    });
  });

  it('2.20 cancelled, gives back what it had collected, and leaves its source alone', () => {
    virtual(() => {
      const told = new Record();
      const ch = channel<number>();
      const batches = groupWithin(ch, 5, 100);
      batches.subscribe(told.all('subscriber'));
      batches.whenEnded().subscribe(told.by('end'));
      for (const n of [1, 2]) ch.trySend(n);
      expect([batches.cancel('enough'), batches.cancel()]).toEqual([true, false]);
      check(ch, batches);
      expect(told.take()).toEqual(['subscriber failed with CancelledError(enough)', 'end got undefined']);
      expect([poll(ch.receiveMany(9)), ch.trySend(3)]).toEqual([{ ok: true, value: [1, 2] }, false]);
      expect(poll(batches.receive())).toEqual({ ok: false, closed: true });
    });
  });

  it.each([undefined, new Error('why')])(
    '2.20 ends as its source does, after the batch that was begun: %s',
    (cause) => {
      virtual(() => {
        const told = new Record();
        const ch = channel<number>();
        const batches = groupWithin(ch, 5, 100);
        batches.subscribe(told.all('subscriber'));
        ch.trySend(1);
        ch.close(...(cause === undefined ? [] : [cause]));
        check(ch, batches);
        const end = cause === undefined ? 'subscriber completed' : 'subscriber failed with why';
        expect(told.take()).toEqual(['subscriber got [1]', end]);
        batches.whenEnded().subscribe(told.by('end'));
        expect(told.take()).toEqual(['end got undefined']);
      });
    },
  );

  it('tells those who wait for the end though nobody waits for a batch; one that leaves is not told', () => {
    const told = new Record();
    const ch = channel<number>(2);
    const batches = groupWithin(ch, 5, 100);
    const leaver = batches.whenEnded().subscribe(told.by('leaver'));
    batches.whenEnded().subscribe(told.by('end'));
    leaver.unsubscribe();
    ch.trySend(1);
    ch.close();
    expect(told.take()).toEqual([]);
    ch.tryReceive();
    check(ch, batches);
    expect(told.take()).toEqual(['end got undefined']);
  });

  it('2.20 counts the time from the first value of each batch, and begins the next for who waits already', () => {
    virtual(() => {
      const told = new Record();
      const ch = channel<number>(Infinity);
      groupWithin(ch, 9, 10).subscribe((batch) => told.add(`${batch.join()} at ${frame()}`));
      for (const ms of [0, 9, 12, 21, 23]) at(ms, () => ch.trySend(ms));
      at(60, () => expect(told.lines).toEqual(['0,9 at 10', '12,21 at 22', '23 at 33']));
    });
  });

  it('is shown, and so is who waits for it', () => {
    virtual(() => {
      const ch = channel<number>({ name: 'rows' });
      const batches = groupWithin(ch, 3, 5);
      const task = go(function* () {
        yield* batches.receive();
      });
      ch.trySend(1);
      expect(title(batches)).toMatch(/^groupWithin#\d+ of rows \(1\/3\)$/);
      expect(title(task)).toMatch(/waiting: receive on groupWithin#\d+$/);
      task.cancel();
    });
  });

  it('leaves no timer behind', () => {
    const last = virtual(() => {
      const ch = channel<number>(9);
      const batches = groupWithin(ch, 2, 1000);
      const waiting = batches.receive().subscribe();
      ch.trySend(1);
      waiting.unsubscribe();
      batches.receive().subscribe();
      ch.trySend(2);
      check(ch, batches);
    });
    expect(last).toBe(0);
  });

  it('with ms 0 takes what is there, at the next turn of the clock; with Infinity only full batches, and the last', () => {
    virtual(() => {
      const told = new Record();
      const [ch, other] = [channel<number>(9), channel<number>(9)];
      groupWithin(ch, Infinity, 0).subscribe((batch) => told.add(batch.join()));
      groupWithin(other, 2, Infinity).subscribe((batch) => told.add(batch.join()));
      for (const n of [1, 2, 3]) for (const one of [ch, other]) one.trySend(n);
      expect(told.take()).toEqual(['1,2']);
      at(1, () => {
        expect(told.take()).toEqual(['1,2,3']);
        other.close();
        expect(told.take()).toEqual(['3']);
      });
    });
  });

  it('batches what is pulled only when it is asked for: an iterable, a merge, a queue', () => {
    const [a, b, jobs] = [channel<number>(4), channel<number>(4), queue<number>({ order: 'lifo' })];
    for (const n of [1, 2, 3]) for (const one of [a, b, jobs]) one.trySend(n);
    const drain = (source: ReceiveChannel<unknown>) => poll(groupWithin(source, 3, 9).receive());
    expect(drain(channelFrom([1, 2, 3, 4]))).toEqual({ ok: true, value: [1, 2, 3] });
    expect(drain(jobs)).toEqual({ ok: true, value: [3, 2, 1] });
    expect(drain(mergeSelect({ a, b }, { order: 'priority' }))).toMatchObject({ ok: true, value: [{}, {}, {}] });
    expect(jobs.unfinished).toBe(3);
  });

  it('gives back what it had collected when a sender, in the middle of that, lets all go who wait', () => {
    const told = new Record();
    const ch = channel<number>(1);
    const stop = new Subject<void>();
    ch.trySend(1);
    ch.send(2).subscribe(() => stop.next());
    const batches = groupWithin(ch, 2, 9);
    batches.pipe(takeUntil(stop)).subscribe(told.by('batch'));
    check(ch, batches);
    expect([told.lines, poll(ch.receiveMany(9))]).toEqual([[], { ok: true, value: [1, 2] }]);
  });

  it.each([
    [0, 5, RangeError, /^groupWithin: max must be an integer >= 1, or Infinity; got 0/],
    [1.5, 5, RangeError, /max/],
    ['3', 5, RangeError, /max/],
    [3, -1, RangeError, /^groupWithin: ms must be a number of ms >= 0; got -1/],
    [3, NaN, RangeError, /ms/],
    [3, '5', RangeError, /ms/],
  ])('refuses max %s with ms %s', (max, ms, Wrong, message) => {
    const make = () => groupWithin(channel(), max as number, ms as number);
    expect(make).toThrow(Wrong);
    expect(make).toThrow(message);
  });

  it.each([of(1), [1], null, undefined, 5])('2.20 refuses a source that cannot take values back: %s', (source) => {
    expect(() => groupWithin(source as never, 1, 1)).toThrow(TypeError);
  });

  it('is a program of plain rules, whatever happens: nothing is lost or doubled, and order holds', () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant('send' as const), n: fc.nat(3) }),
      fc.record({
        does: fc.constantFrom('receive' as const, 'leave' as const, 'own' as const, 'wait' as const),
        n: fc.nat(9),
      }),
    );
    const setup = fc.record({ capacity: fc.constantFrom(0, 1, 5, Infinity), max: fc.nat(3), ms: fc.nat(6) });
    fc.assert(
      fc.property(setup, fc.array(step, { maxLength: 40 }), ({ capacity, max, ms }, steps) => {
        virtual(() => {
          const ch = channel<number>(capacity);
          const batches = groupWithin(ch, max + 1, ms);
          const got: number[] = [];
          const waiting: (() => void)[] = [];
          let sent = 0;
          let time = 0;
          const all = () => check(ch, batches);
          for (const { does, n } of steps) {
            if (does === 'wait') time += n;
            at(time, () => {
              if (does === 'send') for (let i = 0; i <= n; i++) ch.send(sent++).subscribe();
              if (does === 'receive') {
                const receiving = batches.receive().subscribe((batch) => {
                  expect(batch.length >= 1 && batch.length <= max + 1).toBe(true);
                  got.push(...batch);
                });
                waiting.push(() => receiving.unsubscribe());
              }
              if (does === 'leave') waiting.splice(n % Math.max(1, waiting.length), 1)[0]?.();
              if (does === 'own') ch.receive().subscribe((one) => got.push(one));
              all();
            });
          }
          at(time + 20, () => {
            for (const leave of waiting) leave();
            all();
            for (let next = ch.tryReceive(); next.ok; next = ch.tryReceive()) got.push(next.value);
            expect([...got].sort((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, n) => n));
          });
        });
      }),
      runs(300),
    );
  });
});
