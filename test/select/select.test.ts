import { describe, expect, it, vi } from 'vitest';
import { broadcast, channel, coroutine, deferred, go, type Operation, select, sleep } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { frame, virtual } from '../virtual.ts';

describe.each(FORMS)('3.1 select, by $form', ({ perform }) => {
  it('commits exactly one of the cases that are ready; the values of the others stay', () => {
    const told = new Record();
    const a = channel<number>(1);
    const b = channel<number>(1);
    a.trySend(1);
    b.trySend(2);
    perform(select({ a, b }, { order: 'priority' }), told.by('s'));
    check(a, b);
    expect(told.lines).toEqual(['s got a=1']);
    expect([a.size, b.size]).toEqual([0, 1]);
  });

  it('does not perform the sends that lose when another case is ready', () => {
    const told = new Record();
    const a = channel<number>(1);
    const b = channel<number>(1);
    a.trySend(1);
    perform(select({ a, b: b.send(2) }, { order: 'priority' }), told.by('s'));
    check(a, b);
    expect(told.lines).toEqual(['s got a=1']);
    expect(b.statistics()).toMatchObject({ sent: 0, waitingSenders: 0 });
  });

  it('performs only the send when that is what is ready', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(1);
    perform(select({ a, b: b.send(2) }), told.by('s'));
    check(a, b);
    expect(told.lines).toEqual(['s got b=undefined']);
    expect(b.tryReceive()).toEqual({ ok: true, value: 2 });
    expect(a.statistics().waitingReceivers).toBe(0);
  });

  it('leaves every line that it waited in when one case is served', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const c = channel<number>();
    perform(select({ a, b, c: c.send(3) }), told.by('s'));
    check(a, b, c);
    expect([a.statistics().waitingReceivers, b.statistics().waitingReceivers]).toEqual([1, 1]);
    expect(c.statistics().waitingSenders).toBe(1);
    expect(b.trySend(2)).toBe(true);
    check(a, b, c);
    expect(told.lines).toEqual(['s got b=2']);
    expect([a.statistics().waitingReceivers, b.statistics().waitingReceivers]).toEqual([0, 0]);
    expect(c.statistics().waitingSenders).toBe(0);
    expect([a.receivers.first, b.receivers.first, c.senders.first]).toEqual([null, null, null]);
  });

  it('reports no undelivered value of a send that loses, waiting or not', () => {
    const lost: unknown[] = [];
    const a = channel<number>();
    const b = channel<number>({ onUndelivered: (value, reason) => lost.push([value, reason]) });
    perform(select({ a, b: b.send(2) }), new Record().by('s'));
    a.trySend(1);
    check(a, b);
    expect(lost).toEqual([]);
  });
});

describe('3.1 the cases that lose', () => {
  it('are withdrawn before the one who selected is told', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    select({ a, b }).subscribe(() => {
      told.add(`b has ${b.statistics().waitingReceivers} receivers, and takes: ${b.trySend(2)}`);
    });
    a.trySend(1);
    check(a, b);
    expect(told.lines).toEqual(['b has 0 receivers, and takes: false']);
  });

  it('are withdrawn before the party that it met is told', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const c = channel<number>();
    select({ a: a.send(1), b }).subscribe(told.by('waiting'));
    select({ a, c }).subscribe(() => {
      told.add(`b ${b.statistics().waitingReceivers}, c ${c.statistics().waitingReceivers}`);
    });
    check(a, b, c);
    expect(told.lines).toEqual(['waiting got a=undefined', 'b 0, c 0']);
  });

  it('are withdrawn before a coroutine of the same turn runs', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    go(function* () {
      told.add(`first got ${yield* a.receive()}`);
    });
    go(function* () {
      told.add(`select got ${(yield* select({ a, b })).key}`);
    });
    go(function* () {
      yield* a.send(1);
      yield* a.send(2);
      told.add(`b takes: ${b.trySend(3)}`);
    });
    check(a, b);
    expect(told.lines).toEqual(['b takes: false', 'first got 1', 'select got a']);
  });

  it('do not leave a value twice: two selects over the same channels get one value each', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    select({ a, b }).subscribe(told.by('first'));
    select({ a, b }).subscribe(told.by('second'));
    b.trySend(1);
    check(a, b);
    a.trySend(2);
    check(a, b);
    expect(told.lines).toEqual(['first got b=1', 'second got a=2']);
    expect([a.trySend(3), b.trySend(3)]).toEqual([false, false]);
  });
});

