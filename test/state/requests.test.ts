import { concat, EMPTY, map, NEVER, Observable, of, Subject, throwError, TimeoutError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  channel,
  type Channel,
  ClosedError,
  type Coroutine,
  deferred,
  go,
  poll,
  select,
  sleep,
} from '../../src/index.ts';
import { stateOwner } from '../../src/state/state-owner.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { at, reportsOf, virtual } from '../virtual.ts';

/** A stream of `values`. */
function stream(...values: string[]): ReadableStream<string> {
  return new ReadableStream({
    start(controller) {
      for (const value of values) controller.enqueue(value);
      controller.close();
    },
  });
}

const inc = (n: number): number => n + 1;

/** A channel with a value in it. */
function full(value: string): Channel<string> {
  const ch = channel<string>(1);
  ch.trySend(value);
  return ch;
}

/** A step that brings `next(state)` after `ms`. */
const slowly =
  <S>(ms: number, next: (state: S) => S) =>
  (state: S): Observable<S> =>
    timer(ms).pipe(map(() => next(state)));

describe.each(FORMS)('§7.1 one request at a time, in order of arrival, by $form', ({ perform }) => {
  it('serves at once a request that finds the owner idle', () => {
    const record = new Record();
    const owner = stateOwner(1);
    perform(
      owner.read((n) => n + 0.5),
      record.by('read'),
    );
    perform(owner.write(2), record.by('write'));
    perform(
      owner.update((n) => n + 1),
      record.by('update'),
    );
    perform(
      owner.modify((n) => [n * 2, `was ${n}`] as const),
      record.by('modify'),
    );
    perform(owner.compareAndSet(6, 7), record.by('set'));
    perform(owner.compareAndSet(6, 8), record.by('set'));
    check(owner);
    expect(record.take()).toEqual([
      'read got 1.5',
      'write got 2',
      'update got 3',
      'modify got was 3',
      'set got true',
      'set got false',
    ]);
    expect(owner.value).toBe(7);
  });

  it('lets everybody wait while a step takes its time', () => {
    const record = new Record();
    const owner = stateOwner(0);
    virtual(() => {
      perform(owner.update(slowly(5, (n) => n + 1)), record.by('slow'));
      perform(
        owner.read((n) => n),
        record.by('read'),
      );
      perform(
        owner.update((n) => n + 10),
        record.by('update'),
      );
      perform(
        owner.modify((n) => [n + 100, `was ${n}`] as const),
        record.by('modify'),
      );
      perform(owner.compareAndSet(111, 5), record.by('set'));
      perform(owner.write(6), record.by('write'));
      perform(
        owner.read((n) => n),
        record.by('last'),
      );
      check(owner);
      expect(owner.pending).toBe(7);
      expect(owner.value).toBe(0);
      at(4, () => expect(record.take()).toEqual([]));
    });
    check(owner);
    expect(record.take()).toEqual([
      'slow got 1',
      'read got 1',
      'update got 11',
      'modify got was 11',
      'set got true',
      'write got 6',
      'last got 6',
    ]);
    expect(owner.pending).toBe(0);
  });

  it('runs no step before the one in front of it has ended', () => {
    const log: string[] = [];
    const owner = stateOwner(0);
    const step = (name: string, ms: number) =>
      function* (n: number): Coroutine<number> {
        log.push(`${name} begins`);
        yield* sleep(ms);
        log.push(`${name} ends`);
        return n + 1;
      };
    virtual(() => {
      perform(owner.update(step('a', 9)), new Record().by('a'));
      perform(owner.update(step('b', 1)), new Record().by('b'));
      perform(owner.update(step('c', 0)), new Record().by('c'));
    });
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(owner.value).toBe(3);
  });

  it('serves 5 000 who wait, and whose steps bring their state at once, without deep stacks', () => {
    const owner = stateOwner(0);
    const gate = new Subject<number>();
    perform(
      owner.update(() => gate),
      new Record().by('x'),
    );
    virtual(() => {
      for (let i = 0; i < 5000; i++)
        perform(
          owner.update((n) => of(n + 1)),
          new Record().by('x'),
        );
      gate.next(0);
      gate.complete();
    });
    expect(owner.value).toBe(5000);
    check(owner);
  });

  it('serves nobody in the middle of the answer to another, whatever that calls', () => {
    const log: string[] = [];
    const owner = stateOwner(0, { name: 'counter' });
    const gate = new Subject<number>();
    owner.update(() => gate).subscribe();
    for (const name of ['a', 'b']) {
      perform(owner.update(inc), {
        next: (n) => {
          log.push(`${name} got ${n}, ${title(owner)}`);
          // A call of the library, at the end of which those are looked at that wait.
          poll(stateOwner(1).read(inc));
          log.push(`${name} is done`);
        },
        error: () => undefined,
        complete: () => undefined,
      });
    }
    gate.complete();
    const last =
      perform === FORMS[0]!.perform ? 'a got 1, counter (1 pending, idle)' : 'a got 1, counter (0 pending, idle)';
    expect(log).toEqual([last, 'a is done', 'b got 2, counter (0 pending, idle)', 'b is done']);
    check(owner);
  });

  it('counts the request whose step is running', () => {
    const log: string[] = [];
    const owner = stateOwner(0, { name: 'counter' });
    const gate = new Subject<number>();
    const look = (n: number): number => {
      log.push(title(owner));
      return n;
    };
    perform(owner.update(look), new Record().by('x'));
    perform(
      owner.update(() => gate),
      new Record().by('x'),
    );
    perform(owner.update(look), new Record().by('x'));
    gate.complete();
    expect(log).toEqual(['counter (1 pending, stepping)', 'counter (1 pending, stepping)']);
  });
});

