import { TimeoutError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Broadcast, broadcast, type BroadcastOptions } from '../../src/broadcast/broadcast.ts';
import { channel, Channel, type ChannelOptions, go, poll, select } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, show, title } from '../record.ts';
import { reportsOf, virtual } from '../virtual.ts';

/** What a tap has now, without waiting. */
function drain<T>(tap: { tryReceive(): { readonly ok: boolean; readonly value?: T } }): T[] {
  const values: T[] = [];
  for (let got = tap.tryReceive(); got.ok; got = tap.tryReceive()) values.push(got.value as T);
  return values;
}

function tapOf<T>(b: Broadcast<T>, options?: ChannelOptions<T>): Channel<T> {
  const tap = b.tap(options);
  if (tap instanceof Channel) return tap as Channel<T>;
  throw new Error('a tap is a channel');
}

function losing(options: BroadcastOptions<string> = {}): { b: Broadcast<string>; lost: string[] } {
  const lost: string[] = [];
  const b = broadcast<string>({ ...options, onUndelivered: (v, reason) => lost.push(`${v} ${reason}`) });
  return { b, lost };
}

describe.each(FORMS)('§8.1 a send, by $form', ({ perform }) => {
  it('reaches every tap once, in the same order', () => {
    const b = broadcast<string>({ capacity: 8 });
    const taps = [tapOf(b), tapOf(b), tapOf(b)];
    for (const v of 'abc') perform(b.send(v), new Record().by('x'));
    check(b);
    expect(taps.map(drain)).toEqual(['abc', 'abc', 'abc'].map((s) => s.split('')));
  });

  it('completes when every tap has it', () => {
    const record = new Record();
    const b = broadcast<string>();
    const [fast, slow] = [tapOf(b, { capacity: 2 }), tapOf(b)];
    perform(b.send('a'), record.by('send a'));
    perform(b.send('b'), record.by('send b'));
    check(b);
    // Ready taps see a waiting send at once.
    expect(drain(fast)).toEqual(['a', 'b']);
    expect(record.take()).toEqual([]);
    expect(slow.tryReceive()).toEqual({ ok: true, value: 'a' });
    expect(record.take()).toEqual(['send a got undefined']);
    perform(slow.receive(), record.by('slow'));
    check(b);
    expect(record.take().sort()).toEqual(['send b got undefined', 'slow got b']);
  });

  it('that is withdrawn while it waits is not seen by the others', () => {
    const record = new Record();
    const { b, lost } = losing();
    const [fast, slow] = [tapOf(b, { capacity: 2 }), tapOf(b)];
    const leave = perform(b.send('a'), record.by('send a'));
    perform(b.send('b'), record.by('send b'));
    leave();
    check(b);
    expect(drain(fast)).toEqual(['a', 'b']);
    expect(drain(slow)).toEqual(['b']);
    expect(record.take()).toEqual(['send b got undefined']);
    // Somebody has it.
    expect(lost).toEqual([]);
  });

  it('that nobody had when it was withdrawn is reported, and not kept', () => {
    const { b, lost } = losing({ replay: 2 });
    const slow = tapOf(b);
    const leave = perform(b.send('a'), new Record().by('send a'));
    leave();
    expect(lost).toEqual(['a withdrawn']);
    expect(drain(slow)).toEqual([]);
    expect(drain(tapOf(b))).toEqual([]);
    check(b);
  });

  it('fails on a closed broadcast', () => {
    const record = new Record();
    const { b, lost } = losing();
    b.close();
    perform(b.send('a'), record.by('send'));
    expect(record.take()).toEqual(['send failed with ClosedError']);
    expect(lost).toEqual(['a closed']);
    expect(b.trySend('b')).toBe(false);
    expect(poll(b.send('c'))).toEqual({ ok: false, closed: true });
  });

  it('without taps drops the value', () => {
    const record = new Record();
    const { b, lost } = losing();
    perform(b.send('a'), record.by('send'));
    expect(record.take()).toEqual(['send got undefined']);
    expect(lost).toEqual(['a dropped']);
    expect(b.trySend('b')).toBe(true);
    expect(drain(tapOf(b, { capacity: 1 }))).toEqual([]);
  });
});