describe.each(FORMS)('3.2 two selects facing each other, by $form', ({ perform }) => {
  it('meet when the receiving one waits', () => {
    const told = new Record();
    const c = channel<number>();
    const d = channel<number>();
    perform(select({ c, d }), told.by('receiving'));
    perform(select({ c: c.send(1), d }), told.by('sending'));
    check(c, d);
    expect(told.lines.toSorted()).toEqual(['receiving got c=1', 'sending got c=undefined']);
    expect([c.receivers.first, c.senders.first, d.receivers.first]).toEqual([null, null, null]);
  });

  it('meet when the sending one waits', () => {
    const told = new Record();
    const c = channel<number>();
    const d = channel<number>();
    perform(select({ c: c.send(1), d }), told.by('sending'));
    perform(select({ c, d }), told.by('receiving'));
    check(c, d);
    expect(told.lines.toSorted()).toEqual(['receiving got c=1', 'sending got c=undefined']);
    expect([c.receivers.first, c.senders.first, d.receivers.first]).toEqual([null, null, null]);
  });

  it('meet on one channel only when they face each other on two', () => {
    const told = new Record();
    const c = channel<number>();
    const d = channel<number>();
    perform(select({ c: c.send(1), d }, { order: 'priority' }), told.by('first'));
    perform(select({ c, d: d.send(2) }, { order: 'priority' }), told.by('second'));
    check(c, d);
    expect(told.lines.toSorted()).toEqual(['first got c=undefined', 'second got c=1']);
    expect([c.receivers.first, c.senders.first, d.receivers.first, d.senders.first]).toEqual([null, null, null, null]);
  });

  it('never are one and the same: a select on both ends of a channel waits', () => {
    const told = new Record();
    const c = channel<number>();
    perform(select({ out: c.send(1), in: c }), told.by('s'));
    check(c);
    expect(told.lines).toEqual([]);
    expect(c.statistics()).toMatchObject({ waitingReceivers: 1, waitingSenders: 1, sent: 0 });
  });

  it.each([
    ['a receiver', 'out=undefined', 'stranger got 1'],
    ['a sender', 'in=2', 'stranger got undefined'],
  ])('waits on both ends of a channel for another party, %s', (party, found, got) => {
    const told = new Record();
    const c = channel<number>();
    perform(select({ out: c.send(1), in: c }), told.by('s'));
    const stranger: Operation<unknown> = party === 'a receiver' ? c.receive() : c.send(2);
    stranger.subscribe(told.by('stranger'));
    check(c);
    expect(told.lines.toSorted()).toEqual([`s got ${found}`, got].toSorted());
    expect([c.receivers.first, c.senders.first]).toEqual([null, null]);
  });

  it('meet on both ends: two such selects serve each other, once', () => {
    const told = new Record();
    const c = channel<number>();
    perform(select({ out: c.send(1), in: c }, { order: 'priority' }), told.by('first'));
    perform(select({ out: c.send(2), in: c }, { order: 'priority' }), told.by('second'));
    check(c);
    expect(told.lines.toSorted()).toEqual(['first got in=2', 'second got out=undefined']);
    expect([c.receivers.first, c.senders.first]).toEqual([null, null]);
  });

  it('may name the same channel in several cases: one of them is served, the others leave', () => {
    const told = new Record();
    const c = channel<number>();
    perform(select({ one: c, two: c, three: c.receiveResult() }, { order: 'priority' }), told.by('s'));
    check(c);
    c.send(1).subscribe();
    check(c);
    expect(told.lines).toEqual(['s got one=1']);
    expect(c.receivers.first).toBeNull();
  });

  it('may send on the same channel in several cases: one value is sent', () => {
    const told = new Record();
    const c = channel<number>();
    perform(select({ one: c.send(1), two: c.send(2) }, { order: 'priority' }), told.by('s'));
    check(c);
    expect(c.tryReceive()).toEqual({ ok: true, value: 1 });
    expect(c.tryReceive()).toEqual({ ok: false, closed: false });
    check(c);
    expect(told.lines).toEqual(['s got one=undefined']);
  });
});

describe.each(FORMS)('3.4 a waiting select, by $form', ({ perform }) => {
  it('commits the first case that becomes ready', () => {
    const told = new Record();
    virtual(() => {
      const a = channel<number>();
      const b = channel<number>();
      perform(select({ a, b, late: sleep(3) }), {
        ...told.by('s'),
        next: ({ key }) => told.add(`${key} at ${frame()}`),
      });
      sleep(2).subscribe(() => {
        b.trySend(2);
        a.trySend(1);
        check(a, b);
      });
    });
    expect(told.lines).toEqual(['b at 2']);
  });

  it('commits whatever its order says about cases that are ready: the first to come wins', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    perform(select({ a, b }, { order: 'priority' }), told.by('s'));
    b.trySend(2);
    a.trySend(1);
    check(a, b);
    expect(told.lines).toEqual(['s got b=2']);
  });

  it('stands in line like everybody else: who came first is served first', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    perform(a.receive(), told.by('receive'));
    perform(select({ a, b }), told.by('select'));
    perform(a.receive(), told.by('last'));
    for (const value of [1, 2, 3]) {
      a.trySend(value);
      check(a, b);
    }
    expect(told.lines).toEqual(['receive got 1', 'select got a=2', 'last got 3']);
  });
});

