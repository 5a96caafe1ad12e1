// close, cancel, and what receivers and senders find at the end: 2.5 to 2.8.

import { describe, expect, it } from 'vitest';
import { type Channel, channel, go, select } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';

/** A channel of capacity 1 that holds 1, while 2 and 3 wait to be sent. */
function full(told: Record, name = 'orders'): Channel<number> {
  const ch = channel<number>({ capacity: 1, name });
  ch.trySend(1);
  ch.send(2).subscribe(told.by('send 2'));
  ch.send(3).subscribe(told.by('send 3'));
  return ch;
}

describe('2.5 close', () => {
  it('lets no more be sent', () => {
    const told = new Record();
    const ch = channel<number>(1);
    expect([ch.isClosed, ch.close(), ch.isClosed]).toEqual([false, true, true]);
    ch.send(1).subscribe(told.by('send'));
    check(ch);
    expect([ch.trySend(1), told.lines, ch.statistics().sent]).toEqual([false, ['send failed with ClosedError'], 0]);
  });

  it('lets what is buffered, and what was waiting to be sent, be received in order; then comes the end', () => {
    const told = new Record();
    const ch = full(told);
    ch.close();
    check(ch);
    expect(told.take()).toEqual([]);
    for (let i = 0; i < 4; i++) {
      ch.receive().subscribe(told.by('receive'));
      check(ch);
    }
    expect(told.lines).toEqual([
      'send 2 got undefined',
      'receive got 1',
      'send 3 got undefined',
      'receive got 2',
      'receive got 3',
      'receive failed with ClosedError',
    ]);
  });

  it('fails all who receive with one ClosedError, whenever they come', () => {
    const found = new Set<unknown>();
    const ch = channel<number>({ name: 'orders' });
    const receive = () => ch.receive().subscribe({ error: (error: unknown) => found.add(error) });
    for (let i = 0; i < 3; i++) receive();
    ch.close();
    receive();
    check(ch);
    expect([...found].map(String)).toEqual(['ClosedError: orders is closed']);
  });

  it('tells every waiting receiver and subscriber, observers first, and coroutines in this turn', () => {
    const told = new Record();
    const ch = channel<number>();
    go(function* () {
      try {
        yield* ch.receive();
      } catch (error) {
        told.by('coroutine').error(error);
      }
    });
    ch.receive().subscribe(told.all('receive'));
    ch.subscribe(told.all('subscriber'));
    ch.receiveResult().subscribe(told.all('result'));
    select({ ch }).subscribe(told.all('select'));
    ch.whenEnded().subscribe(told.all('end'));
    ch.close();
    told.add('closed');
    check(ch);
    expect(told.lines).toEqual([
      'receive failed with ClosedError',
      'subscriber completed',
      'result got {"ok":false,"closed":true}',
      'result completed',
      'select failed with ClosedError',
      'end got undefined',
      'end completed',
      'coroutine failed with ClosedError',
      'closed',
    ]);
  });

  it('is told to those who wait for the end when the last value has left, and not before', () => {
    const told = new Record();
    const ch = channel<number>(2);
    for (const n of [1, 2]) ch.trySend(n);
    ch.whenEnded().subscribe(told.all('end'));
    ch.close();
    for (let i = 0; i < 2; i++) {
      ch.receive().subscribe(told.by('receive'));
      check(ch);
    }
    expect(told.lines).toEqual(['receive got 1', 'end got undefined', 'end completed', 'receive got 2']);
  });

  it('and when the last one who was still to send has left', () => {
    const told = new Record();
    const ch = channel<number>();
    const senders = [1, 2].map((n) => ch.send(n).subscribe());
    ch.whenEnded().subscribe(told.all('end'));
    ch.close();
    for (const sender of senders) {
      sender.unsubscribe();
      told.add('left');
      check(ch);
    }
    expect(told.lines).toEqual(['left', 'end got undefined', 'end completed', 'left']);
  });

  it('is false the second time, and the first cause stays', () => {
    const told = new Record();
    const ch = channel<number>();
    const results = [ch.close(new Error('first')), ch.close(new Error('second')), ch.close()];
    ch.receive().subscribe(told.by('receive'));
    expect([results, told.lines]).toEqual([[true, false, false], ['receive failed with first']]);
  });

  it('without a cause is the first cause, too', () => {
    const told = new Record();
    const ch = channel<number>(1);
    ch.trySend(1);
    expect([ch.close(), ch.close(new Error('late'))]).toEqual([true, false]);
    ch.subscribe(told.all('subscriber'));
    expect(told.lines).toEqual(['subscriber got 1', 'subscriber completed']);
  });

  it('from inside a `next` lets the subscriber end when it returns', () => {
    const told = new Record();
    const ch = channel<number>(2);
    ch.subscribe({
      ...told.all('subscriber'),
      next: (n) => {
        told.add(`begin ${n}`);
        if (n === 1) {
          ch.trySend(2);
          ch.close();
        }
        told.add(`end ${n}`);
      },
    });
    ch.trySend(1);
    check(ch);
    expect(told.lines).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'subscriber completed']);
  });

  it('in the callback of the sender that meets a receiver comes after that value', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.send(1).subscribe({ complete: () => ch.close() });
    ch.subscribe(told.all('subscriber'));
    check(ch);
    expect(told.lines).toEqual(['subscriber got 1', 'subscriber completed']);
  });

  it('ends the channel when the last send that waited is withdrawn', () => {
    const told = new Record();
    const ch = channel<number>();
    const sends = [1, 2].map((n) => ch.send(n).subscribe());
    ch.close();
    ch.whenEnded().subscribe(told.by('observer'));
    go(function* () {
      yield* ch.whenEnded();
      told.add('coroutine');
    });
    sends[1]!.unsubscribe();
    check(ch);
    expect(told.take()).toEqual([]);
    sends[0]!.unsubscribe();
    check(ch);
    expect(told.lines).toEqual(['observer got undefined', 'coroutine']);
  });

  it('ends the channel when the last send that waited loses its select', () => {
    const told = new Record();
    const ch = channel<number>();
    const other = channel<number>();
    select({ sent: ch.send(1), other }).subscribe(told.by('select'));
    ch.close();
    ch.whenEnded().subscribe(told.by('end'));
    other.trySend(2);
    check(ch, other);
    expect(told.lines).toEqual(['select got other=2', 'end got undefined']);
  });
});

