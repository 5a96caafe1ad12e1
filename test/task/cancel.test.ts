/* eslint-disable no-unsafe-finally -- what a finally block throws, returns or continues is what is tested here */
import { describe, expect, it } from 'vitest';
import {
  channel,
  coroutine,
  type Coroutine,
  deferred,
  go,
  type Operation,
  select,
  sleep,
  type Task,
  until,
} from '../../src/index.ts';
import { NEVER, Observable, of } from 'rxjs';
import { check, Record, show } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

/** What became of a task. */
function outcome(task: Task<unknown>): string {
  try {
    return `${task.status} ${show(task.result())}`;
  } catch (error) {
    return `${task.status} ${show(error)}`;
  }
}

describe('4.2 cancelling a coroutine that waits', () => {
  it('runs its finally blocks, innermost first, and not its catch blocks', () => {
    const told = new Record();
    const a = channel<number>();
    const task = go(function* () {
      try {
        try {
          yield* a.receive();
          told.add('not reached');
        } catch {
          told.add('caught');
        } finally {
          told.add('inner');
        }
      } finally {
        told.add('outer');
      }
    });
    task.cancel('enough');
    check(task, a);
    expect(told.lines).toEqual(['inner', 'outer']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('withdraws what it waits for, at once', () => {
    const a = channel<number>();
    const task = go(a.receive());
    expect(a.statistics().waitingReceivers).toBe(1);
    task.cancel();
    check(task, a);
    expect(a.statistics().waitingReceivers).toBe(0);
    expect(a.trySend(1)).toBe(false);
  });

  it('clears the timer of its sleep', () => {
    const end = virtual(() => {
      const task = go(sleep(50));
      at(2, () => task.cancel());
    });
    expect(end).toBe(2);
  });

  it('ends its clean-up in the same turn if that does not wait', () => {
    const told = new Record();
    const task = go(function* () {
      try {
        yield* channel().receive();
      } finally {
        told.add('cleaned up');
      }
    });
    task.cancel().subscribe(() => told.add('cancel completed'));
    told.add('cancel returned');
    expect(told.lines).toEqual(['cleaned up', 'cancel completed', 'cancel returned']);
  });

  it('waits for what its finally blocks wait for', () => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        try {
          yield* sleep(100);
        } finally {
          yield* sleep(3);
          yield* sleep(4);
          told.add(`cleaned up at ${frame()}`);
        }
      });
      at(1, () => {
        task.cancel('enough').subscribe(() => told.add(`cancel completed at ${frame()}`));
        told.add(task.status);
        check(task);
      });
      task.subscribe(told.by('task'));
    });
    expect(told.lines).toEqual([
      'pending',
      'cleaned up at 8',
      'task failed with CancelledError(enough)',
      'cancel completed at 8',
    ]);
  });

  it('does not cancel its finally blocks again', () => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        try {
          yield* sleep(100);
        } finally {
          yield* sleep(5);
          told.add(`cleaned up at ${frame()}`);
        }
      });
      at(1, () => task.cancel('first'));
      at(2, () => task.cancel('second'));
      at(7, () => {
        told.add(outcome(task));
        check(task);
      });
    });
    expect(told.lines).toEqual(['cleaned up at 6', 'cancelled CancelledError(first)']);
  });

  it('does not cancel what its finally block waits for when that is ready: each yield* there is performed', () => {
    const told = new Record();
    const a = channel<number>(4);
    const task = go(function* () {
      try {
        yield* channel().receive();
      } finally {
        yield* a.send(1);
        task.cancel('again');
        yield* a.send(2);
        told.add('cleaned up');
      }
    });
    task.cancel('first');
    check(task, a);
    expect(told.lines).toEqual(['cleaned up']);
    expect(a.size).toBe(2);
    expect(outcome(task)).toBe('cancelled CancelledError(first)');
  });

  it('makes an error that its finally blocks throw the failure of the task', () => {
    const told = new Record();
    const task = go(function* () {
      try {
        yield* channel().receive();
      } finally {
        throw new Error('clean-up failed');
      }
    });
    task.cancel().subscribe(told.by('cancel'));
    check(task);
    expect(outcome(task)).toBe('rejected clean-up failed');
    expect(told.lines).toEqual(['cancel got undefined']);
  });

  it('makes an error that comes after a wait in its finally blocks the failure of the task', () => {
    const gate = deferred<void>();
    const task = go(function* () {
      try {
        yield* channel().receive();
      } finally {
        yield* gate;
        throw new Error('clean-up failed');
      }
    });
    task.cancel();
    expect(task.status).toBe('pending');
    gate.resolve();
    check(task, gate);
    expect(outcome(task)).toBe('rejected clean-up failed');
  });

  it('leaves it cancelled, whatever its finally blocks return', () => {
    const task = go(function* () {
      try {
        yield* channel().receive();
        return 1;
      } finally {
        return 2;
      }
    });
    task.cancel('enough');
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('leaves it cancelled when its finally block catches an error of its own', () => {
    const told = new Record();
    const task = go(function* () {
      try {
        yield* channel().receive();
      } finally {
        try {
          throw new Error('small');
        } catch {
          told.add('caught');
        }
      }
    });
    task.cancel('enough');
    expect(told.lines).toEqual(['caught']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('keeps the first reason', () => {
    const task = go(channel().receive());
    task.cancel('first');
    task.cancel('second');
    expect(outcome(task)).toBe('cancelled CancelledError(first)');
  });

  it('cuts a finally block that was already waiting, as a return there', () => {
    const told = new Record();
    const gate = deferred<void>();
    const task = go(function* () {
      try {
        try {
          told.add('work');
        } finally {
          try {
            yield* gate;
            told.add('not reached');
          } finally {
            told.add('inner finally');
          }
        }
        told.add('not reached either');
      } finally {
        yield* sleep(0).map(() => told.add('waited'));
        told.add('outer finally');
      }
    });
    virtual(() => {
      task.cancel('enough');
      check(task, gate);
    });
    expect(told.lines).toEqual(['work', 'inner finally', 'waited', 'outer finally']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('goes on from a finally block that continues a loop, undisturbed, and it still counts as cancelled', () => {
    const told = new Record();
    const gates = [deferred<number>(), deferred<number>()];
    const task = go(function* () {
      for (const gate of gates) {
        try {
          told.add(`got ${yield* gate}`);
        } finally {
          continue;
        }
      }
      return 'the end';
    });
    task.cancel('enough');
    expect(task.status).toBe('pending');
    gates[1]!.resolve(2);
    check(task, ...gates);
    expect(told.lines).toEqual(['got 2']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('never fails, and does nothing to a task that has ended', () => {
    const told = new Record();
    const done = go(of(1));
    const failed = go(function* () {
      throw new Error('no');
    });
    for (const task of [done, failed]) task.cancel('late').subscribe(told.by('cancel'));
    expect(told.lines).toEqual(['cancel got undefined', 'cancel got undefined']);
    expect([outcome(done), outcome(failed)]).toEqual(['resolved 1', 'rejected no']);
  });

  it('happens at the call, also if nobody subscribes to what it returns', () => {
    const told = new Record();
    const task = go(function* () {
      try {
        yield* channel().receive();
      } finally {
        told.add('cleaned up');
      }
    });
    task.cancel();
    expect(told.lines).toEqual(['cleaned up']);
  });

  it('can be waited for in a coroutine', () => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        try {
          yield* sleep(100);
        } finally {
          yield* sleep(5);
        }
      });
      go(function* () {
        yield* task.cancel();
        told.add(`${task.status} at ${frame()}`);
      });
    });
    expect(told.lines).toEqual(['cancelled at 5']);
  });
});

describe('4.2 a coroutine that waits for another one', () => {
  const slow = (told: Record, name: string, ms: number) =>
    coroutine(function* () {
      try {
        yield* sleep(100);
      } finally {
        yield* sleep(ms);
        told.add(`${name} cleaned up at ${frame()}`);
      }
    });

  it.each([
    ['directly', (told: Record) => slow(told, 'inner', 3)],
    ['through a timeout', (told: Record) => slow(told, 'inner', 3).withTimeout(50)],
    ['through a signal', (told: Record) => slow(told, 'inner', 3).withSignal(new AbortController().signal)],
    ['through map', (told: Record) => slow(told, 'inner', 3).map(String)],
    ['through a select', (told: Record) => select({ inner: slow(told, 'inner', 3), other: channel() })],
    ['through nested selects', (told: Record) => select({ one: select({ inner: slow(told, 'inner', 3) }) })],
    [
      'through another coroutine',
      (told: Record) =>
        coroutine(function* () {
          yield* slow(told, 'inner', 3);
        }),
    ],
  ])('waits for its clean-up before its own, %s', (_, waitFor) => {
    const told = new Record();
    virtual(() => {
      const operation = waitFor(told);
      const task = go(function* () {
        try {
          yield* operation;
        } finally {
          told.add(`outer cleaned up at ${frame()}`);
        }
      });
      at(1, () => {
        task.cancel('enough').subscribe(() => told.add(`cancelled at ${frame()}`));
        check(task);
      });
    });
    expect(told.lines).toEqual(['inner cleaned up at 4', 'outer cleaned up at 4', 'cancelled at 4']);
  });

  it('waits for the clean-up of all cases of a select', () => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        try {
          yield* select({ a: slow(told, 'a', 3), b: slow(told, 'b', 6), c: slow(told, 'c', 1), d: channel() });
        } finally {
          told.add(`outer cleaned up at ${frame()}`);
        }
      });
      at(1, () => task.cancel());
    });
    expect(told.lines).toEqual([
      'c cleaned up at 2',
      'a cleaned up at 4',
      'b cleaned up at 7',
      'outer cleaned up at 7',
    ]);
  });

  it('does not wait for it when the select was won by another case', () => {
    const told = new Record();
    virtual(() => {
      const a = channel<number>();
      select({ inner: slow(told, 'inner', 3), a }).subscribe(({ key }) => told.add(`${key} at ${frame()}`));
      at(1, () => {
        a.trySend(1);
        check(a);
      });
    });
    expect(told.lines).toEqual(['a at 1', 'inner cleaned up at 4']);
  });

  it('does not wait for it when the timeout has passed', () => {
    const told = new Record();
    virtual(() => {
      slow(told, 'inner', 3)
        .withTimeout(2)
        .subscribe({ error: () => told.add(`timed out at ${frame()}`) });
    });
    expect(told.lines).toEqual(['timed out at 2', 'inner cleaned up at 5']);
  });

  const broken = (message: string) =>
    coroutine(function* () {
      try {
        yield* sleep(100);
      } finally {
        yield* sleep(1);
        throw new Error(message);
      }
    });

  it.each([
    ['directly', () => broken('inner failed')],
    ['through a select', () => select({ inner: broken('inner failed'), other: channel() })],
    ['through a select of two', () => select({ one: broken('inner failed'), two: broken('too late') })],
    ['through a timeout', () => broken('inner failed').withTimeout(50)],
  ])('fails with what its clean-up throws, %s', (_, waitFor) => {
    const told = new Record();
    const reported = reportsOf(() => {
      const task = go(function* () {
        try {
          yield* waitFor();
        } catch {
          told.add('caught');
        } finally {
          told.add('outer cleaned up');
        }
      });
      task.subscribe(told.by('task'));
      at(1, () => task.cancel());
    });
    expect(told.lines).toEqual(['outer cleaned up', 'task failed with inner failed']);
    expect(reported).toEqual([]);
  });

  it('is cancelled again neither while it waits for that clean-up', () => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        try {
          yield* slow(told, 'inner', 3);
        } finally {
          told.add(`outer cleaned up at ${frame()}`);
        }
      });
      at(1, () => task.cancel('first'));
      at(2, () => task.cancel('second'));
      at(9, () => told.add(outcome(task)));
    });
    expect(told.lines).toEqual(['inner cleaned up at 4', 'outer cleaned up at 4', 'cancelled CancelledError(first)']);
  });
});

