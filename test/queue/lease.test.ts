// What is lent, and how it ends: 5.4 and 5.5.

import { type Observer, Subscriber, TimeoutError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  type DeadLetter,
  type Delivery,
  gather,
  go,
  poll,
  type Queue,
  type QueueOptions,
  select,
  sleep,
  StaleDeliveryError,
} from '../../src/index.ts';
import { giveBack } from '../../src/queue/lease.ts';
import { FORMS } from '../forms.ts';
import { check, Record, show, title } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { filled, leased } from './leased.ts';

const shown = ({ value, attempt }: Delivery<unknown>): string => `${show(value)} #${attempt}`;
const stale = (how: string): Error => new StaleDeliveryError('q', how);

describe.each(FORMS)('5.4 a lease, waited for by $form', ({ perform }) => {
  it('is of the next value, or waits in one line with those who receive', () => {
    const told = new Record();
    const q = filled([1]);
    perform(q.lease().map(shown), told.by('a'));
    perform(q.lease().map(shown), told.by('b'));
    perform(q.receive(), told.by('c'));
    perform(q.lease().map(shown), told.by('d'));
    for (const n of [2, 3, 4]) q.trySend(n);
    check(q);
    expect(told.lines).toEqual(['a got 1 #1', 'b got 2 #1', 'c got 3', 'd got 4 #1']);
  });

  it('that is withdrawn has taken nothing', () => {
    const told = new Record();
    const q = filled<number>([]);
    const withdraw = perform(q.lease(), told.by('a'));
    perform(q.lease().map(shown), told.by('b'));
    withdraw();
    q.trySend(1);
    check(q);
    expect([told.lines, q.unfinished]).toEqual([['b got 1 #1'], 1]);
  });

  it('is not taken by a deadline, nor by a select that another case wins', () => {
    const told = new Record();
    const q = filled<number>([]);
    const other = channel<number>();
    virtual(() => {
      perform(q.lease().withTimeout(5), told.by('a'));
      perform(select({ lease: q.lease(), other }), told.by('b'));
      at(5, () => other.trySend(0));
      at(6, () => q.trySend(1));
    });
    check(q, other);
    expect(told.lines).toEqual(['a failed with TimeoutError', 'b got other=0']);
    expect([q.size, q.statistics().waitingReceivers]).toEqual([1, 0]);
  });

  it('is a case of a select', () => {
    const told = new Record();
    const q = filled([1]);
    const other = channel<number>();
    perform(select({ lease: q.lease().map(shown), other }), told.by('a'));
    perform(select({ lease: q.lease().map(shown), other }), told.by('b'));
    q.trySend(2);
    check(q, other);
    expect(told.lines).toEqual(['a got lease=1 #1', 'b got lease=2 #1']);
    expect(other.statistics().waitingReceivers).toBe(0);
  });

  it('fails as a receive does, when the queue has ended or ends', () => {
    const told = new Record();
    for (const end of [
      (q: Queue<number>) => q.close(),
      (q: Queue<number>) => q.close(new Error('cause')),
      (q: Queue<number>) => q.cancel('enough'),
    ]) {
      const q = filled<number>([]);
      perform(q.lease(), told.by('before'));
      end(q);
      perform(q.lease(), told.by('after'));
      check(q);
    }
    expect(told.lines).toEqual([
      'before failed with ClosedError',
      'after failed with ClosedError',
      'before failed with cause',
      'after failed with cause',
      'before failed with CancelledError(enough)',
      'after failed with CancelledError(enough)',
    ]);
  });

  it('gets what is nacked, before it is the queue’s again', () => {
    const told = new Record();
    const q = filled([1], { capacity: 1 });
    const delivery = leased(q);
    perform(q.lease().map(shown), told.by('a'));
    delivery.nack();
    check(q);
    expect([told.lines, q.size, q.statistics().peakBuffered]).toEqual([['a got 1 #2'], 0, 1]);
  });
});