describe('§8.1 taps', () => {
  it.each([
    ['dropOldest', { capacity: 1, overflow: 'dropOldest' }, ['d'], ['a evicted', 'b evicted', 'c evicted']],
    ['dropNewest', { capacity: 1, overflow: 'dropNewest' }, ['a'], ['b dropped', 'c dropped', 'd dropped']],
    ['conflate', { capacity: 1, conflate: (a: string, b: string) => a + b }, ['abcd'], []],
  ] as [string, ChannelOptions<string>, string[], string[]][])(
    'with %s loses only its own',
    (_, options, received, expected) => {
      const { b, lost } = losing({ capacity: 8 });
      const [whole, lossy] = [tapOf(b), tapOf(b, options)];
      for (const v of 'abcd') expect(b.trySend(v)).toBe(true);
      check(b);
      expect(drain(whole)).toEqual(['a', 'b', 'c', 'd']);
      expect(drain(lossy)).toEqual(received);
      expect(lost).toEqual(expected);
    },
  );

  it('that fails when full keeps the value from all', () => {
    const record = new Record();
    const b = broadcast<string>({ capacity: 4, name: 'news' });
    const [whole] = [tapOf(b), tapOf(b, { capacity: 1, overflow: 'fail' })];
    b.send('a').subscribe(record.by('a'));
    b.send('b').subscribe(record.by('b'));
    expect(record.take()).toEqual(['a got undefined', 'b failed with OverflowError']);
    expect(b.trySend('c')).toBe(false);
    expect(drain(whole)).toEqual(['a']);
    check(b);
  });

  it('that are all lossy and all full make trySend false, and lose a send', () => {
    const { b, lost } = losing({ capacity: 1, overflow: 'dropNewest' });
    const tap = tapOf(b);
    expect([b.trySend('a'), b.trySend('b')]).toEqual([true, false]);
    b.send('c').subscribe();
    expect(drain(tap)).toEqual(['a']);
    expect(lost).toEqual(['b dropped', 'c dropped']);
  });

  it('that are all lossy and all full: what trySend is refused for is not replayed either, what was sent is', () => {
    const { b, lost } = losing({ capacity: 1, overflow: 'dropNewest', replay: 1 });
    tapOf(b);
    expect([b.trySend('a'), b.trySend('b')]).toEqual([true, false]);
    expect([drain(tapOf(b)), lost]).toEqual([['a'], ['b dropped']]);
    b.send('c').subscribe();
    expect(drain(tapOf(b))).toEqual(['c']);
  });

  it('a send that is withdrawn unseen leaves no trace in what is replayed', () => {
    const { b, lost } = losing({ replay: 2 });
    for (const v of 'xyz') b.send(v).subscribe();
    tapOf(b);
    const waiting = ['a', 'b', 'c'].map((v) => b.send(v).subscribe());
    for (const n of [0, 2]) waiting[n]!.unsubscribe();
    expect(lost).toEqual(['x evicted', 'a withdrawn', 'c withdrawn']);
    check(b);
    expect(drain(tapOf(b))).toEqual(['z', 'b']);
    waiting[1]!.unsubscribe();
    expect(drain(tapOf(b))).toEqual(['z', 'b']);
    check(b);
  });

  it('whose conflate throws lose that value, and nobody else does', () => {
    const { b, lost } = losing({ capacity: 4 });
    const whole = tapOf(b);
    const broken = tapOf(b, { capacity: 1, conflate: () => { throw new Error('conflate'); } }); // prettier-ignore
    const reported = reportsOf(() => {
      b.send('a').subscribe();
      b.send('b').subscribe();
    });
    expect([drain(whole), drain(broken)]).toEqual([['a', 'b'], ['a']]);
    expect(reported).toEqual([new Error('conflate')]);
    expect(lost).toEqual(['b dropped']);
    check(b);
  });

  it('never block or lose a send by being cancelled', () => {
    const record = new Record();
    const b = broadcast<string>();
    const [first, second, third] = [tapOf(b), tapOf(b), tapOf(b, { capacity: 4 })];
    b.send('a').subscribe(record.by('a'));
    b.send('b').subscribe(record.by('b'));
    second.cancel();
    check(b);
    expect(b.taps).toBe(2);
    expect(record.take()).toEqual([]);
    expect(first.tryReceive()).toEqual({ ok: true, value: 'a' });
    expect(record.take()).toEqual(['a got undefined']);
    first.cancel();
    expect(record.take()).toEqual(['b got undefined']);
    expect(drain(third)).toEqual(['a', 'b']);
    check(b);
  });

  it('made during a delivery start with the next value', () => {
    const record = new Record();
    const b = broadcast<string>({ capacity: 4 });
    let late: Channel<string> | undefined;
    b.subscribe((v) => {
      if (v === 'a') late = tapOf(b);
    });
    b.subscribe(record.by('second'));
    b.send('a').subscribe();
    b.send('b').subscribe();
    expect(drain(late!)).toEqual(['b']);
    expect(record.take()).toEqual(['second got a', 'second got b']);
  });

  it('made by a conflate in the middle of a delivery start with the next value, too', () => {
    const b = broadcast<string>({ capacity: 4 });
    let late: Channel<string> | undefined;
    tapOf(b, { capacity: 1, conflate: (_, v) => { late ??= tapOf(b); return v; } }); // prettier-ignore
    for (const v of 'abc') b.trySend(v);
    expect(drain(late!)).toEqual(['c']);
  });

  it('have their own options, and the names of their broadcast', () => {
    const b = broadcast<string>({ name: 'news', capacity: 3, overflow: 'dropOldest' });
    expect(title(tapOf(b))).toBe('channel news tap 1 (0/3, open)');
    expect(title(tapOf(b, { capacity: 1, conflate: (_, v) => v, name: 'mine' }))).toBe('channel mine (0/1, open)');
    expect(() => b.tap({ capacity: 0 })).toThrow(RangeError);
    expect(title(b)).toBe('broadcast news (2 taps, open)');
  });
});

