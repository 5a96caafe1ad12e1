import { EMPTY, type Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, type Coroutine, coroutine, deferred, go, sleep } from '../../src/index.ts';
import { check, Record, title } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';

describe('4.1 go', () => {
  it('runs the body to its first wait before it returns, from plain code', () => {
    const told = new Record();
    const a = channel<number>();
    go(function* () {
      told.add('started');
      told.add(`got ${yield* a.receive()}`);
    });
    told.add('go returned');
    check(a);
    a.trySend(1);
    expect(told.lines).toEqual(['started', 'go returned', 'got 1']);
  });

  it('runs a body that never waits to its end', () => {
    const task = go(function* () {
      return 1;
    });
    expect([task.status, task.result()]).toEqual(['resolved', 1]);
    check(task);
  });

  it('starts after those that are ready already, from inside a turn', () => {
    const told = new Record();
    const a = channel<number>();
    go(function* () {
      yield* a.receive();
      told.add('ready first');
    });
    go(function* () {
      a.trySend(1);
      go(function* () {
        told.add('started');
      });
      told.add('go returned');
    });
    expect(told.lines).toEqual(['go returned', 'ready first', 'started']);
  });

  it('starts in this turn from an observer, after that returns', () => {
    const told = new Record();
    const a = channel<number>();
    a.receive().subscribe(() => {
      go(function* () {
        told.add('started');
      });
      told.add('observer returned');
    });
    a.trySend(1);
    told.add('trySend returned');
    expect(told.lines).toEqual(['observer returned', 'started', 'trySend returned']);
  });

  it('does not let others run at a yield* that is ready', () => {
    const told = new Record();
    const a = channel<number>(9);
    const b = channel<number>();
    go(function* () {
      yield* b.receive();
      told.add('other');
    });
    go(function* () {
      b.trySend(1);
      for (let i = 0; i < 3; i++) {
        yield* a.send(i);
        told.add(`sent ${i}`);
      }
    });
    check(a, b);
    expect(told.lines).toEqual(['sent 0', 'sent 1', 'sent 2', 'other']);
  });

  it('never runs the body of a task that is cancelled before it started', () => {
    const told = new Record();
    go(function* () {
      const task = go(function* () {
        told.add('ran');
        try {
          yield* sleep(1);
        } finally {
          told.add('cleaned up');
        }
      });
      task.cancel('at once').subscribe(() => told.add('cancelled'));
      told.add(task.status);
      check(task);
    });
    expect(told.lines).toEqual(['cancelled', 'cancelled']);
  });

  it('throws TypeError at a plain yield, there', () => {
    const told = new Record();
    function* sloppy(): Generator<unknown, string> {
      try {
        yield 5;
      } catch (error) {
        told.add((error as Error).message);
        told.add((error as Error).name);
      }
      return 'went on';
    }
    const task = go(sloppy as () => Coroutine<string>, { name: 'sloppy' });
    expect(told.lines).toEqual([expect.stringMatching(/^sloppy: .*yield\* .*yield 5$/), 'TypeError']);
    expect(task.result()).toBe('went on');
  });

  it('fails the task at a plain yield that nothing catches', () => {
    const told = new Record();
    function* sloppy(): Generator<unknown, void> {
      yield sleep(1);
    }
    const task = go(sloppy as () => Coroutine<void>);
    task.subscribe(told.by('task'));
    check(task);
    expect(told.lines).toEqual(['task failed with TypeError']);
    expect(task.status).toBe('rejected');
  });

  it('throws TypeError at every plain yield, also after one that was caught and after a wait', () => {
    const told = new Record();
    const a = channel<number>();
    function* sloppy(): Generator<unknown, void> {
      for (let i = 0; i < 3; i++) {
        try {
          yield i;
        } catch {
          told.add(`yield ${i}`);
        }
        told.add(`got ${yield* a.receive()}`);
      }
    }
    go(sloppy as () => Coroutine<void>);
    for (const value of [1, 2]) a.trySend(value);
    check(a);
    expect(told.lines).toEqual(['yield 0', 'got 1', 'yield 1', 'got 2', 'yield 2']);
  });

  it('does not nest: a coroutine that is started by another is not interrupted by it, nor the other way round', () => {
    const told = new Record();
    const a = channel<number>();
    go(function* () {
      for (let i = 0; i < 2; i++) told.add(`a ${yield* a.receive()}`);
    });
    go(function* () {
      yield* a.send(1);
      told.add('b sent 1');
      yield* a.send(2);
      told.add('b sent 2');
    });
    check(a);
    expect(told.lines).toEqual(['b sent 1', 'a 1', 'a 2', 'b sent 2']);
  });
});

