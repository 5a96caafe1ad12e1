import { asyncScheduler, firstValueFrom, Observable, of, type SchedulerLike, Subject, take, takeUntil } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  boundedBuffer,
  type CancelledError,
  channel,
  type Coroutine,
  flow,
  forEach,
  go,
  mergeSelect,
  type Operation,
  poll,
  produce,
  queueMap,
  type ReceiveChannel,
  select,
  type SendChannel,
  shareBroadcast,
  sleep,
  taskGroup,
  until,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

/** Sends `count` numbers, tells how far it is, and cleans up for 5 ms. */
function counting(told: Record, count = Infinity, cleanUp = 5) {
  return function* (out: SendChannel<number>): Coroutine<void> {
    told.add('begins');
    try {
      for (let n = 1; n <= count; n++) {
        yield* out.send(n);
        told.add(`sent ${n}`);
      }
    } finally {
      told.add('cleans up');
      if (cleanUp > 0) yield* sleep(cleanUp);
      told.add(`is gone at ${frame()}`);
    }
  };
}

function* failing(error: Error): Coroutine<void> {
  yield* sleep(0);
  throw error;
}

const buffer = (scheduler?: SchedulerLike) =>
  boundedBuffer<number>(1, { overflow: 'fail', ...(scheduler !== undefined && { scheduler }) });

