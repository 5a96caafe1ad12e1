// Behaviours that the tests of asyncio's queues hold, for all three orders. Which test of theirs is which: test/behaviours.md.

import { describe, expect, it } from 'vitest';
import { go, poll, queue, type Queue, type QueueOptions, sleep, taskGroup } from '../../src/index.ts';
import { check, Record, title } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';

const ORDERS: readonly [string, QueueOptions<number>, number[]][] = [
  ['fifo', {}, [2, 1, 3]],
  ['lifo', { order: 'lifo' }, [3, 1, 2]],
  ['by priority', { order: (a, b) => a - b }, [1, 2, 3]],
];

function drain(q: Queue<number>): number[] {
  const all: number[] = [];
  for (let got = q.tryReceive(); got.ok; got = q.tryReceive()) all.push(got.value);
  return all;
}

describe.each(ORDERS)('a queue, %s,', (_, order, left) => {
  const made = (options: QueueOptions<number> = {}): Queue<number> =>
    queue<number>({ name: 'q', ...order, ...options });

  it('gives what was put in, in its order', () => {
    const q = made();
    for (const n of [2, 1, 3]) q.trySend(n);
    check(q);
    expect([q.size, drain(q), q.size]).toEqual([3, left, 0]);
  });

  it('is full at its capacity, and takes more when something was taken', () => {
    const q = made({ capacity: 2 });
    expect([q.trySend(1), q.trySend(2), q.trySend(3)]).toEqual([true, true, false]);
    q.tryReceive();
    expect([q.trySend(3), q.trySend(4), q.size, q.capacity]).toEqual([true, false, 2, 2]);
  });

  it('says who waits to take and to put, and how much is not done', () => {
    const q = made({ capacity: 1 });
    const getting = q.receive().subscribe();
    const [a] = [title(q)];
    getting.unsubscribe();
    q.trySend(1);
    q.send(2).subscribe();
    const b = title(q);
    q.tryReceive();
    expect([a, b, title(q)]).toEqual([
      'queue q (0/1, 1 receiving, open)',
      'queue q (1/1, 1 sending, open)',
      'queue q (1/1, 1 not done, open)',
    ]);
  });

  it('makes a producer wait for a slow consumer, and each value arrives once', () => {
    const told = new Record();
    virtual(() => {
      const q = made({ capacity: 1 });
      go(function* () {
        for (const n of [1, 2, 3]) {
          yield* q.send(n);
          told.add(`put ${n} in frame ${frame()}`);
        }
      });
      go(function* () {
        for (let i = 0; i < 3; i++) {
          yield* sleep(10);
          told.add(`got ${yield* q.receive()} in frame ${frame()}`);
        }
      });
    });
    expect(told.lines).toEqual([
      'put 1 in frame 0',
      'got 1 in frame 10',
      'put 2 in frame 10',
      'got 2 in frame 20',
      'put 3 in frame 20',
      'got 3 in frame 30',
    ]);
  });

  it('lets a take wait for a put, and gives it that very value', () => {
    const told = new Record();
    virtual(() => {
      const q = made();
      q.receive().subscribe((value) => told.add(`got ${value} in frame ${frame()}`));
      at(10, () => q.trySend(1));
    });
    expect(told.lines).toEqual(['got 1 in frame 10']);
  });

  it('gives nothing to a take that was cancelled, and the value to the next one', () => {
    const told = new Record();
    const q = made();
    const tasks = ['a', 'b', 'c'].map((name) =>
      go(function* () {
        told.add(`${name} got ${yield* q.receive()}`);
      }),
    );
    tasks[0]!.cancel();
    q.trySend(1);
    tasks[1]!.cancel();
    q.trySend(2);
    check(q);
    expect(told.lines).toEqual(['b got 1', 'c got 2']);
  });

  it('loses no wake-up when the one that was woken is cancelled in the same turn', () => {
    const told = new Record();
    const q = made({ capacity: 1 });
    const waiting = ['a', 'b'].map((name) =>
      go(function* () {
        told.add(`${name} got ${yield* q.receive()}`);
        yield* sleep(0);
        told.add(`${name} goes on`);
      }),
    );
    virtual(() => {
      go(function* () {
        q.trySend(1);
        // It has been given its value: it gets it, and is cancelled where it waits next.
        waiting[0]!.cancel();
        q.trySend(2);
        yield* sleep(1);
      });
    });
    check(q);
    expect(told.lines).toEqual(['a got 1', 'b got 2', 'b goes on']);
  });

  it('lets the next put in when the first that waits is cancelled', () => {
    const told = new Record();
    const q = made({ capacity: 1 });
    q.trySend(1);
    const tasks = [2, 3].map((n) =>
      go(function* () {
        yield* q.send(n);
        told.add(`put ${n}`);
      }),
    );
    tasks[0]!.cancel();
    const got = poll(q.receive());
    check(q);
    expect([got, told.lines, drain(q)]).toEqual([{ ok: true, value: 1 }, ['put 3'], [3]]);
  });

  it('has room again when a put was cancelled: nobody waits for it', () => {
    const q = made({ capacity: 1 });
    q.trySend(1);
    const put = go(function* () {
      yield* q.send(2);
    });
    put.cancel();
    q.tryReceive();
    check(q);
    expect([q.size, q.trySend(3), drain(q)]).toEqual([0, true, [3]]);
  });

  it('lets one take after the other be served by puts of many producers', () => {
    const q = made({ capacity: 2 });
    const got: number[] = [];
    virtual(() => {
      for (const base of [0, 10, 20])
        go(function* () {
          for (let i = 0; i < 5; i++) yield* q.send(base + i);
        });
      for (let i = 0; i < 15; i++) q.receive().subscribe((value) => got.push(value));
    });
    check(q);
    expect(got.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24]);
  });

  it('joins when all that was put is done, by several workers', () => {
    const told = new Record();
    let sum = 0;
    virtual(() => {
      const q = made();
      for (let n = 0; n < 100; n++) q.trySend(n);
      const workers = Array.from({ length: 2 }, () =>
        go(function* () {
          for (;;) {
            sum += yield* q.receive().map((value) => value);
            yield* sleep(1);
            q.taskDone();
          }
        }),
      );
      q.join().subscribe(() => {
        told.add(`joined in frame ${frame()}`);
        for (const worker of workers) worker.cancel();
      });
    });
    expect([sum, told.lines]).toEqual([4950, ['joined in frame 50']]);
  });

  it('joins an empty queue at once, and again after new work', () => {
    const told = new Record();
    const q = made();
    q.join().subscribe(told.by('first'));
    q.trySend(1);
    q.join().subscribe(told.by('second'));
    q.tryReceive();
    told.add('taken');
    q.taskDone();
    expect(told.lines).toEqual(['first got undefined', 'taken', 'second got undefined']);
  });

  it('refuses taskDone where nothing was taken', () => {
    const q = made();
    expect(() => q.taskDone()).toThrow(RangeError);
    q.trySend(1);
    expect(() => q.taskDone()).toThrow(RangeError);
  });

  it('shut down when empty: takes and puts fail, those that wait too', () => {
    const told = new Record();
    const q = made();
    q.receive().subscribe(told.by('waiting'));
    q.close();
    q.receive().subscribe(told.by('take'));
    q.send(1).subscribe(told.by('put'));
    q.join().subscribe(told.by('join'));
    check(q);
    expect([told.lines, q.trySend(2), q.tryReceive()]).toEqual([
      [
        'waiting failed with ClosedError',
        'take failed with ClosedError',
        'put failed with ClosedError',
        'join got undefined',
      ],
      false,
      { ok: false, closed: true },
    ]);
  });

  it('shut down with something in it: that can still be taken; differs: puts that wait move in', () => {
    const told = new Record();
    const q = made({ capacity: 1 });
    q.trySend(1);
    q.send(2).subscribe(told.by('put'));
    q.join().subscribe(told.by('join'));
    q.close();
    check(q);
    expect([told.take(), drain(q), told.take()]).toEqual([[], [1, 2], ['put got undefined']]);
    q.taskDone();
    q.taskDone();
    expect(told.lines).toEqual(['join got undefined']);
  });

  it('shut down at once: what is in is gone, takes and puts fail, and join waits for what was taken', () => {
    const told = new Record();
    const q = made({ capacity: 3 });
    for (const n of [1, 2, 3]) q.trySend(n);
    q.tryReceive();
    q.trySend(4);
    q.send(5).subscribe(told.by('put'));
    q.join().subscribe(told.by('join'));
    q.cancel();
    q.receive().subscribe(told.by('take'));
    check(q);
    told.add('done');
    q.taskDone();
    expect([told.lines, q.size]).toEqual([
      [
        'put failed with CancelledError(undefined)',
        'take failed with CancelledError(undefined)',
        'done',
        'join got undefined',
      ],
      0,
    ]);
  });

  it('shut down, then at once: the second is stronger; at once, then shut down: nothing more happens', () => {
    const q = made();
    q.trySend(1);
    expect([q.close(), q.cancel(), q.close(), q.cancel(), q.size]).toEqual([true, true, false, false, 0]);
    check(q);
  });

  it('shut down from a producer of a group: its consumers end by themselves', () => {
    const told = new Record();
    virtual(() => {
      const q = made({ capacity: 1 });
      taskGroup(function* (group) {
        for (const name of ['a', 'b'])
          group.go(function* () {
            for (;;) {
              const got = yield* q.receiveResult();
              if (!got.ok) break;
              yield* sleep(1);
              q.taskDone();
            }
            told.add(`${name} ends`);
          });
        for (const n of [1, 2, 3]) yield* q.send(n);
        q.close();
        yield* q.join();
        told.add('joined');
      }).subscribe();
    });
    expect(told.lines.sort()).toEqual(['a ends', 'b ends', 'joined']);
  });
});
