import { defer, firstValueFrom, forkJoin, from, lastValueFrom, of, repeat, retry, Subscriber, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { isOperation } from '../../src/core/operation.ts';
import {
  type Channel,
  channel,
  coroutine,
  deferred,
  go,
  type Operation,
  select,
  sleep,
  until,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { WITHDRAWALS } from './withdrawals.ts';

describe.each(WITHDRAWALS)('1.1 withdrawn by $how', ({ perform }) => {
  it('a receive takes nothing, and whoever stands behind it is next', () => {
    const told = new Record();
    const ch = channel<number>();
    virtual(() => {
      ch.receive().subscribe(told.by('first'));
      perform(ch.receive(), (value) => told.add(`withdrawn got ${value}`));
      ch.receive().subscribe(told.by('last'));
      at(5, () => {
        check(ch);
        told.add(`${ch.statistics().waitingReceivers} wait`);
        told.add([ch.trySend(1), ch.trySend(2), ch.trySend(3)].join());
      });
    });
    check(ch);
    expect(told.lines).toEqual(['2 wait', 'first got 1', 'last got 2', 'true,true,false']);
  });

  it('a send gives nothing, and whoever stands behind it is next', () => {
    const told = new Record();
    const ch = channel<number>();
    virtual(() => {
      ch.send(1).subscribe(told.by('first'));
      perform(ch.send(2), () => told.add('withdrawn was served'));
      ch.send(3).subscribe(told.by('last'));
      at(5, () => {
        check(ch);
        told.add(`${ch.statistics().waitingSenders} wait`);
        for (let i = 0; i < 3; i++) told.add(JSON.stringify(ch.tryReceive()));
      });
    });
    check(ch);
    expect(told.lines).toEqual([
      '2 wait',
      'first got undefined',
      '{"ok":true,"value":1}',
      'last got undefined',
      '{"ok":true,"value":3}',
      '{"ok":false,"closed":false}',
    ]);
    expect(ch.statistics()).toMatchObject({ sent: 2, delivered: 2, undelivered: 0 });
  });

  it('the outcome stands once it has committed', () => {
    const told = new Record();
    const ch = channel<number>();
    virtual(() => {
      perform(ch.receive(), (value) => told.add(`got ${value}`));
      at(4, () => ch.trySend(1));
      at(6, () => told.add(String(ch.statistics().delivered)));
    });
    check(ch);
    expect(told.lines).toEqual(['got 1', '1']);
  });
});

describe('1.1 unsubscribing', () => {
  it('withdraws in the very call', () => {
    const ch = channel<number>();
    const receive = ch.receive().subscribe();
    const send = channel<number>().send(1).subscribe();
    receive.unsubscribe();
    send.unsubscribe();
    check(ch);
    expect([ch.receivers.first, ch.trySend(1)]).toEqual([null, false]);
  });

  it('in the callback of one that was served withdraws another that still waits', () => {
    const told = new Record();
    const ch = channel<number>(2);
    const second = new Subscriber<number>(told.by('second'));
    ch.receive().subscribe({ next: () => second.unsubscribe() });
    ch.receive().subscribe(second);
    ch.trySend(1);
    ch.trySend(2);
    check(ch);
    expect(told.lines).toEqual([]);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 2 });
  });

  it('before subscribing: a subscriber that is closed already performs nothing', () => {
    const ch = channel<number>(1);
    const closed = new Subscriber<unknown>();
    closed.unsubscribe();
    ch.receive().subscribe(closed);
    ch.send(1).subscribe(closed);
    sleep(1000).subscribe(closed);
    check(ch);
    expect(ch.statistics()).toMatchObject({ sent: 0, waitingReceivers: 0 });
  });

  it('from the factory of a defer performs nothing', () => {
    const ch = channel<number>();
    const outer = new Subscriber<number>();
    defer(() => {
      outer.unsubscribe();
      return ch.receive();
    }).subscribe(outer);
    check(ch);
    expect([ch.receivers.first, ch.trySend(1)]).toEqual([null, false]);
  });

  it('by the callback of the sender that it met gives the value back', () => {
    const told = new Record();
    const ch = channel<number>();
    const receiver = new Subscriber<number>(told.by('receiver'));
    ch.send(1).subscribe({ complete: () => receiver.unsubscribe() });
    ch.send(2).subscribe();
    ch.receive().subscribe(receiver);
    check(ch);
    expect(told.lines).toEqual([]);
    expect(ch.statistics()).toMatchObject({ sent: 1, delivered: 0, buffered: 1, waitingSenders: 1 });
    expect([ch.tryReceive(), ch.tryReceive()]).toEqual([
      { ok: true, value: 1 },
      { ok: true, value: 2 },
    ]);
    check(ch);
  });

  it.each<[string, (op: Operation<number>) => Operation<unknown>]>([
    ['map', (op) => op.map((n) => n)],
    ['withTimeout', (op) => op.withTimeout(1000)],
    ['withSignal', (op) => op.withSignal(new AbortController().signal)],
    ['select', (op) => select({ op })],
  ])('by the callback of the sender that it met, through %s, gives the value back too', (_, derive) => {
    const ch = channel<number>();
    const receiver = new Subscriber<unknown>();
    ch.send(1).subscribe({ complete: () => receiver.unsubscribe() });
    derive(ch.receive()).subscribe(receiver);
    check(ch);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
  });

  it('gives the value to one who came to wait in the meantime', () => {
    const told = new Record();
    const ch = channel<number>();
    const receiver = new Subscriber<number>(told.by('first'));
    ch.send(1).subscribe({
      complete: () => {
        receiver.unsubscribe();
        ch.receive().subscribe(told.by('second'));
      },
    });
    ch.receive().subscribe(receiver);
    check(ch);
    expect(told.lines).toEqual(['second got 1']);
    expect(ch.statistics()).toMatchObject({ sent: 1, delivered: 1 });
  });
});

