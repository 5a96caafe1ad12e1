import { Observable, Subscriber, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type Channel,
  channel,
  channelFrom,
  coroutine,
  go,
  mergeSelect,
  type ReceiveChannel,
  select,
  trySelect,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';

const cause = new Error('the cause');

describe.each(FORMS)('3.8 mergeSelect, received from by $form,', ({ perform }) => {
  it('takes a value only when one is asked of it', () => {
    const told = new Record();
    const a = channel<number>(2);
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    a.trySend(1);
    a.trySend(2);
    b.send(3).subscribe(told.by('b'));
    check(merged, a, b);
    expect([a.size, b.statistics().waitingSenders]).toEqual([2, 1]);
    perform(merged.receive(), told.by('m'));
    check(merged, a, b);
    expect(told.lines).toHaveLength(b.statistics().waitingSenders === 0 ? 2 : 1);
    expect(a.size + b.statistics().waitingSenders).toBe(2);
  });

  it('takes nothing for one who has left', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    const withdraw = perform(merged.receive(), told.by('m'));
    check(merged, a);
    withdraw();
    check(merged, a);
    expect(a.trySend(1)).toBe(false);
    check(merged, a);
    expect(told.lines).toEqual([]);
  });

  it('serves the others when one in the middle has left', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    perform(merged.receive(), told.by('first'));
    const withdraw = perform(merged.receive(), told.by('second'));
    perform(merged.receive(), told.by('third'));
    withdraw();
    for (const value of [1, 2, 3]) {
      told.add(`taken: ${a.trySend(value)}`);
      check(merged, a);
    }
    expect(told.lines).toEqual(['first got a=1', 'taken: true', 'third got a=2', 'taken: true', 'taken: false']);
  });

  it('serves all who wait, in the order in which they came, whichever source has the values', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    for (const name of ['first', 'second', 'third', 'fourth']) perform(merged.receive(), told.by(name));
    check(merged, a, b);
    for (const source of [a, a, b, a]) {
      expect(source.trySend(1)).toBe(true);
      check(merged, a, b);
    }
    expect(told.lines).toEqual(['first got a=1', 'second got a=1', 'third got b=1', 'fourth got a=1']);
    expect([a.trySend(1), b.trySend(1)]).toEqual([false, false]);
  });

  it('takes one value for one who asks, also when several sources have one', () => {
    const told = new Record();
    const a = channel<number>(1);
    const b = channel<number>(1);
    const merged = mergeSelect({ a, b }, { order: 'priority' });
    b.trySend(2);
    a.trySend(1);
    perform(merged.receive(), told.by('m'));
    check(merged, a, b);
    expect(told.lines).toEqual(['m got a=1']);
    expect(b.size).toBe(1);
  });

  it('completes a send that waited at a source when its value is taken', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    a.send(1).subscribe(told.by('send'));
    perform(merged.receive(), told.by('m'));
    check(merged, a);
    expect(told.lines).toEqual(['send got undefined', 'm got a=1']);
  });

  it('gives no place away by sleeping: values of a source come in the order in which they were sent', () => {
    const told = new Record();
    const a = channel<number>(8);
    const merged = mergeSelect({ a });
    perform(merged.receive(), told.by('m'));
    for (const value of [1, 2, 3]) a.trySend(value);
    check(merged, a);
    perform(merged.receive(), told.by('m'));
    a.trySend(4);
    check(merged, a);
    for (let i = 0; i < 3; i++) {
      perform(merged.receive(), told.by('m'));
      check(merged, a);
    }
    expect(told.lines).toEqual([1, 2, 3, 4].map((value) => `m got a=${value}`));
  });

  it('fails with the cause of a source that ends while one waits, and is over then', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(1);
    const merged = mergeSelect({ a, b });
    perform(merged.receive(), told.by('first'));
    perform(merged.receive(), told.by('second'));
    a.close(cause);
    check(merged, a, b);
    b.trySend(1);
    perform(merged.receive(), told.by('late'));
    check(merged, a, b);
    expect(told.lines).toEqual([
      'first failed with the cause',
      'second failed with the cause',
      'late failed with the cause',
    ]);
    expect(b.size).toBe(1);
  });

  it('fails with the cause of a source that had ended before one asked', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a, b: channel() });
    a.close(cause);
    check(merged, a);
    perform(merged.receive(), told.by('m'));
    check(merged, a);
    expect(told.lines).toEqual(['m failed with the cause']);
  });

  it('fails with the cause of a source that ended while nobody asked, after somebody had', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a, b: channel() });
    perform(merged.receive(), told.by('m'));
    a.trySend(1);
    perform(merged.receive(), told.by('left'))();
    a.close(cause);
    check(merged, a);
    perform(merged.receive(), told.by('m'));
    check(merged, a);
    expect(told.lines).toEqual(['m got a=1', 'm failed with the cause']);
  });

  it('fails with the cancellation of a source', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a, b: channel() });
    perform(merged.receive(), told.by('m'));
    a.cancel('enough');
    check(merged, a);
    expect(told.lines).toEqual(['m failed with CancelledError(enough)']);
  });

  it('goes on with the others when a source has closed', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    perform(merged.receive(), told.by('m'));
    a.close();
    check(merged, a, b);
    b.trySend(1);
    check(merged, a, b);
    expect(told.lines).toEqual(['m got b=1']);
  });

  it('has ended when all sources have', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(1);
    const merged = mergeSelect({ a, b });
    b.trySend(1);
    a.close();
    b.close();
    check(merged, a, b);
    for (const name of ['first', 'second']) {
      perform(merged.receiveResult(), told.by(name));
      check(merged, a, b);
    }
    perform(merged.receive(), told.by('third'));
    expect(told.lines).toEqual([
      'first got {"ok":true,"value":{"key":"b","value":1}}',
      'second got {"ok":false,"closed":true}',
      'third failed with ClosedError',
    ]);
  });

  it('has ended for those who wait when the last source closes', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    perform(merged.receive(), told.by('receive'));
    perform(merged.receiveResult(), told.by('result'));
    a.close();
    check(merged, a, b);
    expect(told.lines).toEqual([]);
    b.close();
    check(merged, a, b);
    expect(told.lines).toEqual(['receive failed with ClosedError', 'result got {"ok":false,"closed":true}']);
  });

  it('is a case of a select, and loses nothing when it loses', () => {
    const told = new Record();
    const a = channel<number>();
    const stop = channel<number>();
    const merged = mergeSelect({ a });
    perform(select({ merged, stop }), told.by('s'));
    stop.trySend(1);
    check(merged, a, stop);
    expect(a.trySend(1)).toBe(false);
    check(merged, a, stop);
    perform(select({ merged, stop }), told.by('s'));
    a.trySend(2);
    check(merged, a, stop);
    expect(told.lines).toEqual(['s got stop=1', 's got merged=a=2']);
  });

  it('serves the next at once, also with what the clean-up of a losing case sends', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    const sends = new Observable<never>(() => () => told.add(`taken: ${a.trySend(2)}`));
    perform(select({ merged, sends }), told.by('select'));
    perform(merged.receive(), told.by('receive'));
    check(merged, a);
    a.trySend(1);
    check(merged, a);
    expect(told.lines.toSorted()).toEqual(['receive got a=2', 'select got merged=a=1', 'taken: true']);
  });

  it('nests', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const c = channel<number>();
    const inner = mergeSelect({ a, b });
    const merged = mergeSelect({ inner, c });
    for (const name of ['first', 'second', 'third', 'fourth']) perform(merged.receive(), told.by(name));
    for (const source of [a, b, c, a]) {
      expect(source.trySend(1)).toBe(true);
      check(merged, inner, a, b, c);
    }
    expect(told.lines).toEqual([
      'first got inner=a=1',
      'second got inner=b=1',
      'third got c=1',
      'fourth got inner=a=1',
    ]);
    expect([a.trySend(1), b.trySend(1), c.trySend(1)]).toEqual([false, false, false]);
  });

  it('ends when nested merges end', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const inner = mergeSelect({ a });
    const merged = mergeSelect({ inner, b });
    perform(merged.receive(), told.by('m'));
    a.close();
    check(merged, inner, a, b);
    expect(told.lines).toEqual([]);
    b.close();
    check(merged, inner, a, b);
    expect(told.lines).toEqual(['m failed with ClosedError']);
  });

  it('takes each value of a source that answers when it is asked', () => {
    const told = new Record();
    const merged = mergeSelect({ list: channelFrom([1, 2]), idle: channel<number>() });
    for (const name of ['first', 'second', 'third']) {
      perform(merged.receive(), told.by(name));
      check(merged);
    }
    expect(told.lines).toEqual(['first got list=1', 'second got list=2']);
  });
});