describe('5.4 a lease ends once', () => {
  const ENDS: readonly [string, (delivery: Delivery<number>) => void][] = [
    ['was acked', (delivery) => delivery.ack()],
    ['was nacked', (delivery) => delivery.nack()],
    ['was released', (delivery) => delivery.release!()],
  ];

  it.each(ENDS)('it %s: whatever is done then is stale, and changes nothing', (how, end) => {
    const q = filled([1, 2]);
    const delivery = leased(q);
    end(delivery);
    const before = [q.size, q.unfinished, q.statistics()];
    expect(() => delivery.ack()).toThrow(stale(how));
    expect(() => delivery.nack()).toThrow(stale(how));
    expect(() => delivery.extend()).toThrow(stale(how));
    delivery.release!();
    check(q);
    expect([q.size, q.unfinished, q.statistics()]).toEqual(before);
  });

  it('it has run out: the same', () => {
    virtual(() => {
      const q = filled([1], { leaseMs: 10 });
      const delivery = leased(q);
      at(11, () => {
        for (const act of ['ack', 'nack', 'extend'] as const)
          expect(() => delivery[act]()).toThrow(stale('has run out'));
        delivery.release!();
        check(q);
        expect([q.size, shown(leased(q))]).toEqual([1, '1 #2']);
      });
    });
    expect.assertions(4);
  });

  it('says whose delivery it was, and how it ended', () => {
    const q = filled([1]);
    const delivery = leased(q);
    delivery.ack();
    expect(() => delivery.ack()).toThrow('q: this delivery was acked; its value is not yours any more');
    expect(stale('was acked')).toMatchObject({ name: 'StaleDeliveryError', source: 'q' });
  });

  it('says what it is', () => {
    const q = filled([1]);
    const first = leased(q);
    const was = title(first);
    first.nack();
    expect([was, title(first), title(leased(q))]).toEqual([
      'delivery 1 of q (leased)',
      'delivery 1 of q (was nacked)',
      'delivery 2 of q (leased)',
    ]);
  });

  it('keeps its own value when the queue merges what came back', () => {
    const q = filled(['a'], { capacity: 1, conflate: (pending, sent) => pending + sent });
    const delivery = leased(q);
    delivery.nack();
    q.trySend('b');
    expect([delivery.value, shown(leased(q))]).toEqual(['a', 'ab #2']);
  });

  it.each([NaN, -1, Infinity, '5'])('a nack with a delay of %s is a RangeError, and the lease goes on', (delay) => {
    const q = filled([1]);
    const delivery = leased(q);
    expect(() => delivery.nack({ delay: delay as number })).toThrow(RangeError);
    delivery.ack();
    expect(q.unfinished).toBe(0);
  });

  it('the message of a wrong delay has the value in it', () => {
    const delivery = leased(filled([1]));
    expect(() => delivery.nack({ delay: -1 })).toThrow('q: nack: delay must be a number of ms >= 0; got -1');
  });
});