describe('go runs', () => {
  it('a function that returns a promise', async () => {
    expect(await go(async () => Promise.resolve(1)).promise()).toBe(1);
  });

  it('a promise', async () => {
    expect(await go(Promise.resolve(1)).promise()).toBe(1);
  });

  it('a promise that rejects, as a failure', async () => {
    await expect(go(Promise.reject(new Error('no'))).promise()).rejects.toThrow('no');
  });

  it('an operation', () => {
    const a = channel<number>();
    const task = go(a.receive());
    check(a, task);
    expect(task.status).toBe('pending');
    a.trySend(1);
    check(a, task);
    expect(task.result()).toBe(1);
  });

  it('a cold coroutine, whose clean-up a cancel waits for', () => {
    const told = new Record();
    const gate = deferred<void>();
    const task = go(
      coroutine(function* () {
        try {
          yield* deferred();
        } finally {
          yield* gate;
          told.add('clean');
        }
      }),
    );
    task.cancel().subscribe(() => told.add('cancelled'));
    gate.resolve();
    expect(told.lines).toEqual(['clean', 'cancelled']);
  });

  it('an observable, to its last value', () => {
    const source = new Subject<number>();
    const task = go(source);
    source.next(1);
    source.next(2);
    expect(task.status).toBe('pending');
    source.complete();
    expect(task.result()).toBe(2);
  });

  it('an observable without a value, to undefined', () => {
    const task = go<unknown>(EMPTY);
    expect([task.status, task.result()]).toEqual(['resolved', undefined]);
  });

  it('an observable that errs, to a failure', () => {
    const told = new Record();
    go(throwError(() => new Error('no'))).subscribe(told.by('task'));
    expect(told.lines).toEqual(['task failed with no']);
  });

  it('a function that returns an observable, with the context', () => {
    const task = go(({ name }) => of('the name', name), { name: 'mine' });
    expect(task.result()).toBe('mine');
  });

  it('a channel, to its last value', () => {
    const a = channel<number>();
    const task = go(a);
    a.trySend(1);
    a.trySend(2);
    a.close();
    check(a);
    expect(task.result()).toBe(2);
  });

  it('an async iterable, to its last value', async () => {
    async function* three(): AsyncGenerator<number> {
      yield 1;
      yield await Promise.resolve(3);
    }
    expect(await go(three()).promise()).toBe(3);
  });

  it('an async iterable that throws, to a failure, and without asking it to return', async () => {
    const told = new Record();
    const broken: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error('no')),
        return: () => {
          told.add('return');
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    await expect(go(broken).promise()).rejects.toThrow('no');
    expect(told.lines).toEqual([]);
  });

  it('an async iterable to its end, without asking it to return', async () => {
    const told = new Record();
    let left = 2;
    const counted: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve(left > 0 ? { done: false, value: left-- } : { done: true, value: undefined }),
        return: () => {
          told.add('return');
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    expect(await go(counted).promise()).toBe(1);
    expect(told.lines).toEqual([]);
  });

  it('a function that returns nothing of the kind, as a failure', () => {
    const told = new Record();
    go((() => 5) as never, { name: 'odd' }).subscribe({
      error: (error: unknown) => told.add((error as Error).message),
    });
    expect(told.lines).toEqual([expect.stringMatching(/^odd: its function must return .*got 5$/)]);
  });

  it('a function that throws, as a failure', () => {
    const told = new Record();
    const task = go((): Observable<number> => {
      throw new Error('no');
    });
    task.subscribe(told.by('task'));
    expect(told.lines).toEqual(['task failed with no']);
  });

  it.each([[undefined], [null], [5], ['text'], [{}]])('nothing else: %s is a TypeError where it is written', (odd) => {
    expect(() => go(odd as never)).toThrow(TypeError);
    expect(() => go(odd as never)).toThrow(/^go: work must be .*; got /);
  });
});

describe('4.3 a task', () => {
  it('goes on when the one who waits for it unsubscribes', () => {
    const told = new Record();
    const a = channel<number>();
    const task = go(a.receive());
    task.subscribe(told.by('left')).unsubscribe();
    check(task, a);
    expect(a.statistics().waitingReceivers).toBe(1);
    a.trySend(1);
    task.subscribe(told.by('late'));
    expect(told.lines).toEqual(['late got 1']);
  });

  it('goes on when a coroutine that waits for it is cancelled', () => {
    const a = channel<number>();
    const task = go(a.receive());
    const waiting = go(function* () {
      yield* task;
    });
    waiting.cancel();
    check(task, a);
    expect([waiting.status, task.status]).toEqual(['cancelled', 'pending']);
    a.trySend(1);
    expect(task.result()).toBe(1);
  });

  it('fails those who wait for it with CancelledError when it is cancelled', () => {
    const told = new Record();
    const task = go(channel<number>().receive(), { name: 'job' });
    task.subscribe(told.by('early'));
    go(function* () {
      yield* task;
    }).subscribe(told.by('coroutine'));
    task.cancel('enough');
    task.subscribe(told.by('late'));
    check(task);
    expect(told.lines).toEqual([
      'early failed with CancelledError(enough)',
      'coroutine failed with CancelledError(enough)',
      'late failed with CancelledError(enough)',
    ]);
    expect(() => task.result()).toThrow('job was cancelled');
  });
});

describe('a task says of itself', () => {
  it('its name, and what it does', () => {
    const a = channel<number>({ name: 'orders' });
    const gate = deferred<void>();
    const task = go(
      function* () {
        yield* gate;
        yield* a.receive();
      },
      { name: 'reader' },
    );
    expect(task.name).toBe('reader');
    expect(title(task)).toMatch(/^reader, waiting: the end of deferred#\d+$/);
    gate.resolve();
    expect(title(task)).toBe('reader, waiting: receive on orders');
    a.trySend(1);
    expect(title(task)).toBe('reader, resolved');
  });

  it('a number, when it has no name', () => {
    expect(go(of(1)).name).toMatch(/^task#\d+$/);
    expect(go(of(1)).name).not.toBe(go(of(1)).name);
  });

  it('its status: pending, then resolved, rejected or cancelled', () => {
    const statuses = (): string[] => tasks.map((task) => task.status);
    const a = channel<number>();
    const tasks = [go(a.receive()), go(throwError(() => new Error('no'))), go(a.receive()), go(of(1))];
    tasks[1]!.subscribe({ error: () => undefined });
    tasks[2]!.cancel();
    expect(statuses()).toEqual(['pending', 'rejected', 'cancelled', 'resolved']);
    a.trySend(1);
    expect(statuses()).toEqual(['resolved', 'rejected', 'cancelled', 'resolved']);
  });
});

describe('1.4 coroutines', () => {
  it('run in the order in which they became ready, before the outermost call returns', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    for (const name of ['first', 'second']) {
      go(function* () {
        yield* a.receive();
        told.add(name);
      });
    }
    go(function* () {
      yield* b.receive();
      told.add('of b');
    });
    a.receive().subscribe(() => told.add('observer'));
    b.receive().subscribe(() => {
      a.trySend(2);
      a.trySend(3);
      a.trySend(4);
      told.add('outer observer');
    });
    b.trySend(0);
    b.trySend(1);
    told.add('returned');
    check(a, b);
    expect(told.lines).toEqual(['of b', 'observer', 'outer observer', 'first', 'second', 'returned']);
  });

  it('take no time: all of a turn happens in one frame', () => {
    const told = new Record();
    virtual(() => {
      const a = channel<number>();
      const b = channel<number>();
      go(function* () {
        for (let i = 0; i < 50; i++) yield* b.send(yield* a.receive());
      });
      go(function* () {
        yield* sleep(3);
        for (let i = 0; i < 50; i++) {
          yield* a.send(i);
          yield* b.receive();
        }
        told.add(`done at ${frame()}`);
      });
      at(3, () => told.add(`timer at ${frame()}`));
    });
    expect(told.lines).toEqual(['done at 3', 'timer at 3']);
  });
});

describe('1.3 of one commit', () => {
  it('observers are told before coroutines run', () => {
    const told = new Record();
    const gate = deferred<number>();
    go(function* () {
      yield* gate;
      told.add('coroutine');
    });
    gate.subscribe(() => told.add('observer'));
    gate.resolve(1);
    expect(told.lines).toEqual(['observer', 'coroutine']);
  });

  it('of two that meet, the one that waited is told first', () => {
    const told = new Record();
    const a = channel<number>();
    a.receive().subscribe(told.by('receive'));
    a.send(1).subscribe(told.by('send'));
    a.send(2).subscribe(told.by('send'));
    a.receive().subscribe(told.by('receive'));
    check(a);
    expect(told.lines).toEqual(['receive got 1', 'send got undefined', 'send got undefined', 'receive got 2']);
  });

  it('a coroutine is not interrupted by those it wakes', () => {
    const told = new Record();
    const gate = deferred<number>();
    go(function* () {
      yield* gate;
      told.add('woken');
    });
    go(function* () {
      gate.resolve(1);
      told.add('still here');
      yield* gate;
      told.add('and here');
    });
    expect(told.lines).toEqual(['still here', 'and here', 'woken']);
  });
});