describe('4.2 cancelling a coroutine that runs', () => {
  it('takes effect at its next wait, which is not performed', () => {
    const told = new Record();
    const a = channel<number>(2);
    const self = deferred<Task<void>>();
    const task = go(function* () {
      const me = yield* self;
      me.cancel('myself');
      told.add('still running');
      try {
        yield* a.send(1);
        told.add('not reached');
      } finally {
        told.add('cleaned up');
      }
    });
    self.resolve(task);
    check(a, task, self);
    expect(told.lines).toEqual(['still running', 'cleaned up']);
    expect(a.size).toBe(0);
    expect(outcome(task)).toBe('cancelled CancelledError(myself)');
  });

  it('takes effect at a wait that is not ready, which is not performed either', () => {
    const a = channel<number>();
    const self = deferred<Task<void>>();
    const task = go(function* () {
      (yield* self).cancel();
      yield* a.receive();
    });
    self.resolve(task);
    check(a, task);
    expect(a.statistics().waitingReceivers).toBe(0);
    expect(task.status).toBe('cancelled');
  });

  it('subscribes to nothing at that wait', () => {
    const told = new Record();
    const self = deferred<Task<void>>();
    const task = go(function* () {
      (yield* self).cancel();
      yield* until(new Observable(() => told.add('subscribed')));
    });
    self.resolve(task);
    expect(told.lines).toEqual([]);
    expect(task.status).toBe('cancelled');
  });

  it('takes effect at the next wait of a generator that it delegates to', () => {
    const told = new Record();
    const a = channel<number>(1);
    const self = deferred<Task<void>>();
    function* part(): Coroutine<void> {
      try {
        yield* a.send(1);
      } finally {
        told.add('part cleaned up');
      }
    }
    const task = go(function* () {
      (yield* self).cancel();
      yield* part();
    });
    self.resolve(task);
    check(a);
    expect(told.lines).toEqual(['part cleaned up']);
    expect([a.size, task.status]).toEqual([0, 'cancelled']);
  });

  it('leaves it as it ends when it waits no more', () => {
    const self = deferred<Task<number>>();
    const task: Task<number> = go(function* () {
      (yield* self).cancel('myself');
      return 1;
    });
    self.resolve(task);
    expect(outcome(task)).toBe('resolved 1');
  });

  it('leaves it failed when it throws before it waits', () => {
    const self = deferred<Task<number>>();
    const task: Task<number> = go(function* () {
      (yield* self).cancel('myself');
      throw new Error('no');
    });
    self.resolve(task);
    expect(outcome(task)).toBe('rejected no');
  });

  it('by one that it started, takes effect at its next wait', () => {
    const told = new Record();
    const a = channel<number>(2);
    const self = deferred<Task<void>>();
    const task = go(function* () {
      const me = yield* self;
      coroutine(function* () {
        me.cancel('by a child');
        yield* sleep(1);
      })
        .subscribe()
        .unsubscribe();
      told.add('still running');
      yield* a.send(1);
      told.add('not reached');
    });
    self.resolve(task);
    check(a);
    expect(told.lines).toEqual(['still running']);
    expect(outcome(task)).toBe('cancelled CancelledError(by a child)');
  });
});