describe.each(FORMS)('3.7 select is an operation: by $form, it', ({ perform }) => {
  it('nests', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const c = channel<number>();
    perform(select({ left: select({ a, b }), c }), told.by('s'));
    check(a, b, c);
    b.trySend(1);
    check(a, b, c);
    expect(told.lines).toEqual(['s got left=b=1']);
    expect([a.receivers.first, b.receivers.first, c.receivers.first]).toEqual([null, null, null]);
  });

  it('nests when a case of the inner one is ready', () => {
    const told = new Record();
    const a = channel<number>(1);
    const c = channel<number>();
    a.trySend(1);
    perform(select({ c, left: select({ a }) }), told.by('s'));
    check(a, c);
    expect(told.lines).toEqual(['s got left=a=1']);
  });

  it('withdraws a nested select that loses, whole', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const c = channel<number>();
    perform(select({ left: select({ a, b }), c }), told.by('s'));
    c.trySend(1);
    check(a, b, c);
    expect(told.lines).toEqual(['s got c=1']);
    expect([a.receivers.first, b.receivers.first, c.receivers.first]).toEqual([null, null, null]);
  });

  it('maps, as a whole and by case', () => {
    const told = new Record();
    const a = channel<number>();
    const tens = a.receive().map((value) => value * 10);
    perform(
      select({ tens }).map(({ value }) => value + 1),
      told.by('s'),
    );
    a.trySend(4);
    check(a);
    expect(told.lines).toEqual(['s got 41']);
  });

  it('projects only the case that commits, once, after the commit', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const project = (name: string) => (value: number) => {
      told.add(`${name} projected, b has ${b.statistics().waitingReceivers} receivers`);
      return value;
    };
    perform(select({ a: a.receive().map(project('a')), b: b.receive().map(project('b')) }), told.by('s'));
    a.trySend(1);
    check(a, b);
    expect(told.lines).toEqual(['a projected, b has 0 receivers', 's got a=1']);
  });

  it('fails with what the project of the case that commits throws', () => {
    const told = new Record();
    const a = channel<number>();
    const broken = a.receive().map(() => {
      throw new Error('no');
    });
    perform(select({ broken }), told.by('s'));
    expect(a.trySend(1)).toBe(true);
    check(a);
    expect(told.lines).toEqual(['s failed with no']);
  });

  it('times out, and takes nothing then', () => {
    const told = new Record();
    virtual(() => {
      const a = channel<number>();
      const b = channel<number>();
      perform(select({ a, b: b.send(1) }).withTimeout(5), told.by('s'));
      sleep(5).subscribe(() => {
        check(a, b);
        told.add(`a takes: ${a.trySend(1)}, b gives: ${b.tryReceive().ok}`);
      });
    });
    expect(told.lines).toEqual(['s failed with TimeoutError', 'a takes: false, b gives: false']);
  });

  it('has cases that time out, which fails it', () => {
    const told = new Record();
    virtual(() => {
      const a = channel<number>();
      const b = channel<number>();
      perform(select({ a: a.receive().withTimeout(3), b }), told.by('s'));
      sleep(3).subscribe(() => {
        check(a, b);
        expect([a.receivers.first, b.receivers.first]).toEqual([null, null]);
      });
    });
    expect(told.lines).toEqual(['s failed with TimeoutError']);
  });

  it('clears the timer of a case that loses', () => {
    const told = new Record();
    const end = virtual(() => {
      const a = channel<number>();
      perform(select({ a, never: sleep(1000), limited: deferred().withTimeout(500) }), told.by('s'));
      a.trySend(1);
    });
    expect(told.lines).toEqual(['s got a=1']);
    expect(end).toBe(0);
  });

  it('is withdrawn whole', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const withdraw = perform(select({ a, b: b.send(1), nested: select({ a, b }) }), told.by('s'));
    check(a, b);
    withdraw();
    check(a, b);
    expect([a.receivers.first, b.receivers.first, b.senders.first]).toEqual([null, null, null]);
    expect(told.lines).toEqual([]);
  });

  it('is withdrawn by a signal, with the reason of that', () => {
    const told = new Record();
    const a = channel<number>();
    const controller = new AbortController();
    perform(select({ a }).withSignal(controller.signal), told.by('s'));
    controller.abort('enough');
    check(a);
    expect(told.lines).toEqual(['s failed with enough']);
    expect(a.receivers.first).toBeNull();
  });

  it('can be performed many times', () => {
    const told = new Record();
    const a = channel<number>(2);
    const both = select({ a });
    a.trySend(1);
    a.trySend(2);
    perform(both, told.by('first'));
    perform(both, told.by('second'));
    check(a);
    expect(told.lines).toEqual(['first got a=1', 'second got a=2']);
  });
});

