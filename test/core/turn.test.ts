import { asyncScheduler } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { afterwards, turn } from '../../src/core/turn.ts';
import {
  type Channel,
  channel,
  coroutine,
  deferred,
  go,
  type Operation,
  poll,
  select,
  sleep,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { at, virtual } from '../virtual.ts';

beforeEach(() => {
  // A loaded machine may spend any budget of real time.
  turn.budget = Infinity;
});
afterEach(() => {
  // Between turns nothing is left of them.
  expect([turn.depth, turn.current, turn.ready.first]).toEqual([0, null, null]);
});

describe('1.3 observers', () => {
  it('are called in the very call that commits', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.receive().subscribe(told.by('receive'));
    told.add('before');
    ch.trySend(1);
    told.add('after');
    expect(told.lines).toEqual(['before', 'receive got 1', 'after']);
  });

  it('find the state final, and may call anything on the same channel', () => {
    const told = new Record();
    const ch = channel<number>(1);
    ch.trySend(1);
    ch.send(2).subscribe({
      complete: () => {
        check(ch);
        const { sent, delivered, buffered } = ch.statistics();
        told.add(`${sent} = ${delivered} + ${buffered}`);
        told.add(JSON.stringify(ch.tryReceive()));
        ch.send(3).subscribe(told.by('send 3'));
        ch.close();
      },
    });
    ch.receive().subscribe(told.by('receive'));
    ch.receive().subscribe(told.by('then'));
    check(ch);
    expect(told.lines).toEqual([
      '2 = 1 + 1',
      '{"ok":true,"value":2}',
      'send 3 got undefined',
      'receive got 1',
      'then got 3',
    ]);
  });

  it('of two parties that meet: the receiver is told first where it waited', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.receive().subscribe(told.by('receive'));
    ch.send(1).subscribe(told.by('send'));
    expect(told.lines).toEqual(['receive got 1', 'send got undefined']);
  });

  it('of two parties that meet: the sender is told first where it waited', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.send(1).subscribe(told.by('send'));
    ch.receive().subscribe(told.by('receive'));
    expect(told.lines).toEqual(['send got undefined', 'receive got 1']);
  });

  it('of two parties that meet: the sender that moves in is told before the receiver that made room', () => {
    const told = new Record();
    const ch = channel<number>(1);
    ch.trySend(1);
    ch.send(2).subscribe(told.by('send'));
    ch.receive().subscribe(told.by('receive'));
    expect(told.lines).toEqual(['send got undefined', 'receive got 1']);
  });

  it('come before coroutines that the same commit releases', () => {
    const told = new Record();
    const ch = channel<number>();
    const waits = (name: string) =>
      go(function* () {
        told.add(`${name} got ${JSON.stringify(yield* ch.receiveResult())}`);
      });
    waits('coroutine a');
    ch.receiveResult().subscribe(told.by('observer b'));
    waits('coroutine c');
    ch.receiveResult().subscribe(told.by('observer d'));
    ch.close();
    const end = '{"ok":false,"closed":true}';
    expect(told.lines).toEqual(
      ['observer b', 'observer d', 'coroutine a', 'coroutine c'].map((n) => `${n} got ${end}`),
    );
  });

  it('of a future come before its coroutines, too', () => {
    const told = new Record();
    const future = deferred<number>();
    go(function* () {
      told.add(`coroutine got ${yield* future}`);
    });
    future.subscribe(told.by('observer'));
    future.resolve(1);
    expect(told.lines).toEqual(['observer got 1', 'coroutine got 1']);
  });
});

describe('1.3 a coroutine', () => {
  it('is not interrupted by those it wakes', () => {
    const told = new Record();
    const ch = channel<number>();
    const other = channel<number>(1);
    go(function* () {
      told.add(`woken got ${yield* ch.receive()}`);
    });
    go(function* () {
      yield* ch.send(1);
      told.add('sent');
      yield* other.send(2);
      told.add('sent again, without waiting');
    });
    check(ch, other);
    expect(told.lines).toEqual(['sent', 'sent again, without waiting', 'woken got 1']);
  });

  it('is interrupted by the observers that it serves', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.receive().subscribe(told.by('observer'));
    go(function* () {
      yield* ch.send(1);
      told.add('sent');
    });
    expect(told.lines).toEqual(['observer got 1', 'sent']);
  });

  it('started from within one runs after those that are ready already', () => {
    const told = new Record();
    const ch = channel<number>();
    go(function* () {
      yield* ch.receive();
      told.add('woken');
    });
    go(function* () {
      yield* ch.send(1);
      go(function* () {
        told.add('started');
      });
      told.add('starter');
    });
    expect(told.lines).toEqual(['starter', 'woken', 'started']);
  });
});

