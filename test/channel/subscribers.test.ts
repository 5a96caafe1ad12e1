import { finalize, map, mergeWith, Subscriber, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';

describe('2.11 subscribers', () => {
  it('compete: one value, one subscriber, in turn', () => {
    const told = new Record();
    const ch = channel<number>();
    for (const name of ['a', 'b', 'c']) ch.subscribe(told.by(name));
    for (let n = 1; n <= 7; n++) {
      ch.trySend(n);
      check(ch);
    }
    expect(told.lines).toEqual(['a got 1', 'b got 2', 'c got 3', 'a got 4', 'b got 5', 'c got 6', 'a got 7']);
  });

  it('take turns with receives', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.subscribe(told.by('subscriber'));
    ch.receive().subscribe(told.by('receive'));
    for (const n of [1, 2, 3]) ch.trySend(n);
    check(ch);
    expect(told.lines).toEqual(['subscriber got 1', 'receive got 2', 'subscriber got 3']);
  });

  it('get what is buffered and waiting at once, in order; each sender is told before its value moves on', () => {
    const told = new Record();
    const ch = channel<number>(1);
    for (const n of [1, 2, 3]) ch.send(n).subscribe(told.by(`send ${n}`));
    told.take();
    ch.subscribe(told.by('subscriber'));
    check(ch);
    expect(told.lines).toEqual([
      'send 2 got undefined',
      'subscriber got 1',
      'send 3 got undefined',
      'subscriber got 2',
      'subscriber got 3',
    ]);
  });

  it('get values in the call that sends them', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.subscribe(told.by('subscriber'));
    ch.trySend(1);
    told.add('sent');
    expect(told.lines).toEqual(['subscriber got 1', 'sent']);
  });

  it('complete, or err with the cause, once the channel is closed and drained', () => {
    const told = new Record();
    for (const cause of [undefined, new Error('cause')]) {
      const ch = channel<number>(2);
      ch.subscribe(told.all('early'));
      ch.trySend(1);
      ch.close(cause);
      ch.subscribe(told.all('late'));
      check(ch);
    }
    expect(told.lines).toEqual([
      'early got 1',
      'early completed',
      'late completed',
      'early got 1',
      'early failed with cause',
      'late failed with cause',
    ]);
  });
});