describe('§8.1 subscribers', () => {
  it('are taps, and leave none behind', () => {
    const record = new Record();
    const b = broadcast<string>();
    const first = b.subscribe(record.by('first'));
    b.subscribe(record.by('second'));
    expect(b.taps).toBe(2);
    b.send('a').subscribe(record.by('send'));
    first.unsubscribe();
    expect(b.taps).toBe(1);
    expect(b.trySend('b')).toBe(true);
    check(b);
    expect(record.take()).toEqual(['first got a', 'second got a', 'send got undefined', 'second got b']);
  });

  it('see one order, also when one of them sends from inside of its callback', () => {
    const record = new Record();
    const b = broadcast<string>({ capacity: 4 });
    b.subscribe(record.by('first'));
    b.subscribe((v) => {
      if (v === 'a') b.send('b').subscribe(record.by('inner'));
    });
    b.subscribe(record.by('third'));
    b.send('a').subscribe();
    check(b);
    const lines = record.take();
    expect(lines.filter((line) => line.startsWith('first'))).toEqual(['first got a', 'first got b']);
    expect(lines.filter((line) => line.startsWith('third'))).toEqual(['third got a', 'third got b']);
    expect(lines).toHaveLength(5);
  });

  it('see one order, also when an onUndelivered sends', () => {
    const got: string[] = [];
    const b: Broadcast<string> = broadcast<string>({ capacity: 4 });
    b.subscribe((v) => got.push(v));
    tapOf(b, { capacity: 1, overflow: 'dropOldest', onUndelivered: (v) => v === 'a' && b.trySend('z') });
    const last = tapOf(b, { capacity: 9 });
    b.trySend('a');
    b.trySend('b');
    expect(got).toEqual(['a', 'b', 'z']);
    expect(drain(last)).toEqual(['a', 'b', 'z']);
  });

  it('goes on for others when one leaves in the middle of a delivery', () => {
    const record = new Record();
    const b = broadcast<string>();
    b.subscribe(() => second.unsubscribe());
    const second = b.subscribe(record.by('second'));
    b.subscribe(record.by('third'));
    expect(b.trySend('a')).toBe(true);
    expect(record.take()).toEqual(['third got a']);
    expect(b.taps).toBe(2);
    check(b);
  });
});