describe('3.8 mergeSelect over sources that answer only when they are asked', () => {
  const naturals = (from: number) =>
    channelFrom(
      (function* () {
        for (let i = from; ; i++) yield i;
      })(),
    );

  it('asks them in turn', () => {
    const told = new Record();
    const merged = mergeSelect({ a: naturals(10), b: naturals(20), c: naturals(30) });
    for (let i = 0; i < 6; i++) merged.receive().subscribe(told.by('m'));
    check(merged);
    expect(told.lines).toEqual(['a=10', 'b=20', 'c=30', 'a=11', 'b=21', 'c=31'].map((found) => `m got ${found}`));
  });

  it('asks the first listed first, by priority', () => {
    const told = new Record();
    const merged = mergeSelect({ a: channelFrom([1, 2, 3]), b: channelFrom([4, 5]) }, { order: 'priority' });
    merged.subscribe(told.all('m'));
    check(merged);
    expect(told.lines).toEqual([
      ...['a=1', 'a=2', 'a=3', 'b=4', 'b=5'].map((found) => `m got ${found}`),
      'm completed',
    ]);
  });

  it('asks the first listed first, by priority, whoever asks', () => {
    const told = new Record();
    const merged = mergeSelect({ a: naturals(10), b: naturals(20) }, { order: 'priority' });
    for (let i = 0; i < 3; i++) merged.receive().subscribe(told.by('m'));
    check(merged);
    expect(told.lines).toEqual(['m got a=10', 'm got a=11', 'm got a=12']);
  });

  it('asks only as often as somebody asks', () => {
    let asked = 0;
    const counted = channelFrom(
      (function* () {
        for (;;) yield ++asked;
      })(),
    );
    const merged = mergeSelect({ counted, other: channel<number>() });
    merged.receive().subscribe();
    merged.receive().subscribe();
    check(merged);
    expect(asked).toBe(2);
  });
});