describe.each(FORMS)('§7.2 what a step returns, by $form', ({ perform }) => {
  const cases: [string, () => unknown, string][] = [
    ['the last value of an observable', () => of('a', 'b', 'c'), 'c'],
    ['what a coroutine returns', () => (function* () { yield* sleep(1); return 'c'; })(), 'c'], // prettier-ignore
    ['the value of an operation', () => sleep(1).map(() => 'c'), 'c'],
    ['the value of an operation that is ready', () => stateOwner('c').read((s) => s), 'c'],
    ['what an operation takes that was there already', () => full('c').receive(), 'c'],
  ];
  it.each(cases)('waits for %s', (_, make, expected) => {
    const record = new Record();
    const owner = stateOwner<string>('');
    virtual(() => {
      perform(
        owner.update(() => make() as string),
        record.by('x'),
      );
      perform(
        owner.read((s) => s),
        record.by('next'),
      );
      check(owner);
    });
    expect(record.take()).toEqual([`x got ${expected}`, `next got ${expected}`]);
    check(owner);
  });

  it('waits for promises, async iterables and ReadableStreams', async () => {
    const owner = stateOwner<string>('');
    async function* values(): AsyncGenerator<string> {
      yield Promise.resolve('a');
      yield Promise.resolve('b');
    }
    const results = [];
    for (const made of [Promise.resolve('p'), values(), stream('r', 's')]) {
      results.push(await owner.update(() => made as PromiseLike<string>).promise());
    }
    // In a browser that has no async iteration of streams.
    const bare = { getReader: () => stream('t').getReader() };
    results.push(await owner.update(() => bare as unknown as string).promise());
    results.push(await go(() => owner.update(() => Promise.resolve('q'))).promise());
    expect(results).toEqual(['p', 'b', 's', 't', 'q']);
    expect(owner.value).toBe('q');
  });

  it('takes everything else as the next state', () => {
    const values = [[1, 2], 'text', new Map([[1, 2]]), new Set([1]), undefined, null, new Error('x'), () => 1, 0];
    for (const value of values) {
      const owner = stateOwner<unknown>('initial');
      const record: unknown[] = [];
      perform(
        owner.update(() => value),
        { next: (v) => record.push(v), error: record.push, complete: () => undefined },
      );
      expect(record).toEqual([value]);
      expect(owner.value).toBe(value);
    }
  });

  it('does not wait for what is written, or read', () => {
    const promise = Promise.resolve(1);
    const owner = stateOwner<unknown>(0);
    const got: unknown[] = [];
    const observer = { next: (v: unknown) => void got.push(v), error: () => undefined, complete: () => undefined };
    perform(owner.write(promise), observer);
    perform(
      owner.read((state) => [state, NEVER]),
      observer,
    );
    expect(got).toEqual([promise, [promise, NEVER]]);
  });

  it('changes nothing and yields the state when a step completes without a value', async () => {
    const record = new Record();
    const owner = stateOwner(3);
    const states: number[] = [];
    owner.subscribe((n) => states.push(n));
    perform(
      owner.update(() => EMPTY),
      record.by('empty'),
    );
    perform(
      owner.modify<string>(() => EMPTY),
      record.by('modify'),
    );
    expect(record.take()).toEqual(['empty got 3', 'modify got 3']);
    async function* none(): AsyncGenerator<number> {
      // Nothing.
    }
    expect(await owner.update(() => none()).promise()).toBe(3);
    expect(states).toEqual([3]);
    check(owner);
  });

  it('fails the request of a step that throws or errs, changes nothing, and serves the next', () => {
    const record = new Record();
    const owner = stateOwner(3);
    const boom = (): never => {
      throw new Error('boom');
    };
    virtual(() => {
      perform(owner.update(boom), record.by('throws'));
      perform(owner.read(boom), record.by('read'));
      perform(owner.update(() => concat(of(9), throwError(() => new Error('late')))), record.by('errs')); // prettier-ignore
      perform(owner.update(function* (): Coroutine<number> { yield* sleep(1); throw new Error('in coroutine'); }), record.by('coroutine')); // prettier-ignore
      perform(owner.update(boom), record.by('waits and throws'));
      perform(
        owner.modify(() => 5 as never),
        record.by('no pair'),
      );
      perform(
        owner.read((n) => n),
        record.by('after'),
      );
      check(owner);
    });
    expect(record.take()).toEqual([
      'throws failed with boom',
      'read failed with boom',
      'errs failed with late',
      'coroutine failed with in coroutine',
      'waits and throws failed with boom',
      'no pair failed with TypeError',
      'after got 3',
    ]);
    expect(owner.value).toBe(3);
    check(owner);
  });
});

