// What is unfinished, and who waits until nothing is: 5.1 and 5.3.

import { describe, expect, it } from 'vitest';
import { channel, coroutine, go, poll, queue, type QueueOptions, select, sleep } from '../../src/index.ts';
import { runMarbles } from '../../src/testing/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';
import { filled, leased } from './leased.ts';

describe.each(FORMS)('5.1 join, waited for by $form', ({ perform }) => {
  it('completes at once when nothing is unfinished', () => {
    const told = new Record();
    perform(queue<number>().join(), told.by('join'));
    expect(told.lines).toEqual(['join got undefined']);
  });

  it('waits until everything is settled, however it was taken, and lets all go in the order in which they came', () => {
    const told = new Record();
    const q = filled([1, 2, 3]);
    for (const name of ['a', 'b', 'c']) perform(q.join(), told.by(name));
    q.tryReceive();
    const delivery = leased(q);
    q.tryReceive();
    q.taskDone();
    delivery.ack();
    check(q);
    expect(told.take()).toEqual([]);
    q.taskDone();
    check(q);
    expect(told.take()).toEqual(['a got undefined', 'b got undefined', 'c got undefined']);
  });

  it('is extended by what is sent meanwhile', () => {
    const told = new Record();
    const q = filled([1]);
    perform(q.join(), told.by('join'));
    q.trySend(2);
    q.tryReceive();
    q.taskDone();
    expect(told.take()).toEqual([]);
    q.tryReceive();
    q.taskDone();
    expect(told.take()).toEqual(['join got undefined']);
  });

  it('that is withdrawn leaves the line', () => {
    const told = new Record();
    const q = filled([1]);
    const withdraw = perform(q.join(), told.by('a'));
    perform(q.join(), told.by('b'));
    withdraw();
    q.cancel();
    check(q);
    expect(told.lines).toEqual(['b got undefined']);
  });

  it('is a case of a select, and has a deadline', () => {
    const told = new Record();
    const q = filled([1]);
    virtual(() => {
      perform(q.join().withTimeout(5), told.by('a'));
      perform(select({ join: q.join(), late: sleep(7) }), told.by('b'));
      perform(select({ join: q.join(), late: sleep(9) }), told.by('c'));
      at(8, () => q.cancel());
    });
    check(q);
    expect(told.lines).toEqual(['a failed with TimeoutError', 'b got late=undefined', 'c got join=undefined']);
  });

  it('can be waited for again and again', () => {
    const told = new Record();
    const q = queue<number>();
    for (const n of [1, 2]) {
      q.trySend(n);
      perform(q.join(), told.by(`join ${n}`));
      q.tryReceive();
      q.taskDone();
    }
    expect(told.lines).toEqual(['join 1 got undefined', 'join 2 got undefined']);
  });
});