describe('3.8 mergeSelect over sources of which some answer only when they are asked', () => {
  /** Answers at once, but for the first time: then when it is told to. */
  function slowToStart() {
    let start: (() => void) | undefined;
    let last = 0;
    const next = () => ({
      then(answer: (result: IteratorResult<number>) => void) {
        const tell = (): void => answer({ done: false, value: ++last });
        if (start === undefined) start = tell;
        else tell();
        return Promise.resolve();
      },
    });
    const source = { [Symbol.asyncIterator]: () => ({ next }) } as unknown as AsyncIterable<number>;
    return { source, start: () => start?.() };
  }

  it('asks the one last next time that it has taken from', () => {
    const told = new Record();
    const { source, start } = slowToStart();
    const a = channelFrom(source);
    // It has been asked, and its value waits for whoever comes.
    a.receive().subscribe().unsubscribe();
    start();
    const merged = mergeSelect({ b: channelFrom([10, 11]), a, c: channelFrom([20, 21]) });
    for (let i = 0; i < 6; i++) merged.receive().subscribe(told.by('m'));
    check(merged);
    expect(told.lines).toEqual(['a=1', 'b=10', 'c=20', 'a=2', 'b=11', 'c=21'].map((found) => `m got ${found}`));
  });

  it('takes for a poll what one of them answers', () => {
    const merged = mergeSelect({ idle: channel<number>(), a: channelFrom([1]) });
    expect(merged.tryReceive()).toEqual({ ok: true, value: { key: 'a', value: 1 } });
  });

  it('1.8 keeps its turn at those where it waits while it asks the others', () => {
    const told = new Record();
    const x = channel<number>();
    const meddling = {
      [Symbol.asyncIterator]: () => ({
        next() {
          x.receive().subscribe(told.by('other'));
          return new Promise<never>(() => undefined);
        },
      }),
    };
    const merged = mergeSelect({ meddling: channelFrom(meddling), x });
    merged.receive().subscribe(told.by('m'));
    x.trySend(1);
    check(merged, x);
    expect(told.lines).toEqual(['m got x=1']);
  });
});