describe('§8.1 trySend', () => {
  it('is all taps or none', () => {
    const b = broadcast<string>({ capacity: 1 });
    const [one, two] = [tapOf(b), tapOf(b, { capacity: 2 })];
    expect([b.trySend('a'), b.trySend('b')]).toEqual([true, false]);
    expect([drain(one), drain(two)]).toEqual([['a'], ['a']]);
    check(b);
  });
});

describe('§8.2 the end', () => {
  it('lets each tap drain what it has, then ends it with the cause', () => {
    const record = new Record();
    const b = broadcast<string>({ capacity: 1 });
    const [fast, slow] = [tapOf(b, { capacity: 4 }), tapOf(b)];
    b.send('a').subscribe(record.by('a'));
    b.send('b').subscribe(record.by('b'));
    const cause = new Error('over');
    expect([b.close(cause), b.close(), b.isClosed]).toEqual([true, false, true]);
    check(b);
    expect(b.taps).toBe(2);
    fast.subscribe(record.all('fast'));
    expect(record.take()).toEqual(['a got undefined', 'fast got a', 'fast got b', 'fast failed with over']);
    slow.subscribe(record.all('slow'));
    expect(record.take()).toEqual(['b got undefined', 'slow got a', 'slow got b', 'slow failed with over'].sort(() => 0)); // prettier-ignore
    expect(b.taps).toBe(0);
    b.subscribe(record.all('late'));
    expect(record.take()).toEqual(['late failed with over']);
    check(b);
  });

  it('completes subscribers', () => {
    const record = new Record();
    const b = broadcast<string>();
    b.subscribe(record.all('s'));
    b.close();
    expect(record.take()).toEqual(['s completed']);
    expect(b.taps).toBe(0);
  });
});