describe('1.2 subscribing', () => {
  it.each([
    ['receive', (): Operation<unknown> => fed(1).receive()],
    ['receiveResult', (): Operation<unknown> => fed(1).receiveResult()],
    ['send', (): Operation<unknown> => channel<number>(1).send(1)],
    ['until', (): Operation<unknown> => until(of(1, 2))],
    ['select', (): Operation<unknown> => select({ a: fed(1) })],
    ['coroutine', (): Operation<unknown> => coroutine(function* () {})],
    ['map', (): Operation<unknown> => fed(1).receive().map(String)],
    ['withTimeout', (): Operation<unknown> => fed(1).receive().withTimeout(0)],
    ['whenEnded', (): Operation<unknown> => ended().whenEnded()],
  ])('performs %s synchronously where it is ready: one value, then completes', (_, make) => {
    const told: string[] = [];
    make().subscribe({
      next: () => told.push('next'),
      error: () => told.push('error'),
      complete: () => told.push('complete'),
    });
    expect(told).toEqual(['next', 'complete']);
  });

  it('emits one value and completes where it waited', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.receive().subscribe(told.all('receive'));
    ch.send(1).subscribe(told.all('send'));
    ch.send(2).subscribe();
    check(ch);
    expect(told.lines).toEqual(['receive got 1', 'receive completed', 'send got undefined', 'send completed']);
  });

  it('errs without a value where it fails', () => {
    const told = new Record();
    ended().receive().subscribe(told.all('receive'));
    expect(told.lines).toEqual(['receive failed with ClosedError']);
  });

  it('performs it anew each time', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    const receive = ch.receive();
    const send = ch.send(7);
    send.subscribe();
    send.subscribe();
    receive.subscribe(told.by('a'));
    receive.subscribe(told.by('b'));
    receive.subscribe(told.by('c'));
    ch.trySend(8);
    check(ch);
    expect(told.lines).toEqual(['a got 7', 'b got 7', 'c got 8']);
  });

  it('works with what RxJS subscribes again', async () => {
    const ch = fed(1, 2, 3);
    expect(await lastValueFrom(ch.receive().pipe(repeat(3), take(3)))).toBe(3);
    let attempts = 0;
    const failing = coroutine(function* () {
      if (++attempts < 3) throw new Error('not yet');
      return attempts;
    });
    expect(await firstValueFrom(failing.pipe(retry(5)))).toBe(3);
  });

  it('of a future: one outcome for all', () => {
    const told = new Record();
    const future = deferred<number>();
    future.subscribe(told.by('early'));
    future.resolve(1);
    future.subscribe(told.by('late'));
    check(future);
    expect(told.lines).toEqual(['early got 1', 'late got 1']);
  });
});