describe('1.4 coroutines that became ready', () => {
  it('run in the order in which they became ready, whatever they waited for', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const future = deferred<number>();
    const waits = (name: string, operation: typeof future | ReturnType<typeof a.receive>) =>
      go(function* () {
        told.add(`${name} got ${yield* operation}`);
      });
    waits('first', a.receive());
    waits('second', future);
    waits('third', b.receive());
    go(function* () {
      yield* b.send(3);
      future.resolve(2);
      yield* a.send(1);
    });
    expect(told.lines).toEqual(['third got 3', 'second got 2', 'first got 1']);
  });

  it('have run before the outermost call returns', () => {
    const told = new Record();
    const ch = channel<number>();
    const back = channel<number>();
    go(function* () {
      for (let i = 0; i < 3; i++) yield* back.send((yield* ch.receive()) * 2);
      told.add('done');
    });
    go(function* () {
      for (let i = 0; i < 3; i++) {
        yield* ch.send(i);
        told.add(`back ${yield* back.receive()}`);
      }
    });
    told.add('returned');
    expect(told.lines).toEqual(['back 0', 'back 2', 'done', 'back 4', 'returned']);
  });

  it('wait for the outermost call where an observer makes calls of its own', () => {
    const told = new Record();
    const ch = channel<number>();
    const inner = channel<number>();
    go(function* () {
      told.add(`coroutine got ${yield* inner.receive()}`);
    });
    ch.receive().subscribe(() => {
      inner.trySend(1);
      told.add('observer returns');
    });
    ch.trySend(1);
    told.add('call returned');
    expect(told.lines).toEqual(['observer returns', 'coroutine got 1', 'call returned']);
  });

  it.each(['unsubscribing', 'a timer', 'an abort', 'a promise'] as const)('run in the turn of %s too', async (what) => {
    const told = new Record();
    const ch = channel<number>(1);
    const wakes = () => ch.trySend(1);
    go(function* () {
      told.add(`coroutine got ${yield* ch.receive()}`);
    });
    const body = coroutine(function* () {
      try {
        yield* sleep(1);
      } finally {
        wakes();
      }
    });
    if (what === 'unsubscribing') body.subscribe().unsubscribe();
    else if (what === 'a timer') virtual(() => body.subscribe());
    else if (what === 'an abort') {
      const controller = new AbortController();
      body.withSignal(controller.signal).subscribe({ error: () => undefined });
      controller.abort();
    } else {
      await body.promise({ signal: AbortSignal.abort() }).catch(wakes);
    }
    expect(told.lines).toEqual(['coroutine got 1']);
  });

  it('need no promise, microtask or native timer', () => {
    const spies = [
      vi.spyOn(Promise.prototype, 'then'),
      vi.spyOn(globalThis, 'queueMicrotask'),
      vi.spyOn(globalThis, 'setTimeout'),
      vi.spyOn(globalThis, 'setInterval'),
      vi.spyOn(globalThis, 'setImmediate'),
      vi.spyOn(asyncScheduler, 'schedule'),
    ];
    const ch = channel<number>(2);
    const sums: number[] = [];
    const body = coroutine(function* () {
      let sum = 0;
      for (let i = 0; i < 10; i++) sum += yield* ch.receive();
      return sum;
    });
    body.subscribe((sum) => sums.push(sum));
    const task = go(function* () {
      for (let i = 0; i < 10; i++) yield* ch.send(i);
    });
    task.subscribe();
    ch.receiveResult().subscribe();
    ch.close();
    const calls = spies.map((spy) => spy.mock.calls.length);
    vi.restoreAllMocks();
    expect([sums, calls]).toEqual([[45], [0, 0, 0, 0, 0, 0]]);
  });
});

describe('1.3 what one who has left owes to others', () => {
  it('is done before the next coroutine runs', () => {
    const told = new Record();
    go(function* () {
      go(function* () {
        told.add('next coroutine');
      });
      afterwards({ perform: () => told.add('done') });
      told.add('owed');
    });
    expect(told.lines).toEqual(['owed', 'done', 'next coroutine']);
  });
});

