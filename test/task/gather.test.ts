import { Subject, takeUntil } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  coroutine,
  type Coroutine,
  deferred,
  gather,
  go,
  type Operation,
  poll,
  select,
  sleep,
  trySelect,
  until,
} from '../../src/index.ts';
import { check, Record, show } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { raise } from './jobs.ts';
import { WAYS } from './ways.ts';

function after(ms: number, value: string): Operation<string> {
  return sleep(ms).map(() => value);
}

function* cleaning(told: Record, name: string, ms = 0): Coroutine<void> {
  try {
    yield* sleep(99);
  } finally {
    if (ms > 0) yield* sleep(ms);
    told.add(`${frame()} ${name} clean`);
  }
}

function failingAfter(ms: number, error: unknown): Operation<never> {
  return sleep(ms).map(() => {
    raise(error);
  });
}

describe.each(WAYS)('4.9 gather, by $way', ({ of: by }) => {
  it('emits all results in the order of the inputs', () => {
    const told = new Record();
    virtual(() => {
      const inputs = [after(3, 'a'), after(1, 'b'), go(after(2, 'c'))];
      by(gather(inputs)).subscribe((values) => told.add(`${frame()} ${values.join()}`));
    });
    expect(told.lines).toEqual(['3 a,b,c']);
  });

  it('fails at once with the first failure, and withdraws the others', () => {
    const told = new Record();
    const task = go(function* () {
      return yield* deferred<string>();
    });
    const ch = channel<string>({ name: 'ch' });
    virtual(() => {
      const inputs = [coroutine(() => cleaning(told, 'cold', 3)), task, ch.receive(), failingAfter(2, 'boom')];
      by(gather(inputs)).subscribe({ error: (error: unknown) => told.add(`${frame()} ${show(error)}`) });
    });
    expect(told.lines).toEqual(['2 boom', '5 cold clean']);
    expect([task.status, task.waiters]).toEqual(['pending', 0]);
    expect(ch.statistics().waitingReceivers).toBe(0);
    check(task, ch);
  });

  it('withdraws all when it is withdrawn, and gives back what they took', () => {
    const told = new Record();
    const ch = channel<number>({ capacity: 3 });
    for (const value of [1, 2, 3]) ch.trySend(value);
    virtual(() => {
      const waiting = by(gather([ch.receive(), ch.receive(), coroutine(() => cleaning(told, 'cold'))])).subscribe();
      told.add(`${ch.size} left`);
      at(2, () => waiting.unsubscribe());
    });
    expect(told.lines).toEqual(['1 left', '2 cold clean']);
    expect([ch.tryReceive(), ch.tryReceive(), ch.tryReceive()].map((got) => got.ok && got.value)).toEqual([1, 2, 3]);
  });

  it('emits [] for no inputs, at once', () => {
    const told = new Record();
    by(gather([])).subscribe(told.all('gather'));
    expect(told.lines).toEqual(['gather got []', 'gather completed']);
  });
});