describe('2.11 a subscriber that is inside `next` is not waiting', () => {
  it('a value sent from there is buffered until it returns, so order holds', () => {
    const told = new Record();
    const ch = channel<number>(2);
    ch.subscribe((n) => {
      told.add(`begin ${n}`);
      if (n === 1) told.add([ch.trySend(2), ch.trySend(3), ch.trySend(4)].join());
      check(ch);
      told.add(`end ${n}`);
    });
    ch.trySend(1);
    check(ch);
    expect(told.lines).toEqual(['begin 1', 'true,true,false', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  it('a value sent from there waits at capacity 0', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.subscribe((n) => {
      told.add(`begin ${n}`);
      if (n === 1) ch.send(2).subscribe(told.by('send 2'));
      told.add(`end ${n}`);
    });
    ch.trySend(1);
    check(ch);
    expect(told.lines).toEqual(['begin 1', 'end 1', 'send 2 got undefined', 'begin 2', 'end 2']);
  });

  it('a value sent from there is another one’s who waits', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.subscribe((n) => {
      if (n === 1) told.add(String(ch.trySend(2)));
      told.add(`a got ${n}`);
    });
    ch.subscribe(told.by('b'));
    ch.trySend(1);
    check(ch);
    expect(told.lines).toEqual(['b got 2', 'true', 'a got 1']);
  });

  it('it is at the end of the line when it returns', () => {
    const told = new Record();
    const ch = channel<number>();
    ch.subscribe((n) => {
      told.add(`a got ${n}`);
      if (n === 1) ch.receive().subscribe(told.by('b'));
    });
    for (const n of [1, 2, 3]) ch.trySend(n);
    check(ch);
    expect(told.lines).toEqual(['a got 1', 'b got 2', 'a got 3']);
  });
});

describe('2.11 unsubscribing', () => {
  it('between two values loses none', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    const a = ch.subscribe(told.by('a'));
    ch.trySend(1);
    a.unsubscribe();
    check(ch);
    for (const n of [2, 3]) ch.trySend(n);
    ch.subscribe(told.by('b'));
    check(ch);
    expect(told.lines).toEqual(['a got 1', 'b got 2', 'b got 3']);
  });

  it('inside `next` takes nothing more', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    for (const n of [1, 2, 3]) ch.trySend(n);
    const subscriber = new Subscriber<number>({
      ...told.by('a'),
      next: (n) => {
        told.add(`a got ${n}`);
        if (n === 2) subscriber.unsubscribe();
      },
    });
    ch.subscribe(subscriber);
    check(ch);
    expect([told.lines, ch.size, ch.statistics().waitingReceivers]).toEqual([['a got 1', 'a got 2'], 1, 0]);
  });

  it('by the callback of the sender that it met gives the value back, before all others', () => {
    const told = new Record();
    const ch = channel<number>();
    const subscriber = new Subscriber<number>(told.by('a'));
    ch.send(1).subscribe({ complete: () => subscriber.unsubscribe() });
    ch.send(2).subscribe();
    ch.subscribe(subscriber);
    check(ch);
    ch.subscribe(told.by('b'));
    check(ch);
    expect(told.lines).toEqual(['b got 1', 'b got 2']);
    expect(ch.statistics()).toMatchObject({ sent: 2, delivered: 2, undelivered: 0 });
  });

  it('by the callback of a sender that moved in gives the value back, before the one that moved in', () => {
    const told = new Record();
    const ch = channel<number>(1);
    const subscriber = new Subscriber<number>(told.by('a'));
    ch.trySend(1);
    ch.send(2).subscribe({ complete: () => subscriber.unsubscribe() });
    ch.subscribe(subscriber);
    check(ch);
    expect(ch.statistics()).toMatchObject({ sent: 2, delivered: 0, buffered: 2, peakBuffered: 2 });
    expect([ch.tryReceive(), ch.tryReceive()]).toEqual([
      { ok: true, value: 1 },
      { ok: true, value: 2 },
    ]);
  });

  it('lets nobody move in while more is buffered than there is room for', () => {
    const ch = channel<number>(1);
    const subscriber = new Subscriber<number>();
    ch.trySend(1);
    ch.send(2).subscribe({ complete: () => subscriber.unsubscribe() });
    ch.send(3).subscribe();
    ch.subscribe(subscriber);
    const states = [1, 2, 3].map(() => {
      const attempt = ch.tryReceive();
      check(ch);
      return [attempt.ok && attempt.value, ch.size, ch.statistics().waitingSenders];
    });
    expect(states).toEqual([
      [1, 1, 1],
      [2, 1, 0],
      [3, 0, 0],
    ]);
  });

  it('by the callback of the sender that it met gives the value to one who waits by then', () => {
    const told = new Record();
    const ch = channel<number>();
    const subscriber = new Subscriber<number>(told.by('a'));
    ch.send(1).subscribe({
      complete: () => {
        subscriber.unsubscribe();
        ch.receive().subscribe(told.by('b'));
      },
    });
    ch.subscribe(subscriber);
    check(ch);
    expect([told.lines, ch.size]).toEqual([['b got 1'], 0]);
  });

  it('by the callback of the last sender of a closed channel gives the value back, too', () => {
    const told = new Record();
    const ch = channel<number>();
    const subscriber = new Subscriber<number>(told.by('a'));
    ch.send(1).subscribe({ complete: () => subscriber.unsubscribe() });
    ch.close();
    ch.subscribe(subscriber);
    check(ch);
    ch.subscribe(told.all('b'));
    expect(told.lines).toEqual(['b got 1', 'b completed']);
  });

  it('and cancelling by the callback of the sender reports the value that came back', () => {
    const told = new Record();
    const ch = channel<number>({ onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
    const subscriber = new Subscriber<number>(told.by('a'));
    ch.send(1).subscribe({
      complete: () => {
        subscriber.unsubscribe();
        ch.cancel();
      },
    });
    ch.subscribe(subscriber);
    check(ch);
    expect(told.lines).toEqual(['1 cancelled']);
    expect(ch.statistics()).toMatchObject({ sent: 1, delivered: 0, undelivered: 1 });
  });

  it('lets those be served who stood behind', () => {
    const told = new Record();
    const ch = channel<number>();
    const subscriptions = ['a', 'b', 'c'].map((name) => ch.subscribe(told.by(name)));
    subscriptions[1]!.unsubscribe();
    subscriptions[1]!.unsubscribe();
    check(ch);
    expect(ch.statistics().waitingReceivers).toBe(2);
    for (const n of [1, 2]) ch.trySend(n);
    expect(told.lines).toEqual(['a got 1', 'c got 2']);
  });

  it('of all by the first who learns of the end still tells nobody twice', () => {
    const told = new Record();
    const ch = channel<number>();
    const late = new Subscriber<number>(told.all('b'));
    ch.subscribe({ complete: () => late.unsubscribe() });
    ch.subscribe(late);
    ch.subscribe(told.all('c'));
    ch.close();
    check(ch);
    expect(told.lines).toEqual(['c completed']);
  });
});

describe('2.11 as an Observable', () => {
  it('take(n) takes exactly n', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    for (const n of [1, 2, 3, 4]) ch.trySend(n);
    ch.pipe(take(2), toArray()).subscribe(told.by('a'));
    check(ch);
    expect([told.lines, ch.size]).toEqual([['a got [1,2]'], 2]);
  });

  it('runs through operators, and is torn down with them', () => {
    const told = new Record();
    const ch = channel<number>();
    const other = channel<number>();
    const merged = ch
      .pipe(
        map((n) => n * 10),
        finalize(() => told.add('torn down')),
        mergeWith(other),
      )
      .subscribe(told.by('merged'));
    ch.trySend(1);
    other.trySend(2);
    merged.unsubscribe();
    check(ch, other);
    expect(told.lines).toEqual(['merged got 10', 'merged got 2', 'torn down']);
    expect([ch.receivers.first, other.receivers.first]).toEqual([null, null]);
  });

  it('1.9 whose `next` throws goes on, as RxJS does, and the error reaches the hook', () => {
    const told = new Record();
    const ch = channel<number>();
    const reported = reportsOf(() => {
      ch.subscribe((n) => {
        told.add(`got ${n}`);
        if (n === 1) throw new Error('thrown');
      });
      for (const n of [1, 2]) told.add(String(ch.trySend(n)));
    });
    check(ch);
    expect([told.lines, reported.map(String)]).toEqual([['got 1', 'true', 'got 2', 'true'], ['Error: thrown']]);
  });

  it('1.9 whose operator throws errs, takes nothing more, and lets others be served', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    ch.pipe(
      map(() => {
        throw new Error('thrown');
      }),
    ).subscribe(told.all('a'));
    ch.subscribe(told.all('b'));
    for (const n of [1, 2]) ch.trySend(n);
    check(ch);
    expect(told.lines).toEqual(['a failed with thrown', 'b got 2']);
  });

  it('1.9 whose Subscriber, written by hand, throws is out of the line, and lets others be served', () => {
    const told = new Record();
    const ch = channel<number>(Infinity);
    const reported = reportsOf(() => {
      const thrower = new Subscriber<number>();
      thrower.next = () => {
        throw new Error('thrown');
      };
      ch.subscribe(thrower);
      ch.subscribe(told.all('b'));
      for (const n of [1, 2]) ch.trySend(n);
    });
    check(ch);
    expect([told.lines, reported.map(String)]).toEqual([['b got 2'], ['Error: thrown']]);
    expect(ch.statistics().waitingReceivers).toBe(1);
  });

  it('whose teardown sends and closes take nothing any more', () => {
    const ch = channel<number>(2);
    const leaving = new Subscriber<number>();
    // A teardown that comes before the channel's own.
    leaving.add(() => {
      ch.trySend(1);
      ch.close();
    });
    ch.subscribe(leaving);
    leaving.unsubscribe();
    check(ch);
    expect([ch.tryReceive(), ch.statistics().waitingReceivers]).toEqual([{ ok: true, value: 1 }, 0]);
  });
});