describe('5.4 a nacked value', () => {
  it('goes to the front, and its next delivery has an attempt one higher', () => {
    const q = filled([1, 2]);
    leased(q).nack();
    expect([leased(q), leased(q)].map(shown)).toEqual(['1 #2', '2 #1']);
    check(q);
  });

  it('goes to the front literally: of two, the one nacked last leaves first', () => {
    const q = filled(['a', 'b', 'c']);
    const [a, b] = [leased(q), leased(q)];
    a.nack();
    b.nack();
    expect([leased(q), leased(q), leased(q)].map(shown)).toEqual(['b #2', 'a #2', 'c #1']);
  });

  it('is back even if the queue is full; who waits to send waits until there is room', () => {
    const told = new Record();
    const q = filled([1], { capacity: 1 });
    const delivery = leased(q);
    q.trySend(2);
    q.send(3).subscribe(told.by('sender'));
    delivery.nack();
    check(q);
    expect([title(q), q.statistics().peakBuffered]).toEqual(['queue q (2/1, 1 sending, open)', 2]);
    leased(q).ack();
    check(q);
    expect(told.take()).toEqual([]);
    leased(q).ack();
    check(q);
    expect([told.take(), q.size]).toEqual([['sender got undefined'], 1]);
  });

  it('waits out its delay first, counts as delivered meanwhile, and nobody else waits for it', () => {
    const told = new Record();
    const q = filled([1, 2]);
    const last = virtual(() => {
      leased(q).nack({ delay: 10 });
      told.add(`${title(q)} delivered ${q.statistics().delivered}`);
      q.lease().subscribe((delivery) => told.add(`${shown(delivery)} in frame ${frame()}`));
      q.lease().subscribe((delivery) => told.add(`${shown(delivery)} in frame ${frame()}`));
      at(9, () => check(q));
    });
    expect([last, told.lines]).toEqual([
      10,
      ['queue q (1/Infinity, 1 not done, open) delivered 1', '2 #1 in frame 0', '1 #2 in frame 10'],
    ]);
  });

  it('is settled by a nack after queue.cancel(), in silence, whatever its delay', () => {
    const told = new Record();
    const letters: unknown[] = [];
    const last = virtual(() => {
      const q = filled([1, 2, 3], {
        leaseMs: 5,
        maxAttempts: 1,
        onUndelivered: (value, reason) => told.add(`${value} ${reason}`),
        onDeadLetter: (letter) => letters.push(letter),
      });
      const deliveries = [leased(q), leased(q), leased(q)];
      q.cancel();
      q.join().subscribe(told.by('join'));
      deliveries[0]!.nack({ delay: 100 });
      deliveries[1]!.release!();
      at(5, () => {
        check(q);
        told.add(title(q));
      });
    });
    expect([told.lines, letters, last]).toEqual([['join got undefined', 'queue q (0/Infinity, cancelled)'], [], 5]);
  });

  it('that waits out its delay is cancelled with the queue, reported, and keeps no timer', () => {
    const told = new Record();
    const q = filled([1, 2], { onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
    const last = virtual(() => {
      leased(q).nack({ delay: 100 });
      q.join().subscribe(told.by('join'));
      q.cancel();
      check(q);
    });
    expect([told.lines, last, q.unfinished]).toEqual([['2 cancelled', '1 cancelled', 'join got undefined'], 0, 0]);
    expect(q.statistics()).toMatchObject({ sent: 2, delivered: 0, undelivered: 2 });
  });

  it('keeps its priority, and its arrival among equals', () => {
    const order = (a: string, b: string) => a.localeCompare(b);
    const q = filled(['b1', 'a', 'b1', 'c'], { order: (a, b) => order(a.slice(0, 1), b.slice(0, 1)) });
    const a = leased(q);
    const b1 = leased(q);
    b1.nack();
    q.trySend('b2');
    a.nack();
    expect([leased(q), leased(q), leased(q), leased(q), leased(q)].map(shown)).toEqual([
      'a #2',
      'b1 #2',
      'b1 #1',
      'b2 #1',
      'c #1',
    ]);
  });
});

describe('5.4 a lease that is not settled in time', () => {
  it('comes back with its attempt counted, after leaseMs', () => {
    const told = new Record();
    const last = virtual(() => {
      const q = filled([1], { leaseMs: 10, maxAttempts: 2, onDeadLetter: (letter) => told.add(letterOf(letter)) });
      const next = (): void => {
        q.lease().subscribe((delivery) => {
          told.add(`${shown(delivery)} in frame ${frame()}`);
          if (delivery.attempt === 1) next();
        });
      };
      next();
    });
    expect([told.lines, last]).toEqual([
      ['1 #1 in frame 0', '1 #2 in frame 10', '1 is dead after 2: TimeoutError'],
      20,
    ]);
  });

  it('begins anew with extend, each time', () => {
    const told = new Record();
    const last = virtual(() => {
      const q = filled([1], { leaseMs: 10 });
      const delivery = leased(q);
      for (const ms of [6, 12, 18]) at(ms, () => delivery.extend());
      q.lease().subscribe((again) => {
        told.add(`back in frame ${frame()}`);
        again.ack();
      });
    });
    expect([told.lines, last]).toEqual([['back in frame 28'], 28]);
  });

  it.each(['ack', 'nack', 'release'] as const)('keeps no timer after %s', (how) => {
    const last = virtual(() => {
      const q = filled([1], { leaseMs: 1000 });
      leased(q)[how]!();
    });
    expect(last).toBe(0);
  });

  it('never runs out without leaseMs, and can be extended all the same', () => {
    const q = filled([1]);
    const last = virtual(() => {
      const delivery = leased(q);
      delivery.extend();
      at(1e9, () => delivery.ack());
    });
    expect([last, q.unfinished]).toEqual([1e9, 0]);
  });
});

const letterOf = ({ value, attempts, error }: DeadLetter<unknown>): string =>
  `${show(value)} is dead after ${attempts}: ${show(error)}`;

describe('5.4 a dead letter', () => {
  it('is what was delivered maxAttempts times: told with its last error, and settled; a delay makes no difference', () => {
    const told = new Record();
    const q = filled([1, 2], { maxAttempts: 2, onDeadLetter: (letter) => told.add(letterOf(letter)) });
    q.join().subscribe(told.by('join'));
    const last = virtual(() => {
      leased(q).nack({ error: new Error('first') });
      leased(q).nack({ delay: 50, error: new Error('second') });
      check(q);
      told.add(`${q.unfinished} unfinished`);
      leased(q).ack();
    });
    expect([told.lines, last]).toEqual([['1 is dead after 2: second', '1 unfinished', 'join got undefined'], 0]);
  });

  it('has the error that the nack had, the same object; without one, undefined', () => {
    const letters: DeadLetter<number>[] = [];
    const q = filled([1, 2, 3], { maxAttempts: 1, onDeadLetter: (letter) => letters.push(letter) });
    const error = new Error('no');
    leased(q).nack({ error });
    leased(q).nack();
    virtual(() => {
      const timed = filled([3], { maxAttempts: 1, leaseMs: 5, onDeadLetter: (letter) => letters.push(letter) });
      leased(timed);
    });
    expect(letters[0]).toEqual({ value: 1, attempts: 1, error });
    expect(letters[0]!.error).toBe(error);
    expect(letters[1]).toEqual({ value: 2, attempts: 1, error: undefined });
    expect(letters[2]!.error).toBeInstanceOf(TimeoutError);
  });

  it('does not come of a release: it gives the attempt back', () => {
    const told = new Record();
    const q = filled([1], { maxAttempts: 1, onDeadLetter: (letter) => told.add(letterOf(letter)) });
    for (let i = 0; i < 3; i++) leased(q).release!();
    expect([shown(leased(q)), told.lines]).toEqual(['1 #1', []]);
  });

  it('whose callback throws is settled all the same, and the error reported', () => {
    const told = new Record();
    const reported = reportsOf(() => {
      const q = filled([1], {
        maxAttempts: 1,
        onDeadLetter: () => {
          throw new Error('callback');
        },
      });
      q.join().subscribe(told.by('join'));
      leased(q).nack();
      check(q);
    });
    expect([told.lines, reported]).toEqual([['join got undefined'], [new Error('callback')]]);
  });

  it('may be sent anew by its callback: join goes on waiting', () => {
    const told = new Record();
    const q: Queue<number> = filled([1], { maxAttempts: 1, onDeadLetter: ({ value }) => q.trySend(value + 10) });
    q.join().subscribe(told.by('join'));
    leased(q).nack();
    check(q);
    expect(told.take()).toEqual([]);
    const again = leased(q);
    expect(shown(again)).toBe('11 #1');
    again.ack();
    expect(told.take()).toEqual(['join got undefined']);
  });

  it('may cancel the queue from its callback', () => {
    const told = new Record();
    const q: Queue<number> = filled([1, 2], {
      maxAttempts: 1,
      onDeadLetter: () => q.cancel(),
      onUndelivered: (value, reason) => told.add(`${value} ${reason}`),
    });
    q.join().subscribe(told.by('join'));
    leased(q).nack();
    check(q);
    expect([told.lines, q.unfinished]).toEqual([['2 cancelled', 'join got undefined'], 0]);
  });
});

describe('5.4 release gives back as if it had never been delivered', () => {
  it('to the front, without counting the attempt, to one who waits at once', () => {
    const told = new Record();
    const q = filled([1, 2]);
    leased(q).nack();
    const second = leased(q);
    second.release!();
    const again = leased(q);
    q.receive().subscribe(told.by('receiver'));
    q.lease().map(shown).subscribe(told.by('waiting'));
    again.release!();
    check(q);
    expect([shown(again), told.lines]).toEqual(['1 #2', ['receiver got 2', 'waiting got 1 #2']]);
  });
});

describe('5.5 a closed queue', () => {
  it('ends only when nothing is leased: what is nacked is delivered again', () => {
    const told = new Record();
    const q = filled([1]);
    const delivery = leased(q);
    q.close();
    q.whenEnded().subscribe(told.by('end'));
    q.lease().map(shown).subscribe(told.by('a'));
    q.receiveResult().subscribe(told.by('b'));
    told.add(`${title(q)} ${show(q.tryReceive())}`);
    delivery.nack();
    check(q);
    expect(told.take()).toEqual([
      'queue q (0/Infinity, 2 receiving, 1 leased, draining) {"ok":false,"closed":false}',
      'a got 1 #2',
    ]);
  });

  it('ends with the last ack: all who wait learn of it, and the cause stays', () => {
    const told = new Record();
    const q = filled([1, 2]);
    const deliveries = [leased(q), leased(q)];
    const cause = new Error('cause');
    q.close(cause);
    q.receive().subscribe(told.by('receiver'));
    q.subscribe(told.all('subscriber'));
    q.whenEnded().subscribe(told.by('end'));
    q.join().subscribe(told.by('join'));
    deliveries[1]!.ack();
    told.add('one of two');
    deliveries[0]!.ack();
    check(q);
    expect(told.lines).toEqual([
      'one of two',
      'join got undefined',
      'receiver failed with cause',
      'subscriber failed with cause',
      'end got undefined',
    ]);
  });

  it('ends with a dead letter, and with a lease that runs out for good', () => {
    const told = new Record();
    virtual(() => {
      const q = filled([1, 2], { maxAttempts: 1, leaseMs: 20 });
      const first = leased(q);
      leased(q);
      q.close();
      q.whenEnded().subscribe(() => told.add(`ended in frame ${frame()}`));
      first.nack();
      check(q);
    });
    expect(told.lines).toEqual(['ended in frame 20']);
  });

  it('has not ended while a value is on its way back', () => {
    const told = new Record();
    virtual(() => {
      const q = filled([1]);
      const delivery = leased(q);
      q.close();
      q.receive().subscribe((value) => told.add(`got ${value} in frame ${frame()}`));
      q.whenEnded().subscribe(() => told.add(`ended in frame ${frame()}`));
      delivery.nack({ delay: 30 });
      at(10, () => check(q));
    });
    expect(told.lines).toEqual(['got 1 in frame 30', 'ended in frame 30']);
  });

  it('is ended by the lease of its last value only when that is settled', () => {
    const told = new Record();
    const q = filled([1]);
    q.close();
    q.whenEnded().subscribe(told.by('end'));
    const delivery = leased(q);
    check(q);
    expect(told.lines).toEqual([]);
    const before = poll(q.whenEnded()).ok;
    delivery.ack();
    expect([before, poll(q.whenEnded()).ok, poll(q.lease())]).toEqual([false, true, { ok: false, closed: true }]);
  });

  it('can be cancelled while something is leased, once', () => {
    const told = new Record();
    const q = filled([1]);
    const delivery = leased(q);
    q.close();
    q.receive().subscribe(told.by('receiver'));
    q.join().subscribe(told.by('join'));
    expect([q.cancel('enough'), q.cancel()]).toEqual([true, false]);
    check(q);
    expect(told.take()).toEqual(['receiver failed with CancelledError(enough)']);
    delivery.ack();
    expect(told.take()).toEqual(['join got undefined']);
  });

  it('is skipped by a select only when nothing can come back', () => {
    const told = new Record();
    const q = filled([1]);
    const delivery = leased(q);
    q.close();
    const other = channel<number>();
    select({ lease: q.lease(), other }, { onClosed: 'skip' }).subscribe(told.by('a'));
    delivery.ack();
    check(q);
    expect([told.take(), q.statistics().waitingReceivers]).toEqual([[], 0]);
    other.trySend(2);
    expect(told.take()).toEqual(['a got other=2']);
  });
});

const UNREACHABLE: Observer<unknown> = {
  next: () => expect.unreachable(),
  error: () => expect.unreachable(),
  complete: () => expect.unreachable(),
};

describe('a lease that is never told, because its subscriber left in the same commit', () => {
  /** Leases, as one that leaves when the sender that moves in is told. */
  function leaveInTheMiddle(q: Queue<number>, meanwhile: () => void): void {
    const leaver = new Subscriber<Delivery<number>>(UNREACHABLE);
    q.send(9).subscribe(() => {
      leaver.unsubscribe();
      meanwhile();
    });
    q.lease().subscribe(leaver);
    check(q);
  }

  it('5.4 is undone: the value is at the front, and the attempt does not count', () => {
    virtual(() => {
      const q = filled([1], { capacity: 1, leaseMs: 100 });
      leaveInTheMiddle(q, () => undefined);
      expect([title(q), shown(leased(q)), shown(leased(q))]).toEqual(['queue q (2/1, open)', '1 #1', '9 #1']);
      q.cancel();
    });
  });

  it('5.4 keeps the attempts that it had', () => {
    const q = filled([1], { capacity: 1 });
    leased(q).nack();
    leaveInTheMiddle(q, () => undefined);
    expect([shown(leased(q)), shown(leased(q))]).toEqual(['1 #2', '9 #1']);
  });

  it('5.4 has nothing to undo where the queue has ended, or where its time ran out meanwhile', () => {
    const told = new Record();
    const reported = reportsOf(() => {
      const q = filled([], {});
      const late = new Subscriber<Delivery<number>>(UNREACHABLE);
      q.lease().subscribe({ error: () => late.unsubscribe() });
      q.lease().subscribe(late);
      q.close();
      const gathered = filled([1], { leaseMs: 5 });
      const gathering = gather([gathered.lease(), sleep(10)]).subscribe();
      at(7, () => {
        gathering.unsubscribe();
        check(gathered);
        told.add(shown(leased(gathered)));
        gathered.cancel();
      });
    });
    expect([reported, told.lines]).toEqual([[], ['1 #2']]);
  });

  it('5.4 leaves no timer behind', () => {
    const last = virtual(() => leaveInTheMiddle(filled([1], { capacity: 1, leaseMs: 100 }), () => undefined));
    expect(last).toBe(0);
  });

  it('5.3 is lost with a queue that was cancelled meanwhile, and reported as a receive’s is', () => {
    const told = new Record();
    const q = filled([1], { capacity: 1, onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
    leaveInTheMiddle(q, () => {
      q.join().subscribe(told.by('join'));
      q.cancel();
    });
    expect(told.lines).toEqual(['9 cancelled', '1 cancelled', 'join got undefined']);
    expect([q.unfinished, q.statistics()]).toMatchObject([0, { sent: 2, delivered: 0, undelivered: 2 }]);
  });

  it('5.3 a receive is lost with it, too: then join has nothing to wait for', () => {
    const told = new Record();
    const q = filled([1], { capacity: 1, onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
    const leaver = new Subscriber<number>(UNREACHABLE);
    q.send(9).subscribe(() => {
      leaver.unsubscribe();
      q.join().subscribe(told.by('join'));
      q.cancel();
    });
    q.receive().subscribe(leaver);
    check(q);
    expect([told.lines, q.unfinished]).toEqual([['9 cancelled', '1 cancelled', 'join got undefined'], 0]);
  });

  it('5.5 is still to be delivered by a queue that was closed meanwhile', () => {
    const told = new Record();
    const q = filled([1], { capacity: 1 });
    q.whenEnded().subscribe(told.by('end'));
    leaveInTheMiddle(q, () => {
      q.close();
      q.tryReceive();
    });
    expect([told.take(), title(q)]).toEqual([[], 'queue q (1/1, 1 not done, draining)']);
    leased(q).ack();
    expect(told.take()).toEqual(['end got undefined']);
  });

  it.each<[string, QueueOptions<number>, number[]]>([
    ['fifo', {}, [2, 1, 3, 9]],
    ['lifo', { order: 'lifo' }, [3, 9, 1, 2]],
    ['by a comparison', { order: (a, b) => a - b }, [1, 2, 3, 9]],
  ])('5.1 neither is a receive settled: it is back at the front, %s', (_, options, left) => {
    const q = filled([2, 1, 3], { ...options, capacity: 3 });
    const leaver = new Subscriber<number>(UNREACHABLE);
    q.send(9).subscribe(() => leaver.unsubscribe());
    q.receive().subscribe(leaver);
    check(q);
    expect([q.unfinished, left.map(() => leased(q).value)]).toEqual([4, left]);
  });

  it('5.1 it goes to one who waits for what comes back', () => {
    const told = new Record();
    const q = filled([1], { capacity: 1 });
    leaveInTheMiddle(q, () => {
      q.receive().subscribe(told.by('a'));
      q.receive().subscribe(told.by('b'));
    });
    check(q);
    expect([told.lines, q.unfinished]).toEqual([['a got 9', 'b got 1'], 2]);
  });
});

describe('5.6 leases that are given back together', () => {
  it('go to those who wait in their old order, and the rest to the front in theirs', () => {
    const told = new Record();
    const q = filled([1, 2, 3, 4, 5]);
    const deliveries = [leased(q), leased(q), leased(q), leased(q)];
    leased(q).ack();
    q.lease().map(shown).subscribe(told.by('waiting'));
    giveBack(deliveries);
    check(q);
    expect([told.lines, poll(q.receive()), poll(q.receive()), poll(q.receive()), q.unfinished]).toEqual([
      ['waiting got 1 #1'],
      { ok: true, value: 2 },
      { ok: true, value: 3 },
      { ok: true, value: 4 },
      4,
    ]);
  });

  it('are settled one by one: one who gets the first and cancels the queue finds the account right', () => {
    const told = new Record();
    const q = filled([1, 2, 3]);
    const deliveries = [leased(q), leased(q), leased(q)];
    q.receive().subscribe((value) => {
      q.cancel();
      q.taskDone();
      told.add(`got ${value} ${title(q)}`);
      expect(() => q.taskDone()).toThrow(RangeError);
    });
    q.join().subscribe(told.by('join'));
    giveBack(deliveries);
    check(q);
    expect([told.lines, title(q), q.unfinished]).toEqual([
      ['got 1 queue q (0/Infinity, 2 leased, cancelled)', 'join got undefined'],
      'queue q (0/Infinity, cancelled)',
      0,
    ]);
  });
});

describe('1.3 callbacks may call anything', () => {
  it('an observer of a lease leases, acks and nacks in its callback, in order', () => {
    const told = new Record();
    const q = filled<number>([]);
    q.lease().subscribe((first) => {
      told.add(`first ${shown(first)}`);
      first.nack();
      q.lease().subscribe((second) => {
        told.add(`second ${shown(second)}`);
        second.ack();
      });
    });
    q.trySend(1);
    check(q);
    expect([told.lines, q.unfinished]).toEqual([['first 1 #1', 'second 1 #2'], 0]);
  });

  it('one that is told of the end of a lease may join, and is not overtaken', () => {
    const told = new Record();
    const q = filled([1]);
    const delivery = leased(q);
    q.close();
    q.join().subscribe(() => {
      told.add('first join');
      check(q);
    });
    q.whenEnded().subscribe(() => {
      told.add('end');
      q.join().subscribe(() => told.add('late join'));
    });
    delivery.ack();
    expect(told.lines).toEqual(['first join', 'end', 'late join']);
  });

  it('a coroutine that settles in its finally is heard', () => {
    const told = new Record();
    const q = filled([1]);
    const task = go(function* () {
      const delivery = yield* q.lease();
      try {
        yield* channel<number>().receive();
      } finally {
        delivery.nack();
      }
    });
    q.lease().map(shown).subscribe(told.by('next'));
    task.cancel();
    check(q);
    expect(told.lines).toEqual(['next got 1 #2']);
  });
});