describe('5.1 a value is unfinished until it is settled', () => {
  it('whatever receives it: an operation, a try, a poll, a select, a subscriber, a coroutine', () => {
    const q = filled([1, 2, 3, 4, 5, 6]);
    q.receive().subscribe();
    q.tryReceive();
    poll(q.receiveResult());
    select({ q }).subscribe();
    go(function* () {
      yield* q.receive();
    });
    q.subscribe().unsubscribe();
    check(q);
    expect([q.size, q.unfinished]).toEqual([0, 6]);
    for (let i = 6; i > 0; i--) q.taskDone();
    expect([q.unfinished, () => q.taskDone()]).toEqual([0, expect.any(Function)]);
    expect(() => q.taskDone()).toThrow(RangeError);
  });

  it('by for-await, and by a promise', async () => {
    const told = new Record();
    const q = filled([1, 2, 3]);
    q.close();
    await q.receive().promise();
    for await (const value of q) {
      told.add(`${value}: ${q.unfinished} unfinished`);
      q.taskDone();
    }
    expect(told.lines).toEqual(['2: 3 unfinished', '3: 2 unfinished']);
    q.taskDone();
    check(q);
    expect(q.unfinished).toBe(0);
  });

  it('but not while it waits to be sent, nor if that is withdrawn', () => {
    const told = new Record();
    const q = filled([1], { capacity: 1 });
    const sending = q.send(2).subscribe();
    q.join().subscribe(told.by('join'));
    const during = q.unfinished;
    sending.unsubscribe();
    q.tryReceive();
    q.taskDone();
    expect([during, q.unfinished, told.lines]).toEqual([1, 0, ['join got undefined']]);
  });

  it('a send that waits is unfinished from the step in which it moves in: a join is not let go in between', () => {
    const told = new Record();
    const q = filled([1], { capacity: 1 });
    q.send(2).subscribe(told.by('send'));
    q.join().subscribe(told.by('join'));
    q.tryReceive();
    q.taskDone();
    check(q);
    expect([told.lines, q.unfinished]).toEqual([['send got undefined'], 1]);
  });

  it.each<[string, QueueOptions<string>, string[], string[]]>([
    ['dropped', { overflow: 'dropNewest' }, ['a', 'b'], ['c dropped']],
    ['evicted', { overflow: 'dropOldest' }, ['b', 'c'], ['a evicted']],
    ['merged', { conflate: (pending, sent) => pending + sent }, ['a', 'bc'], []],
    ['failed', { overflow: 'fail' }, ['a', 'b'], []],
  ])('unless it is %s: that settles it', (_, options, left, reports) => {
    const told = new Record();
    const lost: string[] = [];
    const q = queue<string>({ capacity: 2, onUndelivered: (v, why) => lost.push(`${v} ${why}`), ...options });
    for (const value of ['a', 'b', 'c']) q.send(value).subscribe({ error: () => undefined });
    q.join().subscribe(told.by('join'));
    const taken: string[] = [];
    for (let got = q.tryReceive(); got.ok; got = q.tryReceive()) taken.push(got.value);
    taken.forEach(() => q.taskDone());
    check(q);
    expect([taken, lost, told.lines, q.unfinished]).toEqual([left, reports, ['join got undefined'], 0]);
  });

  it('taskDone does not settle what is leased: that is its delivery’s', () => {
    const q = filled([1, 2]);
    leased(q);
    const before = [q.unfinished, title(q)];
    expect(() => q.taskDone()).toThrow(
      new RangeError(
        'q: taskDone was called more often than values were received; a leased value is settled by its delivery',
      ),
    );
    check(q);
    expect([q.unfinished, title(q)]).toEqual(before);
    q.tryReceive();
    q.taskDone();
    expect(q.unfinished).toBe(1);
  });
});

describe('5.3 close and cancel', () => {
  it('close: join still waits for what was handed out, and for what is still to be', () => {
    const told = new Record();
    const q = filled([1, 2]);
    q.tryReceive();
    q.close();
    q.join().subscribe(told.by('join'));
    q.whenEnded().subscribe(told.by('end'));
    q.tryReceive();
    q.taskDone();
    check(q);
    expect([told.take(), title(q)]).toEqual([['end got undefined'], 'queue q (0/Infinity, 1 not done, closed)']);
    q.taskDone();
    expect(told.take()).toEqual(['join got undefined']);
  });

  it('cancel: what was not handed out is settled, and join waits only for the others', () => {
    const told = new Record();
    const q = filled([1, 2, 3, 4], {
      capacity: 4,
      onUndelivered: (value, reason) => told.add(`${value} ${reason}`),
    });
    const delivery = leased(q);
    q.tryReceive();
    q.join().subscribe(told.by('join'));
    q.trySend(5);
    q.trySend(6);
    q.send(7).subscribe({ error: () => told.add('send failed') });
    q.cancel();
    check(q);
    expect([told.take(), q.unfinished, title(q)]).toEqual([
      ['send failed', '3 cancelled', '4 cancelled', '5 cancelled', '6 cancelled', '7 cancelled'],
      2,
      'queue q (0/4, 1 leased, 1 not done, cancelled)',
    ]);
    delivery.ack();
    q.taskDone();
    check(q);
    expect(told.take()).toEqual(['join got undefined']);
    expect(q.statistics()).toEqual({
      capacity: 4,
      buffered: 0,
      peakBuffered: 4,
      waitingSenders: 0,
      waitingReceivers: 0,
      sent: 6,
      delivered: 2,
      undelivered: 4,
    });
  });

  it('cancel in the middle of a join of many: all are let go, each once', () => {
    const told = new Record();
    const q = filled([1, 2]);
    for (const name of ['a', 'b']) q.join().subscribe(told.by(name));
    q.whenEnded().subscribe(told.by('end'));
    q.join().subscribe(() => {
      told.add(`c, of ${title(q)}`);
      q.cancel();
    });
    q.cancel();
    check(q);
    expect(told.lines).toEqual([
      'end got undefined',
      'a got undefined',
      'b got undefined',
      'c, of queue q (0/Infinity, cancelled)',
    ]);
  });

  it('using a queue cancels it', () => {
    const told = new Record();
    {
      using q = filled([1]);
      q.join().subscribe(told.by('join'));
    }
    expect(told.lines).toEqual(['join got undefined']);
  });

  it('a send on a closed queue fails, and is not unfinished', () => {
    const told = new Record();
    const q = queue<number>({ name: 'q' });
    q.close();
    q.send(1).subscribe(told.by('send'));
    expect([told.lines, q.trySend(2), q.unfinished]).toEqual([['send failed with ClosedError'], false, 0]);
  });
});