describe('produce', () => {
  it.each(FORMS)('2.18 runs nothing before a value is asked for, and is paced by who takes: $form', ({ perform }) => {
    virtual(() => {
      const told = new Record();
      const ch = produce(counting(told, 2, 0));
      check(ch);
      expect(told.take()).toEqual([]);
      perform(ch.receive(), told.by('receiver'));
      check(ch);
      expect(told.take().sort()).toEqual(['begins', 'receiver got 1', 'sent 1']);
      perform(ch.receive(), told.by('receiver'));
      perform(ch.receive(), told.by('receiver'));
      check(ch);
      expect(told.take().filter((line) => line.startsWith('receiver'))).toEqual([
        'receiver got 2',
        'receiver failed with ClosedError',
      ]);
    });
  });

  it.each<[string, (ch: ReceiveChannel<number>) => unknown]>([
    ['tryReceive', (ch) => ch.tryReceive()],
    ['poll', (ch) => poll(ch.receive())],
    ['poll of many', (ch) => poll(ch.receiveMany(1).map(([n]) => n))],
    ['poll of a select', (ch) => poll(select({ ch, never: channel() }).map(({ value }): unknown => value))],
    [
      'poll of a merge',
      (ch) =>
        poll(
          mergeSelect({ ch })
            .receive()
            .map(({ value }) => value),
        ),
    ],
  ])('2.18 is asked by %s too', (_, ask) => {
    const told = new Record();
    const ch = produce(counting(told, 1, 0));
    expect(ask(ch)).toEqual({ ok: true, value: 1 });
    check(ch);
  });

  it('is asked by subscribers and by for await', async () => {
    const told = new Record();
    expect(await firstValueFrom(produce(counting(told, 3, 0)).pipe(take(1)))).toBe(1);
    const all: number[] = [];
    for await (const n of produce(counting(told, 3, 0))) all.push(n);
    expect(all).toEqual([1, 2, 3]);
  });

  it.each([1, 3])('2.18 with a buffer begins at once, and fills it: capacity %i', (capacity) => {
    const told = new Record();
    const ch = produce(counting(told), { capacity });
    check(ch);
    expect(told.lines).toEqual(['begins', ...Array.from({ length: capacity }, (_, i) => `sent ${i + 1}`)]);
    ch.cancel();
  });

  it('waits for whenEnded, or the close, without starting', () => {
    const told = new Record();
    const ch = produce(counting(told, 1));
    ch.whenEnded().subscribe(told.by('end'));
    expect([told.take(), ch.cancel('enough'), told.take(), ch.cancel()]).toEqual([
      [],
      true,
      ['end got undefined'],
      false,
    ]);
    expect(() => poll(ch.receive())).not.toThrow();
    check(ch);
  });

  it('2.18 gives its failure as the cause, after what was sent', () => {
    const why = new Error('why');
    const ch = produce(
      function* (out) {
        yield* out.send(1);
        throw why;
      },
      { capacity: 2 },
    );
    check(ch);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
    expect(ch.tryReceive()).toEqual({ ok: false, closed: true });
    expect(() => go(forEach(ch, () => undefined)).result()).toThrow(why);
  });

  it.each(FORMS)('2.18 cancelled, cancels its body; whenEnded waits for its clean-up: $form', ({ perform }) => {
    virtual(() => {
      const told = new Record();
      const lost: string[] = [];
      const ch = produce(counting(told), { onUndelivered: (n, reason) => lost.push(`${n} ${reason}`) });
      ch.tryReceive();
      told.take();
      perform(ch.whenEnded(), told.by('end'));
      at(10, () => {
        perform(ch.receive(), told.by('receiver'));
        told.take();
        expect(ch.cancel('enough')).toBe(true);
        check(ch);
        // 3 was under way.
        expect([told.take(), lost]).toEqual([['cleans up'], ['3 cancelled']]);
        perform(ch.receive(), told.by('late'));
        expect(told.take()).toEqual(['late failed with CancelledError(enough)']);
      });
      at(14, () => expect(told.lines).toEqual([]));
      at(16, () => expect(told.lines).toEqual(['is gone at 15', 'end got undefined']));
    });
  });

  it('2.18 cancelled while somebody waits: that one fails at once, and the signal aborts with the reason', () => {
    virtual(() => {
      const told = new Record();
      const ch = produce<number>(
        function* (_out, { signal, name }) {
          signal.addEventListener('abort', () => told.add(`${name} aborted: ${String(signal.reason)}`));
          try {
            yield* sleep(100);
          } finally {
            yield* sleep(5);
            told.add('gone');
          }
        },
        { name: 'numbers' },
      );
      ch.receive().subscribe(told.by('receiver'));
      ch.cancel('enough');
      expect(told.take()).toEqual(['numbers aborted: enough', 'receiver failed with CancelledError(enough)']);
      at(5, () => expect(told.lines).toEqual(['gone']));
    });
  });

  it('2.18 reports a clean-up that fails', () => {
    const oops = new Error('oops');
    const reported = reportsOf(() => {
      const ch = produce<number>(function* (out) {
        try {
          yield* out.send(1);
          yield* out.send(2);
        } finally {
          yield* failing(oops);
        }
      });
      ch.tryReceive();
      ch.cancel();
      check(ch);
    });
    expect(reported).toEqual([oops]);
  });

  it('is cancelled by its own consumer in the middle of a delivery', () => {
    virtual(() => {
      const told = new Record();
      const ch = produce(counting(told, Infinity, 0));
      ch.subscribe({
        next: (n) => {
          told.add(`got ${n}`);
          if (n === 2) ch.cancel('enough');
        },
        error: (error: unknown) => told.add(String((error as CancelledError).reason)),
      });
      check(ch);
      expect(told.lines.filter((line) => !line.startsWith('sent'))).toEqual([
        'begins',
        'got 1',
        'got 2',
        'enough',
        'cleans up',
        'is gone at 0',
      ]);
    });
  });

  it('ends when its body closes it, and whenEnded waits for the body', () => {
    virtual(() => {
      const told = new Record();
      const ch = produce<number>(function* (out) {
        yield* out.send(1);
        out.close();
        yield* sleep(7);
      });
      ch.subscribe(told.all('subscriber'));
      ch.whenEnded().subscribe(() => told.add(`ended at ${frame()}`));
      expect(told.take()).toEqual(['subscriber got 1', 'subscriber completed']);
      at(8, () => expect(told.lines).toEqual(['ended at 7']));
    });
  });

  it('reports the failure of a body that had closed it', () => {
    const reported = reportsOf(() => {
      const ch = produce<number>(function* (out) {
        out.close();
        yield* out.send(1);
      });
      expect(ch.tryReceive()).toEqual({ ok: false, closed: true });
    });
    expect(reported).toMatchObject([{ name: 'ClosedError' }]);
  });

  it.each([null, undefined, 5, 'x', {}])('refuses a body that is no function: %s', (body) => {
    expect(() => produce(body as never)).toThrow(/^produce: the body must be a function; got/);
    expect(() => flow(body as never)).toThrow(/^flow: the body must be a function; got/);
  });

  it('a body that is no generator function is its failure', () => {
    const ch = produce((() => 5) as never);
    expect(() => go(forEach(ch, () => undefined)).result()).toThrow(/produce: the body must be a generator function/);
  });
});