describe.each(FORMS)('§7.4 withdrawing, by $form', ({ perform }) => {
  it('removes a waiting request, first, middle or last', () => {
    for (const leaver of [0, 1, 2]) {
      const record = new Record();
      const owner = stateOwner('');
      const gate = new Subject<string>();
      perform(
        owner.update(() => gate),
        record.by('running'),
      );
      const leave = ['a', 'b', 'c'].map((name) =>
        perform(
          owner.update((s) => s + name),
          record.by(name),
        ),
      );
      leave[leaver]!();
      check(owner);
      expect(owner.pending).toBe(3);
      gate.next('');
      gate.complete();
      expect(owner.value).toBe(['bc', 'ac', 'ab'][leaver]);
      check(owner);
    }
  });

  it('cancels the step of the running one, and the next runs', () => {
    const record = new Record();
    const owner = stateOwner('a');
    let unsubscribed = 0;
    const leave = perform(
      owner.update(() => new Observable(() => () => unsubscribed++)),
      record.by('running'),
    );
    perform(
      owner.update((s) => `${s}b`),
      record.by('next'),
    );
    leave();
    expect(unsubscribed).toBe(1);
    expect(record.take()).toEqual(['next got ab']);
    check(owner);
    expect(owner.pending).toBe(0);
  });

  it('serves the next when the clean-up of the withdrawn step has ended', () => {
    const record = new Record();
    const owner = stateOwner('a');
    virtual(() => {
      const step = function* (): Coroutine<string> {
        try {
          yield* sleep(10);
          return 'never';
        } finally {
          yield* sleep(5);
          record.add('cleaned');
        }
      };
      const leave = perform(owner.update(step), record.by('running'));
      perform(
        owner.read((s) => s),
        record.by('next'),
      );
      at(2, leave);
      at(3, () => {
        check(owner);
        expect(owner.pending).toBe(1);
        perform(
          owner.read((s) => `${s}!`),
          record.by('last'),
        );
      });
    });
    expect(record.take()).toEqual(['cleaned', 'next got a', 'last got a!']);
    check(owner);
  });

  it('does not serve the next before the step has returned whose request was given up inside of it', () => {
    const log: string[] = [];
    const owner = stateOwner(0);
    const controller = new AbortController();
    const step = (n: number): number => {
      owner.update((m) => (log.push(`next from ${m}`), m)).subscribe();
      controller.abort();
      log.push('ends');
      return n + 5;
    };
    perform(owner.update(step).withSignal(controller.signal), new Record().by('x'));
    expect(log).toEqual(['ends', 'next from 0']);
    expect([owner.value, owner.pending]).toEqual([0, 0]);
    check(owner);
  });

  it('takes nothing from a step whose request is given up as that brings its state', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const source = deferred<number>();
    const gate = new Subject<number>();
    source.subscribe(() => leave());
    const leave = perform(
      owner.update(() => source),
      record.by('leaver'),
    );
    perform(
      owner.update(() => gate),
      record.by('next'),
    );
    perform(owner.read(inc), record.by('last'));
    source.resolve(5);
    expect(owner.pending).toBe(2);
    check(owner);
    gate.complete();
    expect(record.take().filter((line) => !line.startsWith('leaver failed'))).toEqual(['next got 0', 'last got 1']);
    check(owner);
  });

  it('lets one leave from inside of its own step: nothing changes', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const gate = new Subject<number>();
    perform(
      owner.update(() => gate),
      record.by('first'),
    );
    const leave = perform(
      owner.update(() => {
        leave();
        return 5;
      }),
      record.by('leaver'),
    );
    perform(
      owner.read((n) => n),
      record.by('next'),
    );
    gate.complete();
    expect(record.take().slice(0, 2)).toEqual(['first got 0', 'next got 0']);
    check(owner);
  });
});