describe('4.9 gather', () => {
  it('resolves a promise, and rejects it', async () => {
    await expect(gather([until([1]), until(['x'])]).promise()).resolves.toEqual([1, 'x']);
    await expect(gather([until([1]), until(Promise.reject(new Error('no')))]).promise()).rejects.toThrow('no');
  });

  it('does not suspend a coroutine where all are ready', () => {
    const told = new Record();
    const ch = channel<number>(2);
    ch.trySend(1);
    ch.trySend(2);
    go(function* () {
      go(function* () {
        told.add('other');
      });
      told.add(show(yield* gather([ch.receive(), ch.receive(), until([3])])));
    });
    expect(told.lines).toEqual(['[1,2,3]', 'other']);
  });

  it('does not start those further on when one fails at once', () => {
    const told = new Record();
    const inputs = [
      until([1]).map(() => {
        raise(new Error('first'));
      }),
      coroutine(function* () {
        told.add('never');
      }),
    ];
    gather(inputs).subscribe(told.by('gather'));
    expect(told.lines).toEqual(['gather failed with first']);
  });

  it('fails at once when one of its futures has failed, though others are pending', () => {
    const told = new Record();
    const [a, b] = [deferred<number>(), deferred<number>()];
    b.reject(new Error('b'));
    const both = gather([a, b]);
    expect(() => poll(both)).toThrow('b');
    both.subscribe(told.by('gather'));
    expect(told.lines).toEqual(['gather failed with b']);
    const cancelled = deferred<number>();
    cancelled.cancel('c');
    expect(() => poll(gather([a, cancelled]))).toThrow(`${cancelled.name} was cancelled`);
  });

  it('gets the failure of a cancelled task', () => {
    const told = new Record();
    const task = go(deferred());
    gather([task, sleep(9)]).subscribe(told.by('gather'));
    task.cancel('enough');
    expect(told.lines).toEqual(['gather failed with CancelledError(enough)']);
  });

  it('observes its futures, also those that fail after it has', () => {
    const reports = reportsOf(() => {
      const [a, b, c] = [deferred(), deferred(), deferred()];
      gather([a, b]).subscribe({ error: () => undefined });
      b.reject('b');
      // This one fails at once, and never waits for c.
      gather([b, c]).subscribe({ error: () => undefined });
      at(1, () => a.reject('a'));
      at(2, () => c.reject('c'));
    });
    expect(reports).toEqual([]);
  });

  it('reports what fails in the clean-up of those that it cancels', () => {
    const told = new Record();
    const reports = reportsOf(() => {
      const bad = coroutine(function* () {
        try {
          yield* sleep(9);
        } finally {
          raise('clean-up');
        }
      });
      gather([bad, failingAfter(1, 'boom')]).subscribe(told.by('gather'));
    });
    expect(told.lines).toEqual(['gather failed with boom']);
    expect(reports).toEqual(['clean-up']);
  });

  it('lets a coroutine that is cancelled in it wait for the clean-up', () => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        yield* gather([coroutine(() => cleaning(told, 'a', 3)), coroutine(() => cleaning(told, 'b', 1))]);
      });
      at(2, () => task.cancel().subscribe(() => told.add(`${frame()} cancelled`)));
    });
    expect(told.lines).toEqual(['3 b clean', '5 a clean', '5 cancelled']);
  });

  it('gives back what was taken when it fails', () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    virtual(() => gather([ch.receive(), failingAfter(1, 'boom')]).subscribe({ error: () => undefined }));
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
    check(ch);
  });

  it('gives back what a commit brought when somebody whom that told withdrew it', () => {
    const told = new Record();
    const ch = channel<number>();
    const stop = new Subject<void>();
    ch.send(1).subscribe(() => stop.next());
    gather([ch.receive(), coroutine(() => cleaning(told, 'never'))])
      .pipe(takeUntil(stop))
      .subscribe(told.by('gather'));
    expect(told.lines).toEqual([]);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
    check(ch);
  });

  it('gives back nothing where nothing was taken', () => {
    const told = new Record();
    const [empty, full] = [channel<number>(1), channel<number>(1)];
    full.trySend(1);
    virtual(() => gather([empty.receive(), full.receive(), failingAfter(1, 'boom')]).subscribe(told.by('gather')));
    expect(told.lines).toEqual(['gather failed with boom']);
    expect([empty.size, full.size]).toEqual([0, 1]);
    check(empty, full);
  });

  it('gives back what a gather in it took, and the outcomes of its futures to nobody', () => {
    const told = new Record();
    const ch = channel<number>(2);
    ch.trySend(1);
    ch.trySend(2);
    const done = deferred<string>();
    done.resolve('done');
    const inner = [gather([done]), gather([ch.receive(), ch.receive(), until(['x'])])];
    virtual(() => gather([...inner, failingAfter(1, 'boom')]).subscribe(told.by('gather')));
    expect(told.lines).toEqual(['gather failed with boom']);
    expect([ch.tryReceive(), ch.tryReceive()].map((got) => got.ok && got.value)).toEqual([1, 2]);
    expect(ch.statistics().delivered).toBe(2);
    check(ch);
  });

  it('asks for no value once one has failed, though all came at once', () => {
    const told = new Record();
    const source = deferred<number>();
    const parts = [
      source.map(() => {
        raise('first');
      }),
      source.map(() => told.add('never')),
    ];
    gather(parts).subscribe(told.by('gather'));
    source.resolve(1);
    expect(told.lines).toEqual(['gather failed with first']);
  });

  it.each([
    ['brings', () => 1],
    ['fails with', () => raise('late')],
  ])('withdrawn while it asks for a value, has ended, whatever that %s', (_what, outcome) => {
    const told = new Record();
    const source = deferred<number>();
    const waiting = coroutine(function* () {
      told.add('begun');
      try {
        yield* gather([
          source.map(() => {
            waiting.unsubscribe();
            return outcome();
          }),
        ]);
      } finally {
        told.add('clean');
      }
    }).subscribe(told.all('gather'));
    const reports = reportsOf(() => source.resolve(1));
    expect(told.lines).toEqual(['begun', 'clean']);
    expect(reports).toEqual([]);
  });

  it('loses a select without a word: what it was about to send was never sent', () => {
    const told = new Record();
    const ch = channel<number>({ onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
    virtual(() => {
      const both = gather([ch.send(1), sleep(9)]);
      select({ both, late: sleep(2) }).subscribe(told.by('select'));
      const waiting = both.subscribe();
      at(3, () => waiting.unsubscribe());
    });
    expect(told.lines).toEqual(['select got late=undefined', '1 withdrawn']);
    check(ch);
  });

  it('counts its futures as observed, in a select that it loses at once too', () => {
    const told = new Record();
    const reports = reportsOf(() => {
      const one = deferred();
      select({ now: until([1]), all: gather([one]) }).subscribe(told.by('select'));
      one.reject('later');
    });
    expect(told.lines).toEqual(['select got now=1']);
    expect(reports).toEqual([]);
  });

  it('nests, and is a case of select', () => {
    const told = new Record();
    virtual(() => {
      const nested = gather([gather([after(1, 'a'), after(2, 'b')]), after(1, 'c')]);
      select({ nested, late: sleep(5) }).subscribe(told.by('select'));
      select({ nested, early: sleep(1) }).subscribe(told.by('early'));
    });
    expect(told.lines).toEqual(['early got early=undefined', 'select got nested=[["a","b"],"c"]']);
  });

  it('rejects what is no array of operations', () => {
    expect(() => gather(7 as never)).toThrow(new TypeError('gather: needs an array; got 7'));
    expect(() => gather([sleep(1), Promise.resolve(1) as never])).toThrow(
      new TypeError('gather: input 1 must be an operation (see until); got an instance of Promise'),
    );
  });
});