describe.each(FORMS)('a mapped operation, waited for by $form', ({ perform }) => {
  it('gives what the projection makes, after the commit', () => {
    const told = new Record();
    const ch = fed(1);
    perform(
      ch.receive().map((n) => `${n} of ${ch.size}`),
      told.by('a'),
    );
    perform(
      ch.receive().map((n) => n * 10),
      told.by('b'),
    );
    ch.trySend(2);
    check(ch);
    expect(told.lines).toEqual(['a got 1 of 0', 'b got 20']);
  });

  it('maps in the order in which it is written', () => {
    const told = new Record();
    perform(
      fed(1)
        .receive()
        .map((n) => `${n}a`)
        .map((s) => `${s}b`),
      told.by('a'),
    );
    expect(told.lines).toEqual(['a got 1ab']);
  });

  it('fails with what the projection throws, and the value stays taken', () => {
    const told = new Record();
    const ch = fed(1);
    perform(
      ch.receive().map(() => {
        throw new Error('thrown');
      }),
      told.by('a'),
    );
    check(ch);
    expect(told.lines).toEqual(['a failed with thrown']);
    expect(ch.statistics()).toMatchObject({ delivered: 1, buffered: 0 });
  });

  it('does not call the projection when it fails', () => {
    const told = new Record();
    perform(
      ended()
        .receive()
        .map(() => 'called'),
      told.by('a'),
    );
    expect(told.lines).toEqual(['a failed with ClosedError']);
  });
});

describe('an operation', () => {
  it('is an Observable to whatever takes one, with its type inferred', async () => {
    const ch = fed(1, 2, 3);
    const joined: [number] = await firstValueFrom(forkJoin([ch.receive()]));
    const converted: number = await firstValueFrom(from(ch.receive()));
    expect([joined, converted]).toEqual([[1], 2]);
  });

  it('is no promise: awaiting it by mistake gives the operation', () => {
    expect('then' in fed(1).receive()).toBe(false);
  });

  it('refuses a map by what is no function', () => {
    expect(() =>
      fed(1)
        .receive()
        .map('x' as never),
    ).toThrow(new TypeError('map: project must be a function; got "x"'));
  });

  it('is told from everything else by its brand', () => {
    const operations = [fed(1).receive(), channel<number>().send(1), sleep(1), deferred(), sleep(1).map(String)];
    const others = [channel(), of(1), null, undefined, 1, 'x', {}, () => 1];
    expect(operations.map(isOperation)).toEqual(operations.map(() => true));
    expect(others.map(isOperation)).toEqual(others.map(() => false));
  });

  it('is iterable by yield* in a coroutine only', () => {
    const misplaced = /an operation is iterable by yield\* in a coroutine only/;
    const told: unknown[] = [];
    const ch = fed(1, 2, 3);
    expect(() => [...ch.receive()]).toThrow(misplaced);
    expect(() => Array.from(ch.send(1))).toThrow(misplaced);
    expect(() => {
      for (const never of sleep(1)) told.push(never);
    }).toThrow(misplaced);
    expect(() => [...select({ ch })]).toThrow(misplaced);
    expect(() => ch.receive()[Symbol.iterator]()).toThrow(misplaced);
    expect(ch.size).toBe(3);
  });

  it('is not iterable otherwise in a coroutine either', () => {
    const ch = fed(1);
    const spread = go(() => plain([...ch.receive()]));
    const spreadSend = go(function* () {
      return [...ch.send(1)];
    });
    const spreadSleep = go(function* () {
      return [...sleep(1)];
    });
    const spreadSelect = go(function* () {
      return [...select({ ch })];
    });
    for (const task of [spread, spreadSend, spreadSleep, spreadSelect])
      expect(() => task.result()).toThrow(/by yield\* in a coroutine only/);
    expect(ch.size).toBe(1);
  });

  it('cannot be driven by a generator that is no coroutine', () => {
    const ch = fed(1);
    function* body(): Generator<never, number> {
      return yield* ch.receive();
    }
    expect(() => body().next()).toThrow(/by yield\* in a coroutine only/);
    expect(ch.size).toBe(1);
  });

  it.each<[string, (ch: Channel<number>) => Operation<unknown>]>([
    ['a receive', (ch) => ch.receive()],
    ['a send', (ch) => ch.send(2)],
    ['a select', (ch) => select({ ch })],
    ['a mapped receive', (ch) => ch.receive().map(String)],
  ])('that is %s cannot be driven by hand', (_, make) => {
    const ch = channel<number>(2);
    ch.trySend(1);
    const steps = make(ch) as unknown as Iterator<never, unknown>;
    expect(() => steps.next(undefined)).toThrow(/by yield\* in a coroutine only/);
    check(ch);
    expect(ch.size).toBe(1);
  });

  it('can be waited for by several coroutines at once', () => {
    const told = new Record();
    const ch = channel<number>();
    const receive = ch.receive();
    for (const name of ['a', 'b'])
      go(function* () {
        told.add(`${name} got ${yield* receive}`);
      });
    ch.trySend(1);
    ch.trySend(2);
    check(ch);
    expect(told.lines).toEqual(['a got 1', 'b got 2']);
  });
});