describe('§7.4 withdrawing in other ways', () => {
  it('times out, waiting or running, and leaves no trace', () => {
    const errors: unknown[] = [];
    const owner = stateOwner(0);
    virtual(() => {
      owner
        .update(slowly(9, () => 9))
        .withTimeout(4)
        .subscribe({ error: (e: unknown) => errors.push(e) });
      owner
        .update((n) => n + 1)
        .withTimeout(2)
        .subscribe({ error: (e: unknown) => errors.push(e) });
      owner
        .read((n) => n)
        .withTimeout(5)
        .subscribe((n) => errors.push(n));
    });
    expect(errors.map((e) => (e instanceof TimeoutError ? 'late' : e))).toEqual(['late', 'late', 0]);
    check(owner);
  });

  it('is withdrawn by a signal, and performed by a promise', async () => {
    const owner = stateOwner(0);
    const controller = new AbortController();
    const running = owner.update(() => NEVER).promise({ signal: controller.signal });
    const waiting = owner.read((n) => n).promise();
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(waiting).resolves.toBe(0);
    check(owner);
  });

  it('loses a select without a trace: the step is cancelled, or has never begun', () => {
    const owner = stateOwner(0);
    const ch = channel<string>();
    const keys: string[] = [];
    let begun = 0;
    select({ ch, slow: owner.update(() => (begun++, NEVER)) }).subscribe(({ key }) => keys.push(key));
    select({ ch, waits: owner.update(() => (begun++, 1)) }).subscribe(({ key }) => keys.push(key));
    expect(owner.pending).toBe(2);
    check(owner);
    ch.trySend('x');
    expect(keys[0]).toBe('ch');
    check(owner);
    // The first one's step gave way to the second, which then committed.
    expect([keys, begun, owner.value, owner.pending]).toEqual([['ch', 'waits'], 2, 1, 0]);
    select({ ch: Promise.resolve(), now: owner.update((n) => n + 1), rest: owner.read((n) => n) }).subscribe(({ key }) => keys.push(key)); // prettier-ignore
    expect(keys.at(-1)).toBe('rest');
  });

  it('does not wait in a poll', () => {
    const owner = stateOwner(0);
    expect(poll(owner.update((n) => n + 1))).toEqual({ ok: true, value: 1 });
    let unsubscribed = 0;
    expect(poll(owner.update(() => new Observable(() => () => unsubscribed++)))).toEqual({ ok: false, closed: false });
    expect(unsubscribed).toBe(1);
    check(owner);
    const stays = owner.update(() => NEVER).subscribe();
    expect(poll(owner.read((n) => n))).toEqual({ ok: false, closed: false });
    expect(owner.pending).toBe(1);
    stays.unsubscribe();
    expect(poll(owner.read((n) => n))).toEqual({ ok: true, value: 1 });
    owner.complete();
    expect(poll(owner.read((n) => n))).toEqual({ ok: false, closed: true });
    expect(poll(owner.update((n) => n))).toEqual({ ok: false, closed: true });
    expect(poll(owner.when((n) => n === 1))).toEqual({ ok: true, value: 1 });
    expect(poll(owner.when((n) => n === 2))).toEqual({ ok: false, closed: true });
    const boom = (): never => {
      throw new Error('boom');
    };
    expect(() => poll(owner.when(boom))).toThrow('boom');
  });

  it('has a cancelled coroutine wait for the clean-up of its step', () => {
    const record = new Record();
    const owner = stateOwner(0);
    virtual(() => {
      const task = go(function* () {
        try {
          yield* owner.update(function* () {
            try {
              yield* sleep(100);
            } finally {
              yield* sleep(5);
              record.add('step cleaned');
            }
            return 1;
          });
        } finally {
          record.add('task cleaned');
        }
      });
      at(1, () => task.cancel());
    });
    expect(record.take()).toEqual(['step cleaned', 'task cleaned']);
    check(owner);
  });

  it('reports a clean-up that fails, when nobody waits for it', () => {
    const owner = stateOwner(0);
    const reported = reportsOf(() => {
      const cleanUp = function* (): Coroutine<void> {
        yield* sleep(1);
        throw new Error('in finally');
      };
      const step = function* (): Coroutine<number> {
        try {
          yield* sleep(10);
          return 1;
        } finally {
          yield* cleanUp();
        }
      };
      const leaver = owner.update(step).subscribe();
      at(1, () => leaver.unsubscribe());
    });
    expect(reported).toEqual([new Error('in finally')]);
    check(owner);
    expect(poll(owner.read((n) => n))).toEqual({ ok: true, value: 0 });
  });

  it('calls the return() of an async iterator, and waits for it', async () => {
    const owner = stateOwner(0);
    const log: string[] = [];
    let end = (): void => undefined;
    const iterable = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<number>>(() => undefined),
        return: () => {
          log.push('return');
          return new Promise<IteratorResult<number>>((resolve) => {
            end = () => {
              log.push('closed');
              resolve({ done: true, value: 0 });
            };
          });
        },
      }),
    };
    const leaver = owner.update(() => iterable).subscribe();
    const next = owner.read((n) => n).promise();
    leaver.unsubscribe();
    void next.then(() => log.push('next'));
    await Promise.resolve();
    end();
    await next;
    await Promise.resolve();
    expect(log).toEqual(['return', 'closed', 'next']);
  });
});