describe('a queue', () => {
  it('says what it is, how much it holds, and what is out', () => {
    const q = queue<number>({ capacity: 5 });
    const unnamed = title(q).replace(/#\d+/, '#n');
    for (const n of [1, 2, 3, 4, 5]) q.trySend(n);
    leased(q);
    leased(q);
    q.tryReceive();
    q.subscribe();
    expect([unnamed, title(q).replace(/#\d+/, '#n')]).toEqual([
      'queue#n (0/5, open)',
      'queue#n (0/5, 1 receiving, 2 leased, 3 not done, open)',
    ]);
  });

  it('names what waits, for a person', () => {
    const q = filled([1], { name: 'jobs' });
    expect([q.name, title(q.join()), title(q.lease()), title(q.receive())]).toEqual([
      'jobs',
      'join of jobs',
      'lease on jobs',
      'receive on jobs',
    ]);
  });

  it('is unbounded unless told', () => {
    const q = filled(Array.from({ length: 1000 }, (_, n) => n));
    expect([q.size, q.capacity]).toEqual([1000, Infinity]);
  });

  it.each<[QueueOptions<number>, string]>([
    [{ capacity: 0 }, 'queue: a queue keeps what waits, it needs capacity >= 1; for a rendezvous use channel(0)'],
    [{ capacity: -1 }, 'queue: capacity must be an integer >= 0, or Infinity; got -1'],
    [{ capacity: 1.5 }, 'queue: capacity must be an integer >= 0, or Infinity; got 1.5'],
    [{ leaseMs: 0 }, 'queue: leaseMs must be more than 0 ms; got 0'],
    [{ leaseMs: NaN }, 'queue: leaseMs must be more than 0 ms; got NaN'],
    [{ leaseMs: '5' as unknown as number }, 'queue: leaseMs must be more than 0 ms; got "5"'],
    [{ maxAttempts: 0 }, 'queue: maxAttempts must be an integer >= 1, or Infinity; got 0'],
    [{ maxAttempts: 1.5 }, 'queue: maxAttempts must be an integer >= 1, or Infinity; got 1.5'],
  ])('is no %j: RangeError', (options, message) => {
    expect(() => queue(options)).toThrow(new RangeError(message));
  });

  it.each<[string, QueueOptions<number>, string]>([
    ['a wrong order', { order: 'random' as 'fifo' }, 'queue: order must be fifo, lifo or a comparison; got "random"'],
    ['a wrong hook', { onDeadLetter: 5 as unknown as () => void }, 'queue: onDeadLetter must be a function; got 5'],
    [
      'two policies',
      { overflow: 'fail', conflate: (a) => a },
      "queue: conflate is a policy of its own, it cannot be combined with overflow: 'fail'",
    ],
  ])('refuses %s: TypeError', (_, options, message) => {
    expect(() => queue(options)).toThrow(TypeError);
    expect(() => queue(options)).toThrow(message);
  });

  it('does not number its things as a channel does', () => {
    expect([queue().name, channel().name].map((name) => name.replace(/\d+/, 'n'))).toEqual(['queue#n', 'channel#n']);
  });
});

describe('1.5 100 000', () => {
  const MANY = 100_000;

  it.each(FORMS)('who wait for the end of the work, by $form, are let go at once', ({ perform }) => {
    const q = filled([1]);
    let told = 0;
    const count = { next: () => told++, error: () => undefined, complete: () => undefined };
    // In virtual time a turn is not cut.
    virtual(() => {
      for (let i = 0; i < MANY; i++) perform(q.join(), count);
      q.tryReceive();
      q.taskDone();
    });
    check(q);
    expect(told).toBe(MANY);
  });

  it.each(FORMS)('who wait for a lease, by $form, are failed at once', ({ perform }) => {
    const q = filled<number>([]);
    let failed = 0;
    const count = { next: () => undefined, error: () => failed++, complete: () => undefined };
    virtual(() => {
      for (let i = 0; i < MANY; i++) perform(q.lease(), count);
      q.cancel();
    });
    check(q);
    expect([failed, q.statistics().waitingReceivers]).toEqual([MANY, 0]);
  });

  it('leases are released at once without recursion, to as many who wait', () => {
    const q = filled(Array.from({ length: MANY }, (_, n) => n));
    const deliveries = Array.from({ length: MANY }, () => leased(q));
    const got: number[] = [];
    for (let i = 0; i < MANY; i++) q.lease().subscribe(({ value }) => got.push(value));
    for (const delivery of deliveries) delivery.release!();
    check(q);
    expect([got.length, got[0], got.at(-1), q.unfinished]).toEqual([MANY, 0, MANY - 1, MANY]);
  });

  it('leases that run out in one frame come back, or die, without recursion', () => {
    const many = MANY / 10;
    let dead = 0;
    const joined: number[] = [];
    // In the virtual time of the kit: that of RxJS looks at all timers whenever one of them comes or goes.
    runMarbles(({ flush }) => {
      const q = filled(
        Array.from({ length: many }, (_, n) => n),
        { leaseMs: 5, maxAttempts: 2, onDeadLetter: () => dead++ },
      );
      q.join().subscribe(() => joined.push(frame()));
      for (let i = 0; i < many; i++) leased(q);
      at(5, () => {
        for (let got = poll(q.lease()); got.ok; got = poll(q.lease()));
        check(q);
      });
      flush();
      expect([dead, joined, frame()]).toEqual([many, [10], 10]);
    });
  });

  it.each<[string, QueueOptions<number>]>([
    ['fifo', {}],
    ['lifo', { order: 'lifo' }],
    ['by priority', { order: (a, b) => (a % 100) - (b % 100) }],
  ])('values pass, and nothing is kept of them: %s', (_, options) => {
    const q = queue<number>(options);
    for (let i = 0; i < MANY; i++) q.trySend(i);
    for (let i = 0; i < MANY; i++) leased(q).ack();
    check(q);
    expect([q.size, q.unfinished, q.statistics().delivered]).toEqual([0, 0, MANY]);
  });

  it('joins, leases and sends are withdrawn, from all over their lines', () => {
    const q = filled([1], { capacity: 1 });
    const waiting = Array.from({ length: MANY }, (_, i) => (i % 2 === 0 ? q.join() : q.send(i)).subscribe());
    const empty = filled<number>([]);
    const leasing = Array.from({ length: MANY }, () => empty.lease().subscribe());
    for (let i = 0; i < MANY; i++) {
      waiting[(i * 7919) % MANY]!.unsubscribe();
      leasing[(i * 7919) % MANY]!.unsubscribe();
    }
    check(q, empty);
    const { waitingSenders } = q.statistics();
    expect([waitingSenders, empty.receivers.count(), q.unfinished]).toEqual([0, 0, 1]);
    q.tryReceive();
    q.taskDone();
  });
});

describe('5.1 a worker as in asyncio', () => {
  it('joins, then cancels those that wait for more', () => {
    const told = new Record();
    virtual(() => {
      const q = filled([3, 1, 2]);
      const workers = ['a', 'b'].map((name) =>
        go(function* () {
          for (;;) {
            const ms = yield* q.receive();
            yield* sleep(ms);
            told.add(`${name} has done ${ms} in frame ${frame()}`);
            q.taskDone();
          }
        }),
      );
      coroutine(function* () {
        yield* q.join();
        for (const worker of workers) yield* worker.cancel();
        check(q);
        told.add(title(q));
      }).subscribe();
    });
    expect(told.lines).toEqual([
      'b has done 1 in frame 1',
      'a has done 3 in frame 3',
      'b has done 2 in frame 3',
      'queue q (0/Infinity, open)',
    ]);
  });
});