describe('10.4 where somebody picks which of the ready coroutines runs next', () => {
  afterEach(() => {
    turn.pick = null;
  });

  it('that one runs, the others stay in order, and where there is one nobody is asked', () => {
    const told = new Record();
    const picks = [2, 0, 1];
    turn.pick = (n) => {
      told.add(`of ${n}`);
      return picks.shift() ?? 0;
    };
    go(function* () {
      for (const name of ['a', 'b', 'c', 'd'])
        go(function* () {
          told.add(name);
        });
    });
    expect(told.lines).toEqual(['of 4', 'c', 'of 3', 'a', 'of 2', 'd', 'b']);
  });
});

describe('1.7 a commit is final', () => {
  /** Settles a coroutine, cancels it before it resumes, and lets it go on. */
  function cancelledInBetween(told: Record, goesOn: () => Generator<never, unknown>) {
    const ch = channel<number>();
    const receiver = go(function* () {
      try {
        told.add(`got ${yield* ch.receive()}`);
        yield* goesOn();
        told.add('went on');
      } finally {
        told.add('finally');
      }
    });
    go(function* () {
      yield* ch.send(1);
      receiver.cancel('enough');
      told.add('cancelled');
    });
    check(ch);
    expect(ch.statistics()).toMatchObject({ sent: 1, delivered: 1 });
    return receiver;
  }

  it('cancelled before it resumes, a coroutine still gets the value', () => {
    const told = new Record();
    const ended = cancelledInBetween(told, function* () {});
    expect(told.lines).toEqual(['cancelled', 'got 1', 'went on', 'finally']);
    expect(ended.status).toBe('resolved');
  });

  it.each(['ready', 'not ready'])('and is cancelled at its next yield*, %s, which is not performed', (ready) => {
    const told = new Record();
    const next = channel<number>(ready === 'ready' ? 1 : 0);
    const ended = cancelledInBetween(told, function* () {
      yield* next.send(2);
    });
    check(next);
    expect(told.lines).toEqual(['cancelled', 'got 1', 'finally']);
    expect(ended.status).toBe('cancelled');
    expect(next.statistics()).toMatchObject({ sent: 0, waitingSenders: 0 });
  });

  it('so that no value is lost or delivered twice', () => {
    const told = new Record();
    const ch = channel<number>();
    const receive = (name: string) =>
      go(function* () {
        for (;;) told.add(`${name} got ${yield* ch.receive()}`);
      });
    const a = receive('a');
    receive('b');
    go(function* () {
      yield* ch.send(1);
      a.cancel();
      yield* ch.send(2);
      yield* ch.send(3);
    });
    check(ch);
    expect(told.lines).toEqual(['a got 1', 'b got 2', 'b got 3']);
    expect(ch.statistics()).toMatchObject({ sent: 3, delivered: 3, waitingReceivers: 1 });
  });

  it('of a future, too: an observer cannot take it from a coroutine that waits for the same', () => {
    const told = new Record();
    const future = deferred<number>();
    let task = { cancel: (): unknown => undefined };
    future.subscribe(() => {
      task.cancel();
      told.add('cancelled');
    });
    task = go(function* () {
      told.add(`got ${yield* future}`);
    });
    future.resolve(1);
    check(future);
    expect(told.lines).toEqual(['cancelled', 'got 1']);
  });

  it('and one that is subscribed inside of another may cancel that, which then ends at its next yield*', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    const next = channel<number>(1);
    const starts = deferred<void>();
    const outer = go(function* () {
      yield* starts;
      coroutine(function* () {
        outer.cancel();
        // Enough to look at the clock, and refuel, several times.
        for (let n = 0; n < 100; n++) yield* ch.send(n);
      }).subscribe(() => told.add('the inner one has ended'));
      yield* next.send(1);
      told.add('went on');
    });
    virtual(() => starts.resolve());
    check(next);
    expect([told.lines, ch.size, next.size, outer.status]).toEqual([['the inner one has ended'], 100, 0, 'cancelled']);
  });

  it('and what a coroutine was given earlier is forgotten when it is cancelled later', () => {
    const told = new Record();
    const ch = channel<number>();
    const task = go(function* () {
      try {
        yield* ch.send(1);
      } catch (error) {
        told.by('task').error(error);
      }
      yield* sleep(1000);
    });
    ch.cancel();
    task.cancel();
    expect([told.lines, task.status]).toEqual([['task failed with CancelledError(undefined)'], 'cancelled']);
  });

  it('of a send, too: the value stays sent', () => {
    const told = new Record();
    const ch = channel<number>();
    const sender = go(function* () {
      yield* ch.send(1);
      told.add('knows that it was sent');
      yield* ch.send(2);
    });
    go(function* () {
      told.add(`got ${yield* ch.receive()}`);
      sender.cancel();
    });
    check(ch);
    expect(told.lines).toEqual(['got 1', 'knows that it was sent']);
    expect(ch.statistics()).toMatchObject({ sent: 1, waitingSenders: 0 });
  });
});