describe('re-entrancy', () => {
  it('serves what a step asks of its own owner after it has returned', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner
      .update((n) => {
        owner.update((m) => m + 10).subscribe(record.by('inner'));
        check(owner);
        return n + 1;
      })
      .subscribe(record.by('outer'));
    owner.read((n) => { owner.read((m) => m).subscribe(record.by('in read')); return n; }).subscribe(record.by('read')); // prettier-ignore
    check(owner);
    expect(record.take()).toEqual(['outer got 1', 'inner got 11', 'read got 11', 'in read got 11']);
  });

  it('keeps the order for coroutines, too: nobody overtakes what a step has asked', () => {
    const record = new Record();
    const owner = stateOwner(0);
    go(function* () {
      record.add(`a ${yield* owner.read((n) => { owner.update((m) => m + 1).subscribe(record.by('inner')); return n; })}`); // prettier-ignore
      record.add(`b ${yield* owner.read((n) => n)}`);
    });
    expect(record.take()).toEqual(['a 0', 'inner got 1', 'b 1']);
    check(owner);
  });

  it('never suspends a coroutine whose request is served at once', () => {
    const record = new Record();
    const owner = stateOwner(0);
    go(function* () {
      go(function* () {
        record.add('other');
      });
      yield* owner.read((n) => n);
      yield* owner.write(1);
      yield* owner.update((n) => n + 1);
      yield* owner.update(() => of(3));
      yield* owner.update(function* () {
        return 4;
      });
      yield* owner.modify((n) => [n + 1, n] as const);
      yield* owner.compareAndSet(5, 6);
      record.add('one');
    });
    expect(record.take()).toEqual(['one', 'other']);
    expect(owner.value).toBe(6);
  });
});

describe('wrong arguments', () => {
  it('are rejected at the call', () => {
    const owner = stateOwner(0, { name: 'counter' });
    expect(() => owner.update(5 as never)).toThrow("counter: update's step must be a function; got 5");
    expect(() => owner.modify(5 as never)).toThrow(TypeError);
    expect(() => owner.read(5 as never)).toThrow(TypeError);
    expect(() => owner.when(5 as never)).toThrow(TypeError);
    expect(() => owner.select(5 as never)).toThrow(TypeError);
    expect(() => owner.tell(5 as never)).toThrow(TypeError);
    for (const capacity of [-1, 1.5, NaN]) expect(() => stateOwner(0, { capacity })).toThrow(RangeError);
    expect(() => stateOwner(0, { equal: 5 as never })).toThrow(TypeError);
  });
});

describe('what is left behind', () => {
  it('is nothing: an owner prints itself idle', () => {
    const owner = stateOwner(0, { name: 'counter' });
    const running = owner.update(() => NEVER).subscribe();
    const waiting = owner.read((n) => n).subscribe();
    const listening = owner.subscribe();
    const hoping = owner.when((n) => n > 5).subscribe();
    expect(String(owner)).toBe('counter (2 pending, 1 subscribed, waiting)');
    for (const one of [waiting, running, listening, hoping]) {
      one.unsubscribe();
      check(owner);
    }
    expect(String(owner)).toBe('counter (0 pending, idle)');
    owner.complete();
    expect(String(owner)).toBe('counter (0 pending, completed)');
    expect(() => poll(owner.write(1).map(() => 1))).not.toThrow();
    owner.write(1).subscribe({ error: (e: unknown) => expect(e).toEqual(new ClosedError('counter')) });
    expect(new CancelledError('counter')).toBeInstanceOf(Error);
  });
});