describe('3.8 a source that fails while nobody asks', () => {
  it('fails who asks next only when it is its turn', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(1);
    const merged = mergeSelect({ b, a }, { order: 'priority' });
    merged.receive().subscribe(told.by('left')).unsubscribe();
    a.close(cause);
    b.trySend(1);
    check(merged, a, b);
    merged.receive().subscribe(told.by('first'));
    merged.receive().subscribe(told.by('second'));
    check(merged, a, b);
    expect(told.lines).toEqual(['first got b=1', 'second failed with the cause']);
  });
});

describe('3.8 subscribers of a mergeSelect', () => {
  it('get every value, in the order in which they were sent, and its completion', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(2);
    const merged = mergeSelect({ a, b });
    b.trySend(1);
    merged.subscribe(told.all('m'));
    check(merged, a, b);
    a.trySend(2);
    b.trySend(3);
    b.trySend(4);
    a.close();
    check(merged, a, b);
    b.close();
    check(merged, a, b);
    expect(told.lines).toEqual(['m got b=1', 'm got a=2', 'm got b=3', 'm got b=4', 'm completed']);
  });

  it('drop nothing that is sent while they are told', () => {
    const told = new Record();
    const a = channel<number>(1);
    const b = channel<number>(1);
    const merged = mergeSelect({ a, b });
    merged.subscribe({
      next: ({ key, value }) => {
        told.add(`${key}=${value}`);
        if (value < 4) told.add(`sends: ${(key === 'a' ? b : a).trySend(value + 1)}`);
      },
    });
    a.trySend(1);
    check(merged, a, b);
    expect(told.lines).toEqual(['a=1', 'sends: true', 'b=2', 'sends: true', 'a=3', 'sends: true', 'b=4']);
  });

  it('compete with one-shot receives, in turn', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    merged.subscribe(told.by('subscriber'));
    merged.receive().subscribe(told.by('receive'));
    merged.subscribe(told.by('second subscriber'));
    for (const value of [1, 2, 3, 4, 5]) {
      expect(a.trySend(value)).toBe(true);
      check(merged, a);
    }
    expect(told.lines).toEqual([
      'subscriber got a=1',
      'receive got a=2',
      'second subscriber got a=3',
      'subscriber got a=4',
      'second subscriber got a=5',
    ]);
  });

  it('fail with the cause', () => {
    const told = new Record();
    const a = channel<number>();
    mergeSelect({ a, b: channel() }).subscribe(told.all('m'));
    a.trySend(1);
    a.close(cause);
    check(a);
    expect(told.lines).toEqual(['m got a=1', 'm failed with the cause']);
  });

  it('get null and undefined as any other value, those that waited and those that come', () => {
    const got: unknown[] = [];
    const a = channel<unknown>(2);
    for (const value of [null, undefined]) a.trySend(value);
    mergeSelect({ a }).subscribe(({ value }) => got.push(value));
    for (const value of [null, undefined]) a.trySend(value);
    expect(got).toEqual([null, undefined, null, undefined]);
  });

  it('lose no value by leaving in the callback of the sender that they meet: it is back at its source', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    const leaver = new Subscriber<unknown>(told.by('leaver'));
    a.send(1).subscribe({ complete: () => leaver.unsubscribe() });
    merged.subscribe(leaver);
    check(merged, a);
    a.receive().subscribe(told.by('next'));
    expect(told.lines).toEqual(['next got 1']);
    expect(a.statistics()).toMatchObject({ sent: 1, delivered: 1, undelivered: 0 });
  });

  it.each<[string, (merged: ReceiveChannel<unknown>, source: Channel<number>) => void]>([
    ['the merge has been cancelled', (merged) => merged.cancel()],
    [
      'the source has been closed, and the merge has heard of it',
      (merged, source) => (source.close(), merged.tryReceive()),
    ],
  ])('lose none by leaving either, when %s by then', (_, meanwhile) => {
    const a = channel<number>();
    const merged = mergeSelect({ a });
    const leaver = new Subscriber<unknown>();
    a.send(1).subscribe({
      complete: () => {
        leaver.unsubscribe();
        meanwhile(merged, a);
      },
    });
    merged.subscribe(leaver);
    check(merged, a);
    expect(a.tryReceive()).toEqual({ ok: true, value: 1 });
  });

  it('have waited less long than a receiver that came before they asked, though several merges stand in its line', () => {
    const told = new Record();
    const a = channel<number>();
    const [first, second] = [mergeSelect({ a }), mergeSelect({ a })];
    for (const merged of [first, second]) merged.receive().subscribe().unsubscribe();
    a.receive().subscribe(told.by('receiver'));
    for (const merged of [first, second]) merged.receive().subscribe(told.by('merged'));
    check(a, first, second);
    a.trySend(1);
    expect(told.lines).toEqual(['receiver got 1']);
  });

  it('lose no value by unsubscribing between two', () => {
    const told = new Record();
    const a = channel<number>(4);
    const merged = mergeSelect({ a });
    for (const value of [1, 2, 3]) a.trySend(value);
    merged.pipe(take(2)).subscribe(({ value }) => told.add(`first ${value}`));
    check(merged, a);
    merged.subscribe(({ value }) => told.add(`second ${value}`));
    check(merged, a);
    expect(told.lines).toEqual(['first 1', 'first 2', 'second 3']);
  });

  it('complete at once where there is nothing to merge', () => {
    const told = new Record();
    const merged = mergeSelect({});
    merged.subscribe(told.all('m'));
    merged.whenEnded().subscribe(told.by('whenEnded'));
    check(merged);
    expect(told.lines).toEqual(['m completed', 'whenEnded got undefined']);
    expect(merged.tryReceive()).toEqual({ ok: false, closed: true });
  });
});