describe('2.6 close with a cause', () => {
  it('gives the same object to everybody, after the last value', () => {
    const causes: unknown[] = [];
    const values: number[] = [];
    const ch = channel<number>(1);
    const cause = new Error('cause');
    const told = { next: (n: unknown) => values.push(n as number), error: (error: unknown) => causes.push(error) };
    ch.trySend(1);
    ch.send(2).subscribe();
    ch.close(cause);
    ch.subscribe(told);
    ch.receive().subscribe(told);
    ch.receiveResult().subscribe(told);
    go(function* () {
      try {
        yield* ch.receive();
      } catch (error) {
        causes.push(error);
      }
    });
    select({ ch }).subscribe(told);
    check(ch);
    expect(values).toEqual([1, 2]);
    expect(causes.map((error) => error === cause)).toEqual([true, true, true, true, true]);
  });

  it('gives the same object to those who waited', () => {
    const causes: unknown[] = [];
    const ch = channel<number>();
    const told = { error: (error: unknown) => causes.push(error) };
    const cause = { any: 'object' };
    ch.receive().subscribe(told);
    ch.receiveResult().subscribe(told);
    ch.subscribe(told);
    ch.close(cause);
    check(ch);
    expect(causes.map((error) => error === cause)).toEqual([true, true, true]);
  });

  it.each(FORMS)('still fails a send with ClosedError, which names the channel: $form', ({ perform }) => {
    const errors: unknown[] = [];
    const ch = channel<number>({ name: 'orders' });
    ch.close(new Error('cause'));
    perform(ch.send(1), { next: () => undefined, error: (error) => errors.push(error), complete: () => undefined });
    expect(errors).toEqual([expect.objectContaining({ name: 'ClosedError', source: 'orders' })]);
  });

  it('completes whenEnded all the same', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.whenEnded().subscribe(told.all('early'));
    ch.close(new Error('cause'));
    ch.whenEnded().subscribe(told.all('late'));
    expect(told.lines).toEqual(['early got undefined', 'early completed', 'late got undefined', 'late completed']);
  });
});