describe('1.8 who waits longest is served first', () => {
  it('in one line, whatever form they wait in: receivers', () => {
    const told = new Record();
    const ch = channel<number>();
    const waiting = [...FORMS, ...FORMS].map(({ form, perform }, i) => {
      perform(
        ch.receive().map((n) => `${n}`),
        { next: (n) => told.add(`${i} (${form}) got ${n}`), error: () => undefined, complete: () => undefined },
      );
      check(ch);
      return form;
    });
    for (let n = 0; n < 4; n++) {
      ch.trySend(n);
      check(ch);
    }
    expect(told.lines).toEqual(waiting.map((form, i) => `${i} (${form}) got ${i}`));
  });

  it('in one line, whatever form they wait in: senders', () => {
    const ch = channel<number>();
    const told = new Record();
    for (const [i, { perform }] of [...FORMS, ...FORMS].entries()) {
      perform(ch.send(i), told.by(`sender ${i}`));
      check(ch);
    }
    const received = [0, 1, 2, 3].map(() => ch.tryReceive());
    check(ch);
    expect(received).toEqual([0, 1, 2, 3].map((value) => ({ ok: true, value })));
    expect(told.lines).toEqual([0, 1, 2, 3].map((i) => `sender ${i} got undefined`));
  });

  it('with subscribers and iterators in the same line', async () => {
    const told = new Record();
    const ch = channel<number>();
    const iterated = ch[Symbol.asyncIterator]().next();
    const subscription = ch.subscribe(told.by('subscriber'));
    ch.receive().subscribe(told.by('receive'));
    for (const n of [1, 2, 3, 4]) ch.trySend(n);
    check(ch);
    subscription.unsubscribe();
    expect(await iterated).toEqual({ done: false, value: 1 });
    expect(told.lines).toEqual(['subscriber got 2', 'receive got 3', 'subscriber got 4']);
  });

  it('and nobody overtakes one who was served and has not run yet', () => {
    const told = new Record();
    const ch = channel<number>();
    go(function* () {
      told.add(`the one who waited got ${yield* ch.receive()}`);
    });
    go(function* () {
      yield* ch.send(1);
      told.add(JSON.stringify(ch.tryReceive()));
      ch.receive().subscribe(told.by('the one who came later'));
    });
    ch.trySend(2);
    check(ch);
    expect(told.lines).toEqual([
      '{"ok":false,"closed":false}',
      'the one who waited got 1',
      'the one who came later got 2',
    ]);
  });
});

const BUDGET = turn.budget;