describe('3.8 cancelling a mergeSelect', () => {
  it('leaves its sources alone', () => {
    const told = new Record();
    const a = channel<number>(1);
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    merged.receive().subscribe(told.by('waiting'));
    expect(merged.cancel('enough')).toBe(true);
    check(merged, a, b);
    merged.receive().subscribe(told.by('late'));
    expect(told.lines).toEqual([
      'waiting failed with CancelledError(enough)',
      'late failed with CancelledError(enough)',
    ]);
    expect([a.isClosed, b.isClosed]).toEqual([false, false]);
    expect([a.receivers.first, b.receivers.first]).toEqual([null, null]);
    expect(a.trySend(1)).toBe(true);
    expect(a.tryReceive()).toEqual({ ok: true, value: 1 });
  });

  it('is false when it has ended', () => {
    const a = channel<number>();
    const merged = mergeSelect({ a });
    a.close();
    expect(merged.cancel()).toBe(false);
    const other = mergeSelect({ a: channel() });
    expect([other.cancel(), other.cancel()]).toEqual([true, false]);
  });
});

describe('3.8 whenEnded of a mergeSelect', () => {
  it('completes when all sources have ended, also if nobody receives', () => {
    const told = new Record();
    const a = channel<number>(1);
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    a.trySend(1);
    merged.whenEnded().subscribe(told.by('whenEnded'));
    a.close();
    b.close();
    check(merged, a, b);
    expect(told.lines).toEqual([]);
    a.tryReceive();
    check(merged, a, b);
    expect(told.lines).toEqual(['whenEnded got undefined']);
  });

  it('completes once for a source that is named twice', () => {
    const told = new Record();
    const a = channel<number>();
    mergeSelect({ one: a, two: a }).whenEnded().subscribe(told.all('whenEnded'));
    a.close();
    check(a);
    expect(told.lines).toEqual(['whenEnded got undefined', 'whenEnded completed']);
  });

  it('completes when it is cancelled, and leaves nothing at the sources', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    merged.whenEnded().subscribe(told.by('whenEnded'));
    merged.cancel();
    check(merged, a);
    expect(told.lines).toEqual(['whenEnded got undefined']);
    expect(a.enders.first).toBeNull();
  });

  it('completes at once where all have ended, also with a cause of which the merge has not heard', () => {
    const told = new Record();
    const [a, b] = [channel<number>(), channel<number>()];
    const merged = mergeSelect({ a, b });
    const ended = merged.whenEnded();
    a.close(cause);
    ended.subscribe(told.by('first')).unsubscribe();
    b.close();
    ended.subscribe(told.by('second'));
    expect(told.lines).toEqual(['second got undefined']);
  });

  it('waits only for those that have not ended', () => {
    const told = new Record();
    const [a, b] = [channel<number>(), channel<number>()];
    const ended = mergeSelect({ a, b }).whenEnded();
    a.close(cause);
    ended.subscribe(told.by('whenEnded'));
    b.close();
    check(a, b);
    expect(told.lines).toEqual(['whenEnded got undefined']);
  });

  it('never fails, not with a cause either', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    merged.subscribe(told.by('m'));
    merged.whenEnded().subscribe(told.by('whenEnded'));
    a.close(cause);
    check(merged, a);
    expect(told.lines.toSorted()).toEqual(['m failed with the cause', 'whenEnded got undefined']);
  });

  it('leaves nothing behind when it is withdrawn', () => {
    const a = channel<number>();
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    merged.whenEnded().subscribe().unsubscribe();
    check(merged, a, b);
    expect([a.enders.first, b.enders.first]).toEqual([null, null]);
  });
});

