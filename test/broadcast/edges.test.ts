import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Broadcast, broadcast } from '../../src/broadcast/broadcast.ts';
import {
  type Channel,
  channel,
  type ChannelOptions,
  type Coroutine,
  go,
  mergeSelect,
  poll,
  type ReceiveChannel,
  select,
  sleep,
  type Task,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { at, virtual } from '../virtual.ts';

/** What a tap has now, without waiting. */
function drain<T>(tap: ReceiveChannel<T>): T[] {
  const values: T[] = [];
  for (let got = tap.tryReceive(); got.ok; got = tap.tryReceive()) values.push(got.value);
  return values;
}

function losing(replay = 0): { b: Broadcast<string>; lost: string[] } {
  const lost: string[] = [];
  const b = broadcast<string>({ replay, onUndelivered: (v, reason) => lost.push(`${v} ${reason}`) });
  return { b, lost };
}

describe.each(FORMS)('8.1 a receive on a tap, by $form', ({ perform }) => {
  it('is served in the order in which it came, at each tap', () => {
    const record = new Record();
    const b = broadcast<string>();
    const [one, two] = [b.tap(), b.tap()];
    for (const name of ['first', 'second']) perform(one.receive(), record.by(`one ${name}`));
    for (const name of ['first', 'second']) perform(two.receive(), record.by(`two ${name}`));
    expect([b.trySend('a'), b.trySend('b'), b.trySend('c')]).toEqual([true, true, false]);
    check(b);
    expect(record.take()).toEqual(['one first got a', 'two first got a', 'one second got b', 'two second got b']);
  });

  it('that is withdrawn takes nothing, and lets a send wait', () => {
    const record = new Record();
    const b = broadcast<string>();
    const tap = b.tap();
    perform(tap.receive(), record.by('leaver'))();
    check(b);
    perform(b.send('a'), record.by('send'));
    expect(record.take()).toEqual([]);
    perform(tap.receive(), record.by('next'));
    expect(record.take().sort()).toEqual(['next got a', 'send got undefined']);
  });

  it('times out without taking anything', () => {
    const record = new Record();
    const b = broadcast<string>();
    const tap = b.tap();
    virtual(() => {
      perform(tap.receive().withTimeout(2), record.by('late'));
      at(3, () => perform(tap.receive(), record.by('next')));
      at(4, () => b.trySend('a'));
    });
    expect(record.take()).toEqual(['late failed with TimeoutError', 'next got a']);
    check(b);
  });

  it('fails with the cause at the end, also as a case of a select', () => {
    const record = new Record();
    const b = broadcast<string>();
    const tap = b.tap();
    perform(tap.receive(), record.by('receive'));
    perform(select({ tap, stop: channel<string>() }), record.by('select'));
    perform(tap.receiveResult(), record.by('result'));
    b.close(new Error('over'));
    expect(record.take()).toEqual(['receive failed with over', 'select failed with over', 'result failed with over']);
    check(b);
  });
});

describe.each(FORMS)('8.1 the order of all taps, by $form', ({ perform }) => {
  it('is one, also when a conflate sends in the middle of a delivery', () => {
    const record = new Record();
    const b: Broadcast<string> = broadcast<string>({ capacity: 9 });
    const [first, last] = [b.tap(), { tap: undefined as ReceiveChannel<string> | undefined }];
    b.tap({
      capacity: 1,
      conflate: (_, v) => {
        if (v === 'b') {
          expect(b.trySend('refused')).toBe(false);
          perform(b.send('z'), record.by('inner'));
        }
        return v;
      },
    });
    last.tap = b.tap();
    for (const v of 'ab') perform(b.send(v), record.by(v));
    check(b);
    expect(drain(first)).toEqual(['a', 'b', 'z']);
    expect(drain(last.tap)).toEqual(['a', 'b', 'z']);
    expect(record.take().sort()).toEqual(['a got undefined', 'b got undefined', 'inner got undefined']);
  });

  it('is one, also when the teardown of a select that was served sends', () => {
    const b: Broadcast<string> = broadcast<string>({ capacity: 9 });
    const [first, second] = [b.tap({ capacity: 0 }), b.tap()];
    const teardown = (): void => {
      b.send('z').subscribe();
    };
    perform(select({ first, never: new Observable(() => teardown) }), new Record().by('select'));
    expect(b.trySend('a')).toBe(true);
    expect(drain(second)).toEqual(['a', 'z']);
    check(b);
  });

  it('keeps a value whole when the broadcast is closed in the middle of its delivery', () => {
    const b: Broadcast<string> = broadcast<string>({ capacity: 9 });
    const first = b.tap();
    b.tap({ capacity: 1, conflate: (_, v) => (b.close(), v) });
    const last = b.tap();
    for (const v of 'ab') perform(b.send(v), new Record().by(v));
    expect([drain(first), drain(last)]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(b.isClosed).toBe(true);
    check(b);
  });

  it('is one, also when a conflate makes room for a select that waits unseen', () => {
    const record = new Record();
    const b: Broadcast<string> = broadcast<string>({ capacity: 1 });
    const slow = b.tap();
    b.tap({ conflate: (_, v) => (v === 'c' && drain(slow), v) });
    const last = b.tap({ capacity: 9 });
    b.trySend('a');
    for (const v of 'cd') perform(select({ [v]: b.send(v) }), record.by('select'));
    check(b);
    expect(record.take()).toEqual([]);
    drain(slow);
    check(b);
    expect(drain(last)).toEqual(['a', 'c', 'd']);
    expect(record.take()).toEqual(['select got c=undefined', 'select got d=undefined']);
  });
});

describe.each(FORMS)('3.2 a select that sends on a broadcast and receives on its tap, by $form', ({ perform }) => {
  it('never meets itself, and meets another', () => {
    const record = new Record();
    const b = broadcast<string>();
    const tap = b.tap();
    perform(select({ sent: b.send('a'), tap }), record.by('both'));
    check(b);
    expect(record.take()).toEqual([]);
    perform(tap.receive(), record.by('other'));
    expect(record.take().sort()).toEqual(['both got sent=undefined', 'other got a']);
    check(b);
    perform(select({ tap, sent: b.send('c') }), record.by('both'));
    expect(record.take()).toEqual([]);
    expect(b.trySend('d')).toBe(false);
    b.close();
    expect(record.take()).toEqual(['both failed with ClosedError']);
  });

  it('is known through limits, and selects in selects', () => {
    const record = new Record();
    const b = broadcast<string>();
    const tap = b.tap();
    const leave = perform(
      select({ a: b.send('a').withTimeout(9), b: select({ in: tap.receive().withTimeout(9) }).map((v) => v) }),
      record.by('both'),
    );
    check(b);
    expect(record.take()).toEqual([]);
    leave();
    check(b);
    expect(b.trySend('x')).toBe(false);
  });

  it('does not wait for a tap that loses, and fails at one that fails', () => {
    for (const [overflow, outcome] of [
      ['dropNewest', 'both got sent=undefined'],
      ['fail', 'both failed with OverflowError'],
    ] as const) {
      const record = new Record();
      const b = broadcast<string>();
      const [slow, tap] = [b.tap(), b.tap({ overflow })];
      perform(select({ sent: b.send('a'), tap }), record.by('both'));
      expect(record.take()).toEqual([]);
      const leave = perform(slow.receive(), record.by('slow'));
      const told = record.take();
      expect(told).toContain(outcome);
      expect(told.includes('slow got a')).toBe(overflow === 'dropNewest');
      leave();
      check(b);
    }
  });

  it('waits beside a merge that has a place at the tap, and of which nobody asks anything', () => {
    const record = new Record();
    const b = broadcast<string>();
    const merged = mergeSelect({ tap: b.tap() });
    perform(merged.receive(), record.by('merged'));
    b.trySend('a');
    perform(select({ sent: b.send('b') }), record.by('select'));
    expect(record.take()).toEqual(['merged got tap=a']);
    perform(merged.receive(), record.by('merged'));
    expect(record.take().sort()).toEqual(['merged got tap=b', 'select got sent=undefined']);
    check(b);
  });

  it('meets the receive of another that stands behind its own', () => {
    const record = new Record();
    const b = broadcast<string>({ capacity: 1 });
    const [full, tap] = [b.tap(), b.tap({ capacity: 0 })];
    perform(tap.receive(), record.by('first'));
    b.trySend('x');
    perform(select({ tap, sent: b.send('a') }), record.by('both'));
    perform(tap.receive(), record.by('other'));
    expect(record.take()).toEqual(['first got x']);
    expect(drain(full)).toEqual(['x', 'a']);
    expect(record.take().sort()).toEqual(['both got sent=undefined', 'other got a']);
    check(b);
  });
});

describe('8.1 a send that is withdrawn', () => {
  it('is forgotten by replay in its own place, not in that of an equal value', () => {
    const { b, lost } = losing(3);
    const slow = b.tap();
    const first = b.send('a').subscribe();
    b.send('b').subscribe();
    b.send('a').subscribe();
    first.unsubscribe();
    expect(drain(b.tap())).toEqual(['b', 'a']);
    expect(drain(slow)).toEqual(['b', 'a']);
    expect(lost).toEqual(['a withdrawn']);
  });

  it('stays with those that got it by replay, and is not lost', () => {
    const { b, lost } = losing(1);
    b.tap();
    const sending = b.send('a').subscribe();
    const late = b.tap();
    sending.unsubscribe();
    expect(drain(late)).toEqual(['a']);
    expect(lost).toEqual([]);
    check(b);
  });

  it('is not lost when replay lets it go while it waits', () => {
    const { b, lost } = losing(1);
    const slow = b.tap();
    b.send('a').subscribe();
    const second = b.send('b').subscribe();
    expect(lost).toEqual([]);
    second.unsubscribe();
    expect(lost).toEqual(['b withdrawn']);
    expect(drain(slow)).toEqual(['a']);
    b.send('c').subscribe();
    expect(drain(slow)).toEqual(['c']);
    expect(lost).toEqual(['b withdrawn']);
  });

  it('is final once all taps have the value: the coroutine is cancelled at its next wait', () => {
    const record = new Record();
    const b = broadcast<string>();
    const stop = channel<string>();
    let sender: Task<void> | null = null;
    b.subscribe((v) => v === 'b' && sender?.cancel());
    const tap = b.tap();
    select({ sent: b.send('a'), stop }).subscribe();
    sender = go(function* (): Coroutine<void> {
      yield* b.send('b');
      record.add('sent');
      try {
        yield* sleep(1);
      } finally {
        record.add('cancelled');
      }
    });
    // Makes room for both.
    tap.cancel();
    expect(record.take()).toEqual(['sent', 'cancelled']);
    check(b);
  });

  it('or was held back until now, is told after those who receive', () => {
    const record = new Record();
    const b = broadcast<string>();
    b.subscribe(record.by('subscriber'));
    const tap = b.tap();
    select({ sent: b.send('a') }).subscribe(record.by('select'));
    b.send('b').subscribe(record.by('send'));
    tap.cancel();
    expect(record.take()).toEqual([
      'subscriber got a',
      'select got sent=undefined',
      'subscriber got b',
      'send got undefined',
    ]);
    check(b);
  });

  it('as the last thing before the end lets its tap go', () => {
    const record = new Record();
    const b = broadcast<string>();
    const tap = b.tap();
    const sending = b.send('a').subscribe();
    b.close();
    tap.whenEnded().subscribe(record.by('end'));
    expect(b.taps).toBe(1);
    sending.unsubscribe();
    expect([b.taps, ...record.take()]).toEqual([0, 'end got undefined']);
    check(b);
  });

  it('in the middle of its own delivery leaves it with those that have room', () => {
    const lost: string[] = [];
    const b = broadcast<string>({ capacity: 1, onUndelivered: (v, reason) => lost.push(`${v} ${reason}`) });
    let leave = (): void => undefined;
    const conflating = b.tap({ conflate: (_, v) => (v === 'c' && leave(), v) });
    const [last, roomy] = [b.tap(), b.tap({ capacity: 9 })];
    for (const v of 'ab') b.send(v).subscribe();
    select({ unseen: b.send('x') }).subscribe().add(() => undefined); // prettier-ignore
    const sending = b.send('c').subscribe();
    leave = () => {
      sending.unsubscribe();
    };
    drain(last);
    expect(drain(roomy)).toEqual(['a', 'b', 'x', 'c']);
    expect(drain(conflating)).toEqual(['c']);
    expect(drain(last)).toEqual([]);
    expect(lost).toEqual([]);
    check(b);
  });
});

describe('8.1 a tap that is made while those who got a value are told', () => {
  const KINDS: [string, (b: Broadcast<number>, told: Record) => ReceiveChannel<number>][] = [
    ['a tap', (b) => b.tap({ capacity: Infinity })],
    ['a subscriber', (b, told) => (b.subscribe((n) => told.add(`late got ${n}`)), b.tap({ capacity: Infinity }))],
  ];

  it.each(KINDS)(
    'gets what was asked to be sent before in that callback, and after it, each once: %s',
    (kind, make) => {
      for (const replay of [0, 1, 2, 5]) {
        const told = new Record();
        const b = broadcast<number>({ replay });
        let late: ReceiveChannel<number> | undefined;
        b.subscribe((n) => {
          if (n !== 1) return;
          b.send(2).subscribe();
          b.send(3).subscribe();
          late = make(b, told);
          b.send(4).subscribe();
        });
        b.send(1).subscribe();
        b.send(5).subscribe();
        check(b);
        const kept = replay > 0 ? [1] : [];
        expect([replay, drain(late!)]).toEqual([replay, [...kept, 2, 3, 4, 5]]);
        if (kind === 'a subscriber') expect(told.lines).toEqual([...kept, 2, 3, 4, 5].map((n) => `late got ${n}`));
      }
    },
  );

  it('gets what another one who was told of the same value has sent', () => {
    const b = broadcast<number>();
    let late: ReceiveChannel<number> | undefined;
    b.subscribe((n) => n === 1 && b.send(2).subscribe());
    b.subscribe((n) => n === 1 && (late = b.tap({ capacity: 9 })));
    b.send(1).subscribe();
    check(b);
    expect(drain(late!)).toEqual([2]);
  });

  it.each([1, 9])(
    'gets nothing of the value that is being told, nor of what was sent before: capacity %d',
    (capacity) => {
      const b = broadcast<number>({ capacity });
      const lates: ReceiveChannel<number>[] = [];
      b.subscribe((n) => {
        if (n === 1) b.send(2).subscribe();
        lates.push(b.tap({ capacity }));
      });
      b.tap({ capacity: 9 });
      for (const n of [1, 3]) b.send(n).subscribe();
      check(b);
      expect(lates.map(drain)).toEqual([[2, 3], [3], []]);
    },
  );

  it('gets what was sent by trySend, which does not wait, in that callback', () => {
    for (const replay of [0, 1, 5]) {
      const b = broadcast<number>({ capacity: 9, replay });
      const found: unknown[] = [];
      let late: ReceiveChannel<number> | undefined;
      b.subscribe((n) => {
        if (n !== 1) return;
        found.push(b.trySend(2), b.trySend(3));
        late = b.tap();
        found.push(b.trySend(4));
      });
      b.trySend(1);
      check(b);
      const all = drain(late!);
      expect([replay, found, replay > 2 ? all.slice(1) : all]).toEqual([replay, [true, true, true], [2, 3, 4]]);
    }
  });

  it('does not get a send that was withdrawn again', () => {
    const told = new Record();
    const b = broadcast<number>({ onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
    b.tap();
    let late: ReceiveChannel<number> | undefined;
    const subscription = b.subscribe((n) => {
      if (n !== 1) return;
      b.send(2).subscribe().unsubscribe();
      late = b.tap({ capacity: 9 });
    });
    b.send(1).subscribe();
    check(b);
    subscription.unsubscribe();
    expect([drain(late!), told.lines]).toEqual([[], ['2 withdrawn']]);
  });
});

describe('8.2 the room of what was replayed', () => {
  const kept = (options: ChannelOptions<number>, told?: Record) => {
    const onUndelivered = (value: number, reason: string): void => told?.add(`${value} ${reason}`);
    const b = broadcast<number>({ replay: 2, onUndelivered });
    for (const n of [1, 2]) b.trySend(n);
    return {
      b,
      tap: b.tap(options) as ReceiveChannel<number> & Pick<Channel<number>, 'size' | 'capacity' | 'statistics'>,
    };
  };

  it('is gone when a lossy tap has evicted it: from then on the tap holds its capacity, and no more', () => {
    const told = new Record();
    const { b, tap } = kept({ capacity: 1, overflow: 'dropOldest' }, told);
    b.trySend(3);
    const held = [tap.size];
    for (const n of [4, 5]) {
      b.trySend(n);
      check(b);
      held.push(tap.size);
    }
    expect([held, tap.capacity, told.take()]).toEqual([
      [3, 1, 1],
      1,
      ['1 evicted', '2 evicted', '3 evicted', '4 evicted'],
    ]);
    expect(drain(tap)).toEqual([5]);
    const { sent, delivered, undelivered } = tap.statistics();
    expect([sent, delivered, undelivered]).toEqual([5, 1, 4]);
  });

  it('is gone in part when some of it was received', () => {
    const { b, tap } = kept({ capacity: 2, overflow: 'dropOldest' });
    tap.tryReceive();
    for (const n of [3, 4]) b.trySend(n);
    const held = [tap.size];
    for (const n of [5]) b.trySend(n);
    check(b);
    expect([held, drain(tap)]).toEqual([[3], [4, 5]]);
  });

  it.each([
    ['suspend', 1],
    ['dropNewest', 1],
    ['fail', 1],
  ] as const)('is gone when it was received, many at once too: %s', (overflow, capacity) => {
    const { b, tap } = kept({ capacity, overflow });
    expect(b.trySend(3)).toBe(true);
    expect(b.trySend(4)).toBe(false);
    expect(poll(tap.receiveMany(2))).toEqual({ ok: true, value: [1, 2] });
    check(b);
    expect([b.trySend(5), tap.capacity, drain(tap)]).toEqual([false, capacity, [3]]);
    expect([b.trySend(6), drain(tap)]).toEqual([true, [6]]);
  });
});