describe('2.7 cancel', () => {
  it('loses what is buffered, and fails those who wait and those who come, with the same CancelledError', () => {
    const errors: unknown[] = [];
    const told = new Record();
    const failing = (name: string) => ({
      ...told.all(name),
      error: (error: unknown) => {
        told.by(name).error(error);
        errors.push(error);
      },
    });
    const ch = channel<number>({ capacity: 1, name: 'orders' });
    ch.trySend(1);
    ch.send(2).subscribe(failing('send'));
    expect(ch.cancel('enough')).toBe(true);
    check(ch);
    ch.receive().subscribe(failing('receive'));
    ch.receiveResult().subscribe(failing('result'));
    ch.subscribe(failing('subscriber'));
    ch.send(3).subscribe(told.by('later send'));
    const waiting = channel<number>();
    waiting.receive().subscribe(told.by('waiting receive'));
    waiting.receiveResult().subscribe(told.by('waiting result'));
    waiting.subscribe(told.by('waiting subscriber'));
    waiting.cancel('enough');
    check(waiting);
    expect(told.lines).toEqual([
      ...['send', 'receive', 'result', 'subscriber'].map((who) => `${who} failed with CancelledError(enough)`),
      'later send failed with ClosedError',
      ...['receive', 'result', 'subscriber'].map((who) => `waiting ${who} failed with CancelledError(enough)`),
    ]);
    expect(new Set(errors).size).toBe(1);
    expect(errors[0]).toMatchObject({ source: 'orders', reason: 'enough' });
    expect([ch.size, ch.tryReceive(), ch.isClosed]).toEqual([0, { ok: false, closed: true }, true]);
  });

  it('is allowed after close, and wins over the cause', () => {
    const told = new Record();
    const ch = full(told);
    ch.close(new Error('cause'));
    expect(ch.cancel('enough')).toBe(true);
    ch.receive().subscribe(told.by('receive'));
    check(ch);
    expect(told.lines).toEqual([
      'send 2 failed with CancelledError(enough)',
      'send 3 failed with CancelledError(enough)',
      'receive failed with CancelledError(enough)',
    ]);
  });

  it('is false when it has ended, drained or cancelled, and changes nothing', () => {
    const told = new Record();
    const drained = channel<number>();
    drained.close(new Error('cause'));
    const cancelled = channel<number>();
    cancelled.cancel('first');
    expect([drained.cancel('late'), cancelled.cancel('late'), cancelled.close()]).toEqual([false, false, false]);
    drained.receive().subscribe(told.by('drained'));
    cancelled.receive().subscribe(told.by('cancelled'));
    expect(told.lines).toEqual(['drained failed with cause', 'cancelled failed with CancelledError(first)']);
  });

  it('tells waiting senders, then receivers, then those who wait for the end', () => {
    const told = new Record();
    const ch = full(told);
    ch.whenEnded().subscribe(told.by('end'));
    ch.cancel();
    check(ch);
    expect(told.lines).toEqual([
      'send 2 failed with CancelledError(undefined)',
      'send 3 failed with CancelledError(undefined)',
      'end got undefined',
    ]);
  });

  it('from inside a `next` ends that subscriber when it returns', () => {
    const told = new Record();
    const ch = channel<number>(2);
    ch.trySend(1);
    ch.trySend(2);
    ch.subscribe({
      ...told.all('subscriber'),
      next: (n) => {
        told.add(`begin ${n}`);
        ch.cancel('enough');
        told.add(`end ${n}`);
      },
    });
    check(ch);
    expect(told.lines).toEqual(['begin 1', 'end 1', 'subscriber failed with CancelledError(enough)']);
  });

  it('in the callback of the sender that met a receiver: the value is delivered, it was committed', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.send(1).subscribe({ complete: () => ch.cancel() });
    ch.receive().subscribe(told.by('receive'));
    check(ch);
    expect(told.lines).toEqual(['receive got 1']);
  });

  it('happens at the end of a `using` block', () => {
    const told = new Record();
    let ch: Channel<number>;
    {
      using scoped = channel<number>(1);
      ch = scoped;
      ch.trySend(1);
    }
    ch.receive().subscribe(told.by('receive'));
    expect(told.lines).toEqual(['receive failed with CancelledError(undefined)']);
  });
});

describe.each(FORMS)('2.8 at the end, waited for by $form', ({ perform }) => {
  it.each([
    ['no cause', undefined, 'receive failed with ClosedError', 'result got {"ok":false,"closed":true}'],
    ['an error', new Error('cause'), 'receive failed with cause', 'result failed with cause'],
    ['null', null, 'receive failed with null', 'result failed with null'],
    ['false', false, 'receive failed with false', 'result failed with false'],
    ['0', 0, 'receive failed with 0', 'result failed with 0'],
  ])('by %s, receive and receiveResult give the cause, and else the end', (_, cause, receive, result) => {
    const told = new Record();
    for (const ch of [channel<number>(), channel<number>()]) {
      perform(ch.receive(), told.by('receive'));
      perform(ch.receiveResult(), told.by('result'));
      ch.close(cause);
      check(ch);
      perform(ch.receive(), told.by('receive'));
      perform(ch.receiveResult(), told.by('result'));
      expect(told.take()).toEqual([receive, result, receive, result]);
      expect(ch.tryReceive()).toEqual({ ok: false, closed: true });
    }
  });
});

describe('2.8 tryReceive', () => {
  it('tells nothing yet from nothing ever again', () => {
    const ch = channel<number>(1);
    const attempts = [ch.tryReceive()];
    ch.trySend(1);
    ch.close(new Error('cause'));
    attempts.push(ch.tryReceive(), ch.tryReceive());
    check(ch);
    expect(attempts).toEqual([
      { ok: false, closed: false },
      { ok: true, value: 1 },
      { ok: false, closed: true },
    ]);
  });
});