describe.each(FORMS)('1.8 those who wait at a mergeSelect and at its source, by $form,', ({ perform }) => {
  /** Sends 1, 2, 3, … to `source` until nobody takes a value. */
  function feed(source: ReturnType<typeof channel<number>>, ...things: object[]): void {
    for (let value = 1; source.trySend(value); value++) check(source, ...things);
  }

  it('are served in the order in which they came: the merge first', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    perform(merged.receive(), told.by('merge'));
    perform(a.receive(), told.by('direct'));
    feed(a, merged);
    expect(told.lines).toEqual(['merge got a=1', 'direct got 2']);
  });

  it('are served in the order in which they came: the source first', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    perform(a.receive(), told.by('direct'));
    perform(merged.receive(), told.by('merge'));
    feed(a, merged);
    expect(told.lines).toEqual(['direct got 1', 'merge got a=2']);
  });

  it('keep their turn behind each other', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    perform(merged.receive(), told.by('merge 1'));
    perform(merged.receive(), told.by('merge 2'));
    perform(a.receive(), told.by('direct 3'));
    perform(merged.receive(), told.by('merge 4'));
    feed(a, merged);
    expect(told.lines).toEqual(['merge 1 got a=1', 'merge 2 got a=2', 'direct 3 got 3', 'merge 4 got a=4']);
  });

  it('keep their turn when another source serves those who came first', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    perform(merged.receive(), told.by('merge 1'));
    perform(a.receive(), told.by('direct 2'));
    perform(merged.receive(), told.by('merge 3'));
    b.trySend(0);
    check(merged, a, b);
    feed(a, merged, b);
    expect(told.lines).toEqual(['merge 1 got b=0', 'direct 2 got 1', 'merge 3 got a=2']);
  });

  it('do not inherit the turn of one at the merge who has left', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    const withdraw = perform(merged.receive(), told.by('left'));
    perform(a.receive(), told.by('direct'));
    withdraw();
    check(merged, a);
    perform(merged.receive(), told.by('merge'));
    check(merged, a);
    feed(a, merged);
    expect(told.lines).toEqual(['direct got 1', 'merge got a=2']);
  });

  it('do not inherit the turn of one who has left, when others at the merge came later', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    const withdraw = perform(merged.receive(), told.by('left'));
    perform(a.receive(), told.by('direct'));
    perform(merged.receive(), told.by('merge'));
    withdraw();
    check(merged, a);
    feed(a, merged);
    expect(told.lines).toEqual(['direct got 1', 'merge got a=2']);
  });

  it('do not lose their turn with one who has left, when they came earlier', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    perform(merged.receive(), told.by('merge'));
    const withdraw = perform(merged.receive(), told.by('left'));
    perform(a.receive(), told.by('direct'));
    perform(merged.receive(), told.by('late'));
    withdraw();
    check(merged, a);
    feed(a, merged);
    expect(told.lines).toEqual(['merge got a=1', 'direct got 2', 'late got a=3']);
  });

  it('keep their turn before one who stands where another one has left', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    perform(merged.receive(), told.by('merge 1'));
    const withdraw = perform(a.receive(), told.by('left'));
    perform(merged.receive(), told.by('merge 2'));
    withdraw();
    perform(a.receive(), told.by('direct 3'));
    feed(a, merged);
    expect(told.lines).toEqual(['merge 1 got a=1', 'merge 2 got a=2', 'direct 3 got 3']);
  });

  it('are in turn with two merges over the same source', () => {
    const told = new Record();
    const a = channel<number>();
    const one = mergeSelect({ a });
    const two = mergeSelect({ a });
    perform(one.receive(), told.by('one'));
    perform(two.receive(), told.by('two'));
    perform(one.receive(), told.by('one again'));
    feed(a, one, two);
    expect(told.lines).toEqual(['one got a=1', 'two got a=2', 'one again got a=3']);
  });

  it('are passed over while nobody asks: a value goes to the one who waits behind', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    perform(merged.receive(), told.by('left'))();
    perform(a.receive(), told.by('direct'));
    check(merged, a);
    feed(a, merged);
    expect(told.lines).toEqual(['direct got 1']);
  });
});