describe('1.6 the budget of a turn', () => {
  it('is 10 ms', () => {
    expect(BUDGET).toBe(10);
  });

  /** Where every look at the clock finds it `step` ms later. Macrotasks are run one by one, and counted. */
  function withClock(step: number, body: () => void): number {
    let time = 0;
    const macrotasks: (() => void)[] = [];
    turn.budget = BUDGET;
    vi.spyOn(Date, 'now').mockImplementation(() => (time += step));
    vi.spyOn(globalThis, 'setImmediate').mockImplementation(((work: () => void) => macrotasks.push(work)) as never);
    try {
      body();
      let count = 0;
      for (let work = macrotasks.shift(); work !== undefined && count < 10_000; work = macrotasks.shift(), count++)
        work();
      return count;
    } finally {
      turn.budget = Infinity;
      vi.restoreAllMocks();
    }
  }

  it('is looked at now and then, and no more often, by whatever is ready', () => {
    let looks = 0;
    const resolved = deferred<number>();
    resolved.resolve(1);
    vi.spyOn(Date, 'now').mockImplementation(() => (looks++, 0));
    go(function* () {
      for (let n = 0; n < 20 * 1024; n++) yield* resolved;
    });
    vi.restoreAllMocks();
    expect(looks).toBeGreaterThanOrEqual(20);
    expect(looks).toBeLessThan(40);
  });

  /** Three coroutines that hand each other values, and one that only finds things ready. */
  function program(told: Record): void {
    const a = channel<number>();
    const b = channel<number>();
    const own = channel<number>(1);
    go(function* () {
      for (let n = 0; n < 40; n++) {
        yield* a.send(n);
        told.add(`sent ${n}`);
      }
      a.close();
    });
    go(function* () {
      for (let next = yield* a.receiveResult(); next.ok; next = yield* a.receiveResult()) yield* b.send(next.value);
      b.close();
    });
    go(function* () {
      for (let n = 0; n < 40; n++) {
        yield* own.send(n);
        told.add(`own ${yield* own.receive()}`);
      }
    });
    b.subscribe(told.all('b'));
  }

  it('lets all run in one turn while it lasts', () => {
    const told = new Record();
    expect(withClock(0, () => program(told))).toBe(0);
    expect(told.lines.at(-1)).toBe('b completed');
  });

  it('spent, lets the rest run from macrotasks, and loses, doubles or reorders nothing', () => {
    const whole = new Record();
    withClock(0, () => program(whole));
    const cut = new Record();
    const macrotasks = withClock(6, () => program(cut));
    expect(macrotasks).toBeGreaterThan(3);
    expect([...cut.lines].sort()).toEqual([...whole.lines].sort());
    for (const who of ['sent', 'own', 'b ']) {
      expect(cut.lines.filter((line) => line.startsWith(who))).toEqual(
        whole.lines.filter((line) => line.startsWith(who)),
      );
    }
  });

  it('never changes who runs next: of coroutines alone, the order is that of one turn', () => {
    const endless = (told: Record, name: string) =>
      go(function* () {
        const own = channel<number>(1);
        for (let n = 0; n < 30; n++) {
          yield* own.send(n);
          told.add(`${name} ${yield* own.receive()}`);
        }
      });
    const whole = new Record();
    go(function* () {
      endless(whole, 'a');
      endless(whole, 'b');
    });
    const cut = new Record();
    const macrotasks = withClock(6, () => {
      go(function* () {
        endless(cut, 'a');
        endless(cut, 'b');
      });
    });
    expect(macrotasks).toBeGreaterThan(3);
    expect(cut.lines).toEqual(whole.lines);
  });

  it.each<[string, (ch: Channel<number>, n: number) => Operation<unknown>]>([
    ['a send', (ch, n) => ch.send(n)],
    ['a mapped send', (ch, n) => ch.send(n).map(String)],
    ['a select', (ch, n) => select({ sent: ch.send(n) })],
  ])('cut at a ready yield* of %s, that is performed once, and later', (_, send) => {
    const ch = channel<number>(Infinity);
    const macrotasks = withClock(20, () => {
      go(function* () {
        for (let n = 0; n < 50; n++) yield* send(ch, n);
      });
    });
    expect(macrotasks).toBeGreaterThan(0);
    expect(Array.from({ length: 51 }, () => ch.tryReceive())).toEqual([
      ...Array.from({ length: 50 }, (_, value) => ({ ok: true, value })),
      { ok: false, closed: false },
    ]);
  });

  it.each<[string, (ch: Channel<number>) => Operation<unknown>]>([
    ['a receive', (ch) => ch.receive()],
    ['a receiveResult', (ch) => ch.receiveResult()],
    ['a mapped receive', (ch) => ch.receive().map(String)],
  ])('cut at a ready yield* of %s, that takes one value, and later', (_, receive) => {
    const ch = channel<number>(Infinity);
    for (let n = 0; n < 50; n++) ch.trySend(n);
    const macrotasks = withClock(20, () => {
      go(function* () {
        for (let n = 0; n < 49; n++) yield* receive(ch);
      });
    });
    expect(macrotasks).toBeGreaterThan(0);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 49 });
  });

  it('is looked at often enough, though reading a clock is dear: every 1024 times at least', () => {
    let looks = 0;
    const ch = channel<number>(1);
    vi.spyOn(Date, 'now').mockImplementation(() => (looks++, 0));
    go(function* () {
      for (let n = 0; n < 50 * 1024; n++) {
        yield* ch.send(n);
        yield* ch.receive();
      }
    });
    vi.restoreAllMocks();
    expect(looks).toBeGreaterThanOrEqual(100);
    expect(looks).toBeLessThan(200);
  });

  it('is looked at no more often by coroutines that hand each other values', () => {
    let looks = 0;
    const ch = channel<number>();
    vi.spyOn(Date, 'now').mockImplementation(() => (looks++, 0));
    go(function* () {
      for (let n = 0; n < 10 * 1024; n++) yield* ch.send(n);
      ch.close();
    });
    go(function* () {
      while ((yield* ch.receiveResult()).ok);
    });
    vi.restoreAllMocks();
    expect(looks).toBeGreaterThanOrEqual(10);
    expect(looks).toBeLessThan(100);
  });

  it('is spent when it has passed, to the millisecond', () => {
    const asked: number[] = [];
    const ch = channel<number>(Infinity);
    let time = 0;
    turn.budget = BUDGET;
    vi.spyOn(Date, 'now').mockImplementation(() => (time += BUDGET / 2));
    vi.spyOn(globalThis, 'setImmediate').mockImplementation((() => asked.push(time)) as never);
    const task = go(function* () {
      for (;;) yield* ch.send(1);
    });
    vi.restoreAllMocks();
    turn.resuming = false;
    task.cancel();
    // The first look starts it.
    expect(asked).toEqual([BUDGET / 2 + BUDGET]);
  });

  it('begins anew after the macrotask that spent it, also for a coroutine that runs at once', () => {
    withClock(20, () => {
      const ch = channel<number>(Infinity);
      go(function* () {
        for (let n = 0; n < 50; n++) yield* ch.send(n);
      });
    });
    turn.budget = BUDGET;
    vi.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const polled = poll(
      coroutine(function* () {
        const ch = channel<number>(Infinity);
        for (let n = 0; n < 2000; n++) yield* ch.send(n);
        return ch.size;
      }),
    );
    vi.restoreAllMocks();
    expect(polled).toEqual({ ok: true, value: 2000 });
  });

  it('is spent by coroutines that start each other, too', () => {
    let started = 0;
    const start = (): void => {
      go(function* () {
        if (++started < 100) start();
      });
    };
    expect(withClock(20, start)).toBeGreaterThan(3);
    expect(started).toBe(100);
  });

  it('cancelled while it is cut, a coroutine does not perform the yield* where it stands', () => {
    const ch = channel<number>(Infinity);
    let sizes: number[] = [];
    const told = new Record();
    withClock(20, () => {
      const task = go(function* () {
        try {
          for (;;) yield* ch.send(1);
        } finally {
          told.add('finally');
        }
      });
      sizes = [ch.size];
      task.cancel();
      sizes.push(ch.size);
      told.add(task.status);
    });
    check(ch);
    expect(sizes[1]).toBe(sizes[0]);
    expect(told.lines).toEqual(['finally', 'cancelled']);
  });

  it('is asked for one macrotask at a time', () => {
    let asked = 0;
    const ch = channel<number>(Infinity);
    const immediate = vi.spyOn(globalThis, 'setImmediate');
    const clock = vi.spyOn(Date, 'now');
    let time = 0;
    turn.budget = BUDGET;
    clock.mockImplementation(() => (time += 20));
    immediate.mockImplementation((() => asked++) as never);
    const task = go(function* () {
      for (;;) yield* ch.send(1);
    });
    ch.trySend(1);
    channel<number>(1).send(1).subscribe();
    go(function* () {});
    vi.restoreAllMocks();
    turn.resuming = false;
    task.cancel();
    expect(asked).toBe(1);
  });

  it('is not spent in virtual time, however long a turn takes', () => {
    const told = new Record();
    turn.budget = BUDGET;
    const immediate = vi.spyOn(globalThis, 'setImmediate');
    const begun = performance.now();
    virtual(() => {
      const ch = channel<number>();
      go(function* () {
        // Longer than the budget, on the real clock.
        for (let n = 0; n % 64 !== 0 || performance.now() - begun < 30; n++) yield* ch.send(n);
        ch.close();
      });
      go(function* () {
        while ((yield* ch.receiveResult()).ok);
        told.add('all in the frame');
      });
      told.add('returned');
      at(0, () => told.add('next'));
    });
    expect(told.lines).toEqual(['all in the frame', 'returned', 'next']);
    expect(immediate).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