describe('4.2 a coroutine that is cancelled by what it waits for, as that starts,', () => {
  /** Waits for what `make` makes of the task itself; then for a send on `next`, which is ready. */
  function suicidal(told: Record, make: (me: Task<void>) => Operation<unknown>): Task<void> {
    const self = deferred<Task<void>>();
    const next = channel<string>(1);
    const task = go(function* () {
      const me = yield* self;
      try {
        told.add(`got ${show(yield* make(me))}`);
        yield* next.send('not performed');
        told.add('not reached');
      } finally {
        told.add(`cleaned up, ${next.size} sent`);
      }
    });
    self.resolve(task);
    return task;
  }

  it('is cancelled there: an observable that cancels as it is subscribed', () => {
    const told = new Record();
    const task = suicidal(told, (me) =>
      until(
        new Observable((subscriber) => {
          me.cancel('enough');
          subscriber.next('too late');
          return () => told.add('left');
        }),
      ),
    );
    check(task);
    expect(told.lines).toEqual(['left', 'cleaned up, 0 sent']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('is cancelled at its next wait: an observable that emits, and then cancels', () => {
    const told = new Record();
    const task = suicidal(told, (me) =>
      until(
        new Observable((subscriber) => {
          subscriber.next('in time');
          me.cancel('enough');
        }),
      ),
    );
    check(task);
    expect(told.lines).toEqual(['got in time', 'cleaned up, 0 sent']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('is cancelled there: a coroutine that cancels it, and ends', () => {
    const told = new Record();
    const task = suicidal(told, (me) =>
      coroutine(function* () {
        me.cancel('enough');
        return 'too late';
      }),
    );
    check(task);
    expect(told.lines).toEqual(['cleaned up, 0 sent']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('is cancelled there, after the clean-up: a coroutine that cancels it, and waits', () => {
    const told = new Record();
    const gate = deferred<void>();
    const task = suicidal(told, (me) =>
      coroutine(function* () {
        try {
          me.cancel('enough');
          yield* sleep(1);
          told.add('not reached');
        } finally {
          yield* gate;
          told.add('inner cleaned up');
        }
      }),
    );
    expect([task.status, ...told.lines]).toEqual(['pending']);
    gate.resolve();
    check(task, gate);
    expect(told.lines).toEqual(['inner cleaned up', 'cleaned up, 0 sent']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('is cancelled there: a select, one of whose cases cancels', () => {
    const told = new Record();
    const a = channel<number>();
    const task = suicidal(told, (me) =>
      select({
        a,
        o: new Observable(() => {
          me.cancel('enough');
          told.add(`a takes: ${a.trySend(1)}`);
        }),
      }),
    );
    check(task, a);
    expect(told.lines).toEqual(['a takes: false', 'cleaned up, 0 sent']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });
});

describe('1.7 cancelling a coroutine whose wait is over', () => {
  it('lets it have what it was given, and takes effect at its next wait, although that is ready', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(4);
    const task = go(function* () {
      try {
        told.add(`got ${yield* a.receive()}`);
        yield* b.send(1);
        told.add('not reached');
      } finally {
        told.add('cleaned up');
      }
    });
    go(function* () {
      yield* a.send(1);
      task.cancel('enough');
      told.add(task.status);
    });
    check(task, a, b);
    expect(told.lines).toEqual(['pending', 'got 1', 'cleaned up']);
    expect(b.size).toBe(0);
    expect(a.statistics()).toMatchObject({ sent: 1, delivered: 1, undelivered: 0 });
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('lets it have what it was given, and takes effect at its next wait, which is not begun', () => {
    const a = channel<number>();
    const task = go(function* () {
      yield* a.receive();
      yield* a.receive();
    });
    go(function* () {
      yield* a.send(1);
      task.cancel('enough');
    });
    check(task, a);
    expect(a.statistics()).toMatchObject({ waitingReceivers: 0, delivered: 1 });
    expect(task.status).toBe('cancelled');
  });

  it('leaves it as it ends, if it does so without another wait', () => {
    const a = channel<number>();
    const task = go(function* () {
      return yield* a.receive();
    });
    go(function* () {
      yield* a.send(1);
      task.cancel('enough');
    });
    expect(outcome(task)).toBe('resolved 1');
  });

  it('lets it have the failure that it was given', () => {
    const told = new Record();
    const a = channel<number>();
    const task = go(function* () {
      try {
        yield* a.receive();
      } catch (error) {
        told.add(`caught ${show(error)}`);
      }
      yield* sleep(0);
      told.add('not reached');
    });
    go(function* () {
      a.close();
      task.cancel('enough');
    });
    check(task, a);
    expect(told.lines).toEqual(['caught ClosedError']);
    expect(task.status).toBe('cancelled');
  });

  it('makes its send final too', () => {
    const told = new Record();
    const a = channel<number>();
    const task = go(function* () {
      yield* a.send(1);
      told.add('sent');
      yield* a.send(2);
    });
    go(function* () {
      told.add(`got ${yield* a.receive()}`);
      task.cancel();
    });
    check(task, a);
    expect(told.lines).toEqual(['got 1', 'sent']);
    expect(a.statistics()).toMatchObject({ waitingSenders: 0, sent: 1 });
  });

  it('counts once, also when its clean-up has ended and its wait was served in the same turn', () => {
    const told = new Record();
    const gate = deferred<void>();
    const task = go(function* () {
      try {
        yield* channel().receive();
      } finally {
        yield* gate;
        told.add('cleaned up');
      }
    });
    task.cancel('first');
    go(function* () {
      gate.resolve();
      task.cancel('second');
    });
    check(task, gate);
    expect(told.lines).toEqual(['cleaned up']);
    expect(outcome(task)).toBe('cancelled CancelledError(first)');
  });
});

describe('the signal of a task', () => {
  it('is made when it is first asked for, and is the same from then on', () => {
    const Original = AbortController;
    let made = 0;
    globalThis.AbortController = class extends Original {
      constructor() {
        super();
        made++;
      }
    };
    try {
      const silent = go(function* () {
        yield* channel().receive();
      });
      silent.cancel();
      expect(made).toBe(0);
      const signals: AbortSignal[] = [];
      go(function* (context) {
        signals.push(context.signal, context.signal);
        yield* channel().receive();
      });
      expect(made).toBe(1);
      expect(signals[0]).toBe(signals[1]);
    } finally {
      globalThis.AbortController = Original;
    }
  });

  it('aborts at the cancel, with its reason', () => {
    const told = new Record();
    const task = go(function* ({ signal }) {
      signal.addEventListener('abort', () => told.add(`aborted: ${show(signal.reason)}`));
      try {
        yield* channel().receive();
      } finally {
        told.add('cleaning up');
      }
    });
    task.cancel('enough');
    expect(told.lines).toEqual(['aborted: enough', 'cleaning up']);
  });

  it('aborts when the task waits no more', () => {
    const told = new Record();
    const a = channel<number>();
    const task = go(function* ({ signal }) {
      signal.addEventListener('abort', () => told.add(`a takes: ${a.trySend(1)}`));
      yield* a.receive();
      told.add('not reached');
    });
    task.cancel();
    check(task, a);
    expect(told.lines).toEqual(['a takes: false']);
  });

  it('is aborted already when it is first asked for after the cancel', () => {
    const told = new Record();
    const task = go(function* (context) {
      try {
        yield* channel().receive();
      } finally {
        told.add(`${context.signal.aborted}: ${show(context.signal.reason)}`);
      }
    });
    task.cancel('enough');
    expect(told.lines).toEqual(['true: enough']);
  });

  it('does not abort when the task ends by itself', () => {
    let signal = AbortSignal.abort();
    const task = go(function* (context) {
      signal = context.signal;
    });
    task.cancel('late');
    expect(signal.aborted).toBe(false);
  });

  it('aborts once, for the first cancel', () => {
    const told = new Record();
    const task = go(function* ({ signal }) {
      signal.addEventListener('abort', () => told.add(show(signal.reason)));
      try {
        yield* channel().receive();
      } finally {
        yield* deferred<void>();
      }
    });
    task.cancel('first');
    task.cancel('second');
    expect(told.lines).toEqual(['first']);
  });
});

describe('4.4 cancelling work that is no coroutine', () => {
  it('unsubscribes from an observable', () => {
    const told = new Record();
    const task = go(new Observable(() => () => told.add('left')));
    task.cancel('enough');
    expect(told.lines).toEqual(['left']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it('unsubscribes from an observable that a function made', () => {
    const told = new Record();
    const task = go(({ signal }) => {
      signal.addEventListener('abort', () => told.add('aborted'));
      return NEVER;
    });
    task.cancel();
    expect([task.status, ...told.lines]).toEqual(['cancelled', 'aborted']);
  });

  it('abandons a promise at once', async () => {
    let resolve = (_: number): void => undefined;
    const promise = new Promise<number>((settle) => (resolve = settle));
    const task = go(promise);
    task.cancel('enough');
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
    resolve(1);
    await promise;
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it("calls an async iterable's return(), and waits for it", async () => {
    const told = new Record();
    let resolve = (_: IteratorResult<number>): void => undefined;
    const endless: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          told.add('return');
          return new Promise((settle) => (resolve = settle));
        },
      }),
    };
    const task = go(endless);
    const cancelled = task.cancel('enough').promise();
    told.add(task.status);
    resolve({ done: true, value: undefined });
    await cancelled;
    expect(told.lines).toEqual(['return', 'pending']);
    expect(outcome(task)).toBe('cancelled CancelledError(enough)');
  });

  it.each(['as on servers', 'not async iterable, as in some browsers'])(
    'cancels a ReadableStream at once, also while it is read: %s',
    async (kind) => {
      const told = new Record();
      const stream = new ReadableStream<number>({ cancel: () => told.add('the stream was cancelled') });
      if (kind !== 'as on servers') Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
      const task = go(stream as unknown as AsyncIterable<number>);
      await task.cancel('enough').promise();
      expect(told.lines).toEqual(['the stream was cancelled']);
      expect(outcome(task)).toBe('cancelled CancelledError(enough)');
    },
  );

  it('needs no return() of an async iterable', () => {
    const task = go({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) });
    task.cancel();
    expect(task.status).toBe('cancelled');
  });
});