describe('a mergeSelect that is asked by a coroutine', () => {
  it('serves a loop over it to the end', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const merged = mergeSelect({ a, b });
    go(function* () {
      for (;;) {
        const next = yield* merged.receiveResult();
        if (!next.ok) break;
        told.add(`${next.value.key}=${next.value.value}`);
      }
      told.add('ended');
    });
    go(function* () {
      for (const value of [1, 2]) yield* a.send(value);
      a.close();
    });
    go(function* () {
      for (const value of [3, 4]) yield* b.send(value);
      b.close();
    });
    check(merged, a, b);
    expect(told.lines.toSorted()).toEqual(['a=1', 'a=2', 'b=3', 'b=4', 'ended']);
    expect(told.lines.at(-1)).toBe('ended');
  });

  it('does not lose the value of a run that is cancelled while it waits', () => {
    const told = new Record();
    const a = channel<number>();
    const merged = mergeSelect({ a });
    const run = coroutine(function* () {
      told.add(`run got ${(yield* merged.receive()).value}`);
    });
    const first = run.subscribe();
    run.subscribe();
    first.unsubscribe();
    check(merged, a);
    told.add(`taken: ${a.trySend(1)}, ${a.trySend(2)}`);
    check(merged, a);
    expect(told.lines).toEqual(['run got 1', 'taken: true, false']);
  });
});

describe('3.8 mergeSelect over many idle sources', () => {
  /** Operations on the lines of all sources, for 100 values of one of them. */
  function lineOperations(sources: number): number {
    let operations = 0;
    const channels = Array.from({ length: sources }, () => channel<number>());
    for (const { receivers } of channels) {
      for (const name of ['append', 'prepend', 'shift', 'leave'] as const) {
        const original = receivers[name].bind(receivers) as (...args: unknown[]) => unknown;
        Object.assign(receivers, {
          [name]: (...args: unknown[]): unknown => {
            operations++;
            return original(...args);
          },
        });
      }
    }
    const merged = mergeSelect(Object.fromEntries(channels.map((c, i) => [`c${i}`, c])));
    let got = 0;
    const take = (): void => {
      merged.receive().subscribe(() => got++);
    };
    take();
    channels[0]!.trySend(0);
    operations = 0;
    for (let i = 0; i < 100; i++) {
      take();
      channels[0]!.trySend(i);
    }
    check(merged);
    expect(got).toBe(101);
    return operations;
  }

  it('costs as many operations on lines with 512 sources as with 2', () => {
    const few = lineOperations(2);
    expect(lineOperations(512)).toBe(few);
    expect(few).toBeLessThanOrEqual(100 * 4);
  });
});

describe('what a mergeSelect says of itself', () => {
  it('names its sources, and whether it has ended', () => {
    const a = channel<number>();
    const merged = mergeSelect({ a, b: channel() });
    expect(title(merged)).toMatch(/^mergeSelect#\d+ of a, b \(open\)$/);
    merged.cancel();
    expect(title(merged)).toMatch(/^mergeSelect#\d+ .*\(ended\)$/);
  });

  it('is where one is that receives from it', () => {
    const merged = mergeSelect({ a: channel() });
    const task = go(
      function* () {
        yield* merged.receive();
      },
      { name: 'task' },
    );
    expect(String(task)).toMatch(/^task, waiting: receive on mergeSelect#\d+$/);
    task.cancel();
  });

  it('is ready or not, for trySelect', () => {
    const a = channel<number>(1);
    const merged = mergeSelect({ a });
    expect(trySelect({ merged })).toBeUndefined();
    a.trySend(1);
    expect(trySelect({ merged })).toEqual({ key: 'merged', value: { key: 'a', value: 1 } });
    check(merged, a);
  });
});