describe('1.7 a coroutine that is cancelled after its select has committed', () => {
  it('still gets what was selected, and is cancelled at its next wait', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>(1);
    b.trySend(2);
    const task = go(function* () {
      told.add(`got ${(yield* select({ a, other: channel() })).key}`);
      yield* b.receive();
      told.add('not reached');
    });
    go(function* () {
      yield* a.send(1);
      task.cancel();
    });
    check(a, b);
    expect(told.lines).toEqual(['got a']);
    expect(b.size).toBe(1);
    expect(task.status).toBe('cancelled');
  });
});

describe('3.1 a coroutine as a case that loses', () => {
  it('is cancelled, and runs its finally blocks', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const work = coroutine(function* () {
      try {
        yield* b.receive();
      } catch {
        told.add('caught');
      } finally {
        told.add('cleaned up');
      }
    });
    select({ work, a }).subscribe(told.by('s'));
    check(a, b);
    a.trySend(1);
    check(a, b);
    expect(told.lines).toEqual(['s got a=1', 'cleaned up']);
    expect(b.receivers.first).toBeNull();
  });

  it('is not started when another case is ready', () => {
    const told = new Record();
    const a = channel<number>(1);
    a.trySend(1);
    const work = coroutine(function* () {
      told.add('started');
    });
    select({ work, a }).subscribe(told.by('s'));
    check(a);
    expect(told.lines).toEqual(['s got a=1']);
  });

  it('is not started when a case before it has committed without waiting', () => {
    const told = new Record();
    const first = coroutine(function* () {
      told.add('first');
      return 1;
    });
    const second = coroutine(function* () {
      told.add('second');
      return 2;
    });
    const a = channel<number>();
    select({ first, second, a }).subscribe(told.by('s'));
    check(a);
    expect(told.lines).toEqual(['first', 's got first=1']);
    expect(a.receivers.first).toBeNull();
  });

  it('loses to a channel case that it serves itself, before it has waited', () => {
    const told = new Record();
    const a = channel<number>();
    const work = coroutine(function* () {
      try {
        told.add(`sent: ${a.trySend(1)}`);
        yield* sleep(0);
        told.add('not reached');
      } finally {
        told.add('cleaned up');
      }
    });
    select({ work, a }).subscribe(told.by('s'));
    check(a);
    expect(told.lines).toEqual(['s got a=1', 'sent: true', 'cleaned up']);
  });

  it('wins when it ends first, and fails the select with what it throws', () => {
    const told = new Record();
    const a = channel<number>();
    const b = channel<number>();
    const work = coroutine(function* () {
      yield* b.receive();
      throw new Error('no');
    });
    select({ work, a }).subscribe(told.by('s'));
    b.trySend(1);
    check(a, b);
    expect(told.lines).toEqual(['s failed with no']);
    expect(a.receivers.first).toBeNull();
  });
});

describe('3.2 a select on a broadcast and on its tap', () => {
  it('never meets itself, also through a select that is a case of it', () => {
    const told = new Record();
    const b = broadcast<string>();
    const tap = b.tap();
    select({ sent: b.send('a'), tap })
      .subscribe(told.by('flat'))
      .unsubscribe();
    select({ inner: select({ sent: b.send('b') }), tap })
      .subscribe(told.by('nested'))
      .unsubscribe();
    check(b);
    expect([told.lines, b.trySend('c')]).toEqual([[], false]);
  });
});

describe('1.6 a loop of selects that are ready', () => {
  it('looks at the clock now and then, and no more often', () => {
    let looks = 0;
    const ch = channel<number>(1);
    vi.spyOn(Date, 'now').mockImplementation(() => (looks++, 0));
    go(function* () {
      for (let n = 0; n < 10 * 1024; n++) {
        yield* select({ sent: ch.send(n) });
        yield* select({ ch });
      }
    });
    vi.restoreAllMocks();
    expect(looks).toBeGreaterThanOrEqual(20);
    expect(looks).toBeLessThan(60);
  });
});

describe('what select says of itself', () => {
  it('is where the one is that waits for it, for a person', () => {
    const task = go(
      function* () {
        yield* select({ a: channel(), b: channel() });
      },
      { name: 'task' },
    );
    expect(String(task)).toBe('task, waiting: select of a, b');
    task.cancel();
  });

  it('names the cases that are on', () => {
    expect(title(select({ a: channel(), b: null, c: sleep(1) }))).toBe('select of a, c');
  });
});