describe('1.11 poll of a gather', () => {
  it('commits when all can', () => {
    const a = channel<number>(1);
    a.trySend(1);
    const done = deferred<string>();
    done.resolve('x');
    expect(poll(gather([a.receive(), done]))).toEqual({ ok: true, value: [1, 'x'] });
    expect(poll(gather([done, done]))).toEqual({ ok: true, value: ['x', 'x'] });
    expect(poll(gather([]))).toEqual({ ok: true, value: [] });
  });

  it('leaves no trace when one of them would wait: nothing is sent, taken or started', () => {
    const told = new Record();
    const [a, b] = [channel<number>(2), channel<number>(1)];
    a.trySend(1);
    const start = coroutine(function* () {
      told.add('started');
    });
    expect(poll(gather([start, a.send(2), a.receive(), b.receive()]))).toEqual({ ok: false, closed: false });
    expect(poll(gather([gather([start, b.receive()]), a.receive()]))).toEqual({ ok: false, closed: false });
    expect(poll(gather([start, b.receive()]).map(() => 1))).toEqual({ ok: false, closed: false });
    expect([a.size, b.size, told.lines]).toEqual([1, 0, []]);
    expect(poll(gather([deferred(), deferred()]))).toEqual({ ok: false, closed: false });
  });

  it('gives back what was taken when the channel has not enough for all', () => {
    const a = channel<number>(2);
    a.trySend(1);
    expect(poll(gather([a.receive(), a.receive()]))).toEqual({ ok: false, closed: false });
    expect([a.size, a.statistics().waitingReceivers]).toEqual([1, 0]);
    check(a);
  });

  it('is what no time at all and trySelect do', () => {
    const told = new Record();
    const [a, b] = [channel<number>(1), channel<number>(1)];
    a.trySend(1);
    gather([a.receive(), b.receive()]).withTimeout(0).subscribe(told.by('gather'));
    expect(told.lines).toEqual(['gather failed with TimeoutError']);
    expect(trySelect({ both: gather([a.receive(), b.receive()]) })).toBeUndefined();
    expect(a.size).toBe(1);
  });
});