describe('§8.2 replay', () => {
  it('gives the last values to those who come later, apart from capacity, also if there were no taps', () => {
    const { b, lost } = losing({ replay: 2, capacity: 1 });
    for (const v of 'abc') b.send(v).subscribe();
    expect(lost).toEqual(['a evicted']);
    const late = tapOf(b);
    expect(late.size).toBe(2);
    const record = new Record();
    b.send('d').subscribe(record.by('d'));
    b.send('e').subscribe(record.by('e'));
    check(b);
    expect(record.take()).toEqual(['d got undefined']);
    expect(drain(late)).toEqual(['b', 'c', 'd', 'e']);
    expect(record.take()).toEqual(['e got undefined']);
    expect(late.capacity).toBe(1);
    expect(b.trySend('f')).toBe(true);
    expect(b.trySend('g')).toBe(false);
    // Those were seen.
    expect(lost).toEqual(['a evicted']);
    expect(late.statistics()).toMatchObject({ sent: 5, delivered: 4, buffered: 1 });
  });

  it('fits a tap without any room of its own', () => {
    const b = broadcast<string>({ replay: 3 });
    for (const v of 'abcd') b.trySend(v);
    const late = tapOf(b);
    const record = new Record();
    b.send('e').subscribe(record.by('e'));
    expect([1, 2, 3].map(() => show(late.tryReceive()))).toEqual(['b', 'c', 'd'].map((value) => show({ ok: true, value }))); // prettier-ignore
    expect(record.take()).toEqual([]);
    expect(drain(late)).toEqual(['e']);
    expect(record.take()).toEqual(['e got undefined']);
  });

  it('goes on after the end', () => {
    const record = new Record();
    const b = broadcast<string>({ replay: Infinity });
    for (const v of 'ab') b.trySend(v);
    b.close();
    b.subscribe(record.all('late'));
    expect(record.take()).toEqual(['late got a', 'late got b', 'late completed']);
    expect(title(b)).toMatch(/^broadcast#\d+ \(0 taps, 2 kept, closed\)$/);
  });

  it('rejects nonsense', () => {
    for (const replay of [-1, 1.5, NaN]) expect(() => broadcast({ replay })).toThrow(RangeError);
    expect(() => broadcast({ capacity: -1 })).toThrow(RangeError);
    expect(() => broadcast({ overflow: 'dropOldest' })).toThrow(RangeError);
  });
});

describe('§3.1 a send as a case of a select', () => {
  it('waits unseen until all taps have room, and then commits', () => {
    const record = new Record();
    const b = broadcast<string>({ capacity: 1 });
    const stop = channel<string>();
    const [fast, slow] = [tapOf(b, { capacity: 9 }), tapOf(b)];
    b.trySend('a');
    select({ sent: b.send('b'), stop }).subscribe(record.by('select'));
    // Does not overtake.
    b.send('c').subscribe(record.by('send'));
    check(b);
    expect(drain(fast)).toEqual(['a']);
    expect(title(b)).toMatch(/2 waiting unseen/);
    expect(slow.tryReceive()).toEqual({ ok: true, value: 'a' });
    check(b);
    expect(record.take()).toEqual(['select got sent=undefined']);
    expect(drain(fast)).toEqual(['b', 'c']);
    expect(drain(slow)).toEqual(['b', 'c']);
    expect(record.take()).toEqual(['send got undefined']);
    expect(stop.statistics().waitingReceivers).toBe(0);
  });

  it('that loses has not happened, and lets the next one go', () => {
    const record = new Record();
    const { b, lost } = losing();
    const stop = channel<string>();
    const [fast, slow] = [tapOf(b, { capacity: 9 }), tapOf(b)];
    select({ sent: b.send('a'), stop }).subscribe(record.by('select'));
    b.send('b').subscribe(record.by('send'));
    const leaver = b.send('c').subscribe(record.by('leaver'));
    leaver.unsubscribe();
    stop.trySend('now');
    check(b);
    expect(record.take()).toEqual(['select got stop=now']);
    expect(drain(fast)).toEqual(['b']);
    expect(drain(slow)).toEqual(['b']);
    expect(record.take()).toEqual(['send got undefined']);
    expect(lost).toEqual(['c withdrawn']);
  });

  it('commits when a receiver comes to a tap without a buffer, or the full tap goes', () => {
    const record = new Record();
    const b = broadcast<string>();
    const tap = tapOf(b);
    select({ sent: b.send('a') }).subscribe(record.by('select'));
    tap.receive().subscribe(record.by('tap'));
    check(b);
    expect(record.take().sort()).toEqual(['select got sent=undefined', 'tap got a']);
    select({ sent: b.send('b') }).subscribe(record.by('select'));
    tap.cancel();
    expect(record.take()).toEqual(['select got sent=undefined']);
    check(b);
  });

  it('fails when the broadcast is closed', () => {
    const record = new Record();
    const b = broadcast<string>();
    const tap = tapOf(b);
    select({ sent: b.send('a') }).subscribe(record.by('select'));
    b.send('b').subscribe(record.by('send'));
    b.close();
    expect(record.take()).toEqual(['select failed with ClosedError']);
    expect(drain(tap)).toEqual(['b']);
    expect(record.take()).toEqual(['send got undefined']);
    check(b);
  });
});

describe('other forms of waiting', () => {
  it('times out, and is withdrawn by a signal', async () => {
    const b = broadcast<string>();
    const slow = tapOf(b);
    const errors: unknown[] = [];
    virtual(() =>
      b
        .send('a')
        .withTimeout(5)
        .subscribe({ error: (e: unknown) => errors.push(e) }),
    );
    expect(errors[0]).toBeInstanceOf(TimeoutError);
    const controller = new AbortController();
    const sending = b.send('b').promise({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
    expect(drain(slow)).toEqual([]);
    const third = b.send('c').promise();
    expect(drain(slow)).toEqual(['c']);
    await third;
    check(b);
  });

  it('does not recurse with the amount of data', () => {
    const b = broadcast<number>();
    const sums = [0, 0];
    for (const i of [0, 1]) {
      const tap = b.tap();
      go(function* () {
        for (let n = 0; n < 100_000; n++) sums[i]! += 0 * (yield* tap.receive()) + 1;
      });
    }
    virtual(() =>
      go(function* () {
        for (let n = 0; n < 100_000; n++) yield* b.send(n);
      }),
    );
    expect(sums).toEqual([100_000, 100_000]);
  });
});