describe('flow', () => {
  it('2.18 runs anew for each subscriber, and unsubscribing cancels that run alone', () => {
    virtual(() => {
      const told = new Record();
      let run = 0;
      const ticks = flow<string>(function* (out) {
        const mine = ++run;
        try {
          for (let n = 1; ; n++) {
            yield* sleep(10);
            yield* out.send(`${mine}.${n}`);
          }
        } finally {
          yield* sleep(3);
          told.add(`${mine} is gone at ${frame()}`);
        }
      });
      expect(run).toBe(0);
      const first = ticks.subscribe(told.by('first'));
      ticks.pipe(take(3)).subscribe(told.all('second'));
      at(15, () => first.unsubscribe());
      // 1 cleans up until 18; 2 has taken all it wants at 30.
      at(50, () =>
        expect(told.lines).toEqual([
          'first got 1.1',
          'second got 2.1',
          '1 is gone at 18',
          'second got 2.2',
          'second got 2.3',
          'second completed',
          '2 is gone at 33',
        ]),
      );
    });
  });

  it('2.18 completes a send when the subscriber has the value', () => {
    virtual(() => {
      const told = new Record();
      flow(counting(told, 2, 0)).subscribe((n) => told.add(`got ${n}`));
      expect(told.lines).toEqual(['begins', 'got 1', 'sent 1', 'got 2', 'sent 2', 'cleans up', 'is gone at 0']);
    });
  });

  it('2.18 before a consumer that pulls, when that one wants the next', () => {
    virtual(() => {
      const told = new Record();
      flow(counting(told, 3, 0))
        .pipe(
          queueMap(function* (n: number) {
            told.add(`works on ${n}`);
            yield* sleep(10);
            return n;
          }),
        )
        .subscribe((n) => told.add(`${n} done at ${frame()}`));
      expect(told.take()).toEqual(['begins', 'works on 1', 'sent 1']);
      at(10, () => expect(told.take()).toEqual(['1 done at 10', 'works on 2', 'sent 2']));
      at(31, () => expect(told.take().at(-1)).toBe('3 done at 30'));
    });
  });

  it('stops an endless body that never waits', () => {
    const told = new Record();
    const all: number[] = [];
    flow(counting(told, Infinity, 0))
      .pipe(take(2))
      .subscribe((n) => all.push(n));
    expect([all, told.lines.at(-1)]).toEqual([[1, 2], expect.stringMatching(/^is gone/)]);
  });

  it('errs with what its body throws, and completes with it', () => {
    const told = new Record();
    flow<number>(function* (out) {
      yield* out.send(1);
      throw new Error('why');
    }).subscribe(told.all('one'));
    flow<number>(function* (out) {
      yield* out.send(1);
    }).subscribe(told.all('other'));
    expect(told.lines).toEqual(['one got 1', 'one failed with why', 'other got 1', 'other completed']);
  });

  it.each<[string, (source: Observable<number>) => Operation<unknown>]>([
    ['until it', (source) => until(source)],
    ['a group with a task of it', (source) => taskGroup((group) => group.go(source))],
    ['until it is shared', (source) => until(source.pipe(shareBroadcast()))],
    ['until its queueMap', (source) => until(source.pipe(queueMap((n: number) => of(n))))],
    [
      'until its queueMap, buffered',
      (source) =>
        until(
          source.pipe(
            buffer(),
            queueMap((n: number) => of(n)),
          ),
        ),
    ],
    ['until it is buffered on a scheduler', (source) => until(source.pipe(buffer(asyncScheduler)))],
  ])('1.14 a coroutine that is cancelled while it waits for %s waits for the clean-up of the body', (_, waiting) => {
    virtual(() => {
      const told = new Record();
      const slow = flow<number>(function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(5);
          told.add(`gone at ${frame()}`);
        }
      });
      const task = go(function* () {
        yield* waiting(slow);
      });
      at(1, () => task.cancel().subscribe(() => told.add(`cancelled at ${frame()}`)));
      at(20, () => expect(told.lines).toEqual(['gone at 6', 'cancelled at 6']));
    });
  });

  it('leaves nothing behind when it is unsubscribed before it begins, or by takeUntil', () => {
    const told = new Record();
    const stop = new Subject<void>();
    of(1)
      .pipe(takeUntil(of(1)))
      .subscribe();
    new Observable<number>((subscriber) => {
      subscriber.unsubscribe();
      return flow(counting(told)).subscribe(subscriber);
    }).subscribe();
    flow(counting(told, Infinity, 0))
      .pipe(takeUntil(stop))
      .subscribe((n) => n === 3 && stop.next());
    expect(told.lines.filter((line) => line === 'begins')).toHaveLength(
      told.lines.filter((line) => line === 'cleans up').length,
    );
  });

  it('reports a clean-up that fails after it was unsubscribed', () => {
    const oops = new Error('oops');
    const reported = reportsOf(() => {
      const running = flow<number>(function* (out) {
        try {
          yield* out.send(1);
          yield* sleep(10);
        } finally {
          yield* failing(oops);
        }
      }).subscribe();
      running.unsubscribe();
    });
    expect(reported).toEqual([oops]);
  });
});