describe('1.9 what a user throws', () => {
  it('reaches the operation that it belongs to, and the next in line is served', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.receive()
      .map(() => {
        throw new Error('thrown');
      })
      .subscribe(told.by('first'));
    ch.receive().subscribe(told.by('second'));
    ch.trySend(1);
    ch.trySend(2);
    check(ch);
    expect(told.lines).toEqual(['first failed with thrown', 'second got 2']);
  });

  it('in a `next` reaches the hook, and all others are told of the same end', () => {
    const told = new Record();
    const ch = channel<number>();
    const thrown = new Error('thrown');
    const reported = reportsOf(() => {
      ch.receiveResult().subscribe(() => {
        throw thrown;
      });
      ch.receiveResult().subscribe(told.by('second'));
      go(function* () {
        told.add(`coroutine got ${JSON.stringify(yield* ch.receiveResult())}`);
      });
      ch.close();
    });
    check(ch);
    expect(reported).toEqual([thrown]);
    expect(told.lines).toEqual(['second got {"ok":false,"closed":true}', 'coroutine got {"ok":false,"closed":true}']);
  });

  it.each([
    ['next', 'a value', ['second got 2']],
    ['complete', 'a value', ['second got 2']],
    ['error', 'the end', ['second failed with CancelledError(undefined)']],
  ] as const)('in a `%s` written by hand reaches the hook too, when told of %s', (where, what, others) => {
    const told = new Record();
    const ch = channel<number>();
    const thrown = new Error('thrown');
    const thrower = new Subscriber<unknown>();
    thrower[where] = () => {
      throw thrown;
    };
    const reported = reportsOf(() => {
      ch.receive().subscribe(thrower);
      ch.receive().subscribe(told.by('second'));
      if (what === 'the end') ch.cancel();
      else expect([ch.trySend(1), ch.trySend(2)]).toEqual([true, true]);
    });
    check(ch);
    expect(reported).toEqual([thrown]);
    expect(told.lines).toEqual(others);
  });
});

describe('1.10 what is asked for', () => {
  it('transfers nothing before it is subscribed', () => {
    const ch = channel<number>(1);
    const before = ch.statistics();
    ch.send(1);
    ch.receive();
    ch.receiveResult();
    ch.whenEnded();
    ch.send(1).map(String).withTimeout(5);
    select({ a: ch.send(1) });
    sleep(1);
    until(ch);
    coroutine(function* () {
      yield* ch.send(1);
    });
    check(ch);
    expect(ch.statistics()).toEqual(before);
  });

  it('as a command acts when called, whether or not anybody waits for its end', () => {
    const told = new Record();
    const task = go(function* () {
      try {
        yield* sleep(1000);
      } finally {
        told.add('cancelled');
      }
    });
    const cancelled = task.cancel();
    told.add('called');
    cancelled.subscribe(told.by('cancel'));
    expect(told.lines).toEqual(['cancelled', 'called', 'cancel got undefined']);
  });
});

describe('1.4 virtual time', () => {
  it('does not pass while coroutines run: a thousand hand-overs happen in their frame', () => {
    const told: string[] = [];
    virtual(() => {
      const ch = channel<number>();
      go(function* () {
        yield* sleep(3);
        for (let n = 1; n <= 1000; n++) yield* ch.send(n);
      });
      go(function* () {
        for (;;) if ((yield* ch.receive()) === 1000) break;
        told.push(`all received in frame ${frame()}`);
      });
    });
    expect(told).toEqual(['all received in frame 3']);
  });
});

/** A channel that holds `values`. */
function fed(...values: number[]) {
  const ch = channel<number>(Infinity);
  for (const value of values) ch.trySend(value);
  return ch;
}

function ended() {
  const ch = channel<number>();
  ch.close();
  return ch;
}

function* plain<T>(value: T): Generator<never, T> {
  return value;
}
