import { BehaviorSubject, config, NEVER, Observable, of, Subject, Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { CancelledError, channel, ClosedError, go, type OverflowError, poll, select, sleep } from '../../src/index.ts';
import { request } from '../../src/state/request.ts';
import { type StateOwner, stateOwner } from '../../src/state/state-owner.ts';
import { FORMS } from '../forms.ts';
import { check, Record, show, title } from '../record.ts';
import { at, reportsOf, virtual } from '../virtual.ts';

const inc = (n: number): number => n + 1;

/** Runs until the subject says what the next state is. */
function busy<S>(owner: StateOwner<S>): Subject<S> {
  const gate = new Subject<S>();
  owner.update(() => gate).subscribe({ error: () => undefined });
  return gate;
}

describe('§7.3 what subscribers see', () => {
  it('is the current state synchronously, then every committed change', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe(record.all('a'));
    owner.write(1).subscribe();
    owner.subscribe(record.all('b'));
    owner.update(inc).subscribe();
    expect(record.take()).toEqual(['a got 0', 'a got 1', 'b got 1', 'a got 2', 'b got 2']);
    check(owner);
  });

  it('is not what was never committed', () => {
    const states: number[] = [];
    const owner = stateOwner(0);
    owner.subscribe((n) => states.push(n));
    owner.update(() => of(1, 2, 3)).subscribe();
    owner
      .update(() => NEVER)
      .subscribe()
      .unsubscribe();
    expect(states).toEqual([0, 3]);
  });

  it('is told before the one who asked is', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe(record.by('subscriber'));
    owner.write(1).subscribe(record.by('writer'));
    const gate = busy(owner);
    owner.write(3).subscribe(record.by('waiting writer'));
    gate.next(2);
    gate.complete();
    expect(record.take().slice(1)).toEqual([
      'subscriber got 1',
      'writer got 1',
      'subscriber got 2',
      'subscriber got 3',
      'waiting writer got 3',
    ]);
  });

  it('is the same for all when one asks for the next change from inside of its callback', () => {
    const stale: string[] = [];
    const subject = new BehaviorSubject(0);
    subject.subscribe((n) => n === 1 && subject.next(2));
    subject.subscribe((n) => stale.push(`b got ${n}`));
    subject.next(1);
    // What a BehaviorSubject does: the second observer ends with the older value.
    expect(stale).toEqual(['b got 0', 'b got 2', 'b got 1']);

    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe(record.by('a'));
    owner.subscribe((n) => {
      if (n === 1 || n === 2) {
        owner.write(n + 1).subscribe(record.by(`writer of ${n + 1}`));
        expect(owner.value).toBe(n + 1);
        check(owner);
      }
    });
    owner.subscribe(record.by('c'));
    record.take();
    owner.write(1).subscribe(record.by('writer of 1'));
    expect(record.take()).toEqual([
      'a got 1',
      'writer of 2 got 2',
      'c got 1',
      'a got 2',
      'writer of 3 got 3',
      'c got 2',
      'a got 3',
      'c got 3',
      'writer of 1 got 1',
    ]);
    check(owner);
  });

  it('is in order for one who makes changes while it is given the current state', () => {
    const log: string[] = [];
    const owner = stateOwner(0);
    owner.subscribe((n) => {
      log.push(`begin ${n}`);
      if (n < 3) owner.write(n + 1).subscribe();
      log.push(`end ${n}`);
    });
    expect(log).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  it('begins with the state of that moment for one who subscribes in a callback, and repeats nothing', () => {
    const record = new Record();
    const owner = stateOwner(0);
    let joined = false;
    owner.subscribe((n) => {
      if (n !== 1 || joined) return;
      joined = true;
      owner.write(2).subscribe();
      owner.subscribe(record.by('late'));
      owner.write(3).subscribe();
    });
    owner.write(1).subscribe();
    expect(record.take()).toEqual(['late got 2', 'late got 3']);
    check(owner);
  });

  it('is in order for those before one who subscribes in a callback, after a change', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe((n) => {
      if (n !== 1) return;
      owner.write(2).subscribe();
      owner.subscribe(record.by('late'));
    });
    owner.subscribe(record.by('b'));
    record.take();
    owner.write(1).subscribe();
    expect(record.take()).toEqual(['late got 2', 'b got 1', 'b got 2']);
    check(owner);
  });

  it('does not lose a listener when others leave in the middle', () => {
    for (const leaver of [0, 1, 2, 3]) {
      const got: string[] = [];
      const owner = stateOwner(0);
      const subscriptions = ['a', 'b', 'c', 'd'].map((name) =>
        owner.subscribe((n) => {
          if (n === 0) return;
          got.push(`${name}${n}`);
          if (name === 'b' && n === 1) subscriptions[leaver]!.unsubscribe();
          check(owner);
        }),
      );
      owner.write(1).subscribe();
      owner.write(2).subscribe();
      const gone = 'abcd'[leaver]!;
      expect(got.join(' ')).toBe(
        `${leaver > 1 ? 'a1 b1 c1 d1'.replace(`${gone}1`, '').replace('  ', ' ').trim() : 'a1 b1 c1 d1'} ${'a2 b2 c2 d2'.replace(`${gone}2`, '').replace('  ', ' ').trim()}`,
      );
    }
  });

  it('does not recurse with the changes', () => {
    const owner = stateOwner(0);
    let last = 0;
    owner.subscribe((n) => {
      if (n < 100_000) owner.write(n + 1).subscribe();
    });
    owner.subscribe((n) => (last = n));
    expect(last).toBe(100_000);
  });

  it('goes on for others when the callback of one throws', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const reported = reportsOf(() => {
      owner.subscribe((n) => {
        if (n === 1) throw new Error('in a callback');
      });
      // A Subscriber written by hand, which RxJS does not guard.
      owner.subscribe(
        new (class extends Subscriber<number> {
          override next(n: number): void {
            if (n === 1) throw new Error('by hand');
          }
        })(),
      );
      owner.subscribe(record.by('c'));
      owner.write(1).subscribe(record.by('writer'));
      check(owner);
    });
    expect(record.take()).toEqual(['c got 0', 'c got 1', 'writer got 1']);
    expect(reported.map(show).sort()).toEqual(['by hand', 'in a callback']);
  });
});

describe('1.13 one who was gone before being given the current state', () => {
  it('is not kept', () => {
    const owner = stateOwner(0, { name: 'counter' });
    const subscriber = new Subscriber<number>();
    subscriber.unsubscribe();
    owner.subscribe(subscriber);
    expect(title(owner)).toBe('counter (0 pending, idle)');
    check(owner);
  });
});

describe('§7.3 equal states', () => {
  const options = { equal: (a: { v: number }, b: { v: number }): boolean => a.v === b.v };

  it('are not emitted and not kept: the write yields the kept one', () => {
    const states: unknown[] = [];
    const kept = { v: 1 };
    const owner = stateOwner(kept, options);
    owner.subscribe((s) => states.push(s));
    const yielded: unknown[] = [];
    owner.write({ v: 1 }).subscribe((s) => yielded.push(s));
    owner.update(() => of({ v: 1 })).subscribe((s) => yielded.push(s));
    owner.update(() => ({ v: 1 })).subscribe((s) => yielded.push(s));
    expect(yielded.every((s) => s === kept)).toBe(true);
    expect(yielded).toHaveLength(3);
    expect(states).toEqual([kept]);
    expect(owner.value).toBe(kept);
  });

  it('are what compareAndSet looks for', () => {
    const owner = stateOwner({ v: 1 }, options);
    expect(poll(owner.compareAndSet({ v: 2 }, { v: 3 }))).toEqual({ ok: true, value: false });
    expect(poll(owner.compareAndSet({ v: 1 }, { v: 3 }))).toEqual({ ok: true, value: true });
    expect(owner.value).toEqual({ v: 3 });
  });

  it('are by default the same value: NaN is, -0 is not', () => {
    const states: number[] = [];
    const owner = stateOwner(NaN);
    owner.subscribe((n) => states.push(n));
    for (const n of [NaN, 0, -0]) owner.write(n).subscribe();
    expect(states).toEqual([NaN, 0, -0]);
  });

  it.each(FORMS)('fail the request, when `equal` throws, by $form', ({ perform }) => {
    const record = new Record();
    const owner = stateOwner(0, {
      equal: (a, b) => {
        if (b === 13) throw new Error('unlucky');
        return a === b;
      },
    });
    perform(owner.write(13), record.by('write'));
    perform(
      owner.update(() => 13),
      record.by('update'),
    );
    perform(owner.compareAndSet(13, 1), record.by('set'));
    perform(owner.compareAndSet(0, 13), record.by('set to'));
    const gate = busy(owner);
    perform(owner.write(13), record.by('waiting'));
    perform(owner.write(2), record.by('next'));
    gate.next(13);
    gate.complete();
    check(owner);
    expect(record.take()).toEqual([
      'write failed with unlucky',
      'update failed with unlucky',
      'set failed with unlucky',
      'set to failed with unlucky',
      'waiting failed with unlucky',
      'next got 2',
    ]);
    expect(owner.value).toBe(2);
  });
});

describe('select', () => {
  it('emits the projection when it changes', () => {
    const record = new Record();
    const owner = stateOwner({ a: 1, b: NaN });
    owner.select(({ a }) => a).subscribe(record.all('a'));
    owner.select(({ b }) => b).subscribe(record.all('b'));
    owner.select((s) => s, (x, y) => x.a === y.a).subscribe(record.all('by a')); // prettier-ignore
    owner.update((s) => ({ ...s, b: NaN })).subscribe();
    owner.update((s) => ({ ...s, a: 2 })).subscribe();
    owner.complete();
    expect(record.take()).toEqual([
      'a got 1',
      'b got null',
      'by a got {"a":1,"b":null}',
      'a got 2',
      'by a got {"a":2,"b":null}',
      'a completed',
      'b completed',
      'by a completed',
    ]);
  });

  it('fails with what the projection throws, for that subscriber alone', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.select((n) => { if (n === 1) throw new Error('no'); return n; }).subscribe(record.all('a')); // prettier-ignore
    owner.subscribe(record.all('b'));
    owner.write(1).subscribe();
    expect(record.take()).toEqual(['a got 0', 'b got 0', 'a failed with no', 'b got 1']);
    check(owner);
  });
});

describe.each(FORMS)('when, by $form', ({ perform }) => {
  it('gives the first committed state, now or later, that satisfies it', () => {
    const record = new Record();
    const owner = stateOwner(0);
    perform(
      owner.when((n) => n === 0),
      record.by('now'),
    );
    perform(
      owner.when((n) => n > 1),
      record.by('later'),
    );
    expect(record.take()).toEqual(['now got 0']);
    check(owner);
    owner.write(1).subscribe();
    owner.write(2).subscribe();
    owner.write(3).subscribe();
    expect(record.take()).toEqual(['later got 2']);
    check(owner);
  });

  it('misses no update, however short the state lasts', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe((n) => {
      if (n === 1) owner.write(2).subscribe();
      if (n === 2) owner.write(3).subscribe();
    });
    perform(
      owner.when((n) => n === 2),
      record.by('two'),
    );
    perform(
      owner.when((n) => n === 1),
      record.by('one'),
    );
    go(function* () {
      yield* owner.write(1);
    });
    expect(record.take().sort()).toEqual(['one got 1', 'two got 2']);
    check(owner);
  });

  it('fails with what the predicate throws, now or later', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const at = (bad: number) => (n: number) => {
      if (n === bad) throw new Error('no');
      return false;
    };
    perform(owner.when(at(0)), record.by('now'));
    perform(owner.when(at(1)), record.by('later'));
    owner.write(1).subscribe(record.by('writer'));
    expect(record.take().sort()).toEqual(['later failed with no', 'now failed with no', 'writer got 1']);
    check(owner);
  });

  it('is withdrawn without a trace', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const leave = perform(
      owner.when((n) => n === 1),
      record.by('gone'),
    );
    leave();
    expect(owner.serializer.audience.first).toBe(null);
    owner.write(1).subscribe();
    expect(record.take()).toEqual([]);
  });

  it('fails with ClosedError when the owner ends without such a state', () => {
    for (const end of [
      (o: StateOwner<number>) => o.complete(),
      (o: StateOwner<number>) => o.error(new Error('x')),
      (o: StateOwner<number>) => o.cancel(),
    ]) {
      // prettier-ignore
      const record = new Record();
      const owner = stateOwner(0);
      perform(
        owner.when((n) => n === 1),
        record.by('early'),
      );
      end(owner);
      perform(
        owner.when((n) => n === 1),
        record.by('late'),
      );
      perform(
        owner.when((n) => n === 0),
        record.by('true'),
      );
      expect(record.take()).toEqual(['early failed with ClosedError', 'late failed with ClosedError', 'true got 0']);
      check(owner);
    }
  });

  it('is a case of a select', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const ch = channel<number>();
    perform(select({ two: owner.when((n) => n === 2), ch }), record.by('select'));
    owner.write(2).subscribe();
    expect(ch.statistics().waitingReceivers).toBe(0);
    perform(select({ three: owner.when((n) => n === 3), ch }), record.by('select'));
    ch.trySend(7);
    expect(owner.serializer.audience.first).toBe(null);
    expect(record.take()).toEqual(['select got two=2', 'select got ch=7']);
  });
});

describe('when, otherwise', () => {
  it('leaves nothing behind if its predicate withdraws it, and takes nobody along', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const before = owner.subscribe(record.by('before'));
    const told = record.by('told');
    const subscription = owner.when((n) => { if (n === 1) subscription.unsubscribe(); return n === 1; }).subscribe(told); // prettier-ignore
    const after = owner.subscribe(record.by('after'));
    record.take();
    owner.write(1).subscribe();
    owner.write(2).subscribe();
    expect(record.take()).toEqual(['before got 1', 'after got 1', 'before got 2', 'after got 2']);
    before.unsubscribe();
    after.unsubscribe();
    expect(owner.serializer.audience.first).toBe(null);
    check(owner);
  });

  it('times out', () => {
    const record = new Record();
    const owner = stateOwner(0);
    virtual(() =>
      owner
        .when((n) => n === 1)
        .withTimeout(5)
        .subscribe(record.by('late')),
    );
    expect(record.take()).toEqual(['late failed with TimeoutError']);
    expect(owner.serializer.audience.first).toBe(null);
  });
});

describe.each(FORMS)('§7.5 the end, by $form', ({ perform }) => {
  it.each([
    ['complete', (o: StateOwner<number>) => o.complete(), 'completed'],
    ['error', (o: StateOwner<number>) => o.error(new Error('cause')), 'failed with cause'],
  ])('%s: what was asked is served, then subscribers are told, and later requests fail', (_, end, how) => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe(record.all('subscriber'));
    const gate = busy(owner);
    perform(owner.update(inc), record.by('asked'));
    end(owner);
    owner.complete();
    check(owner);
    perform(
      owner.read((n) => n),
      record.by('late read'),
    );
    perform(owner.update(inc), record.by('late update'));
    expect(record.take()).toEqual([
      'subscriber got 0',
      'late read failed with ClosedError',
      'late update failed with ClosedError',
    ]);
    gate.next(5);
    gate.complete();
    check(owner);
    expect(record.take().sort()).toEqual(
      ['subscriber got 5', 'subscriber got 6', 'asked got 6', `subscriber ${how}`].sort(),
    );
    expect(owner.value).toBe(6);
    owner.subscribe(record.all('late subscriber'));
    expect(record.take()).toEqual(['late subscriber got 6', `late subscriber ${how}`]);
    owner.cancel('too late');
    perform(owner.write(1), record.by('write'));
    expect(record.take()).toEqual(['write failed with ClosedError']);
  });

  it('cancel: waiting and running requests fail with CancelledError, subscribers complete', () => {
    const record = new Record();
    const owner = stateOwner(0);
    let unsubscribed = 0;
    owner.subscribe(record.all('subscriber'));
    perform(owner.update(() => new Observable<number>(() => () => unsubscribed++)), record.by('running')); // prettier-ignore
    perform(owner.update(inc), record.by('waiting'));
    owner.complete();
    owner.cancel('enough');
    owner.cancel('again');
    check(owner);
    perform(
      owner.read((n) => n),
      record.by('late'),
    );
    expect(unsubscribed).toBe(1);
    expect(record.take().sort()).toEqual([
      'late failed with ClosedError',
      'running failed with CancelledError(enough)',
      'subscriber completed',
      'subscriber got 0',
      'waiting failed with CancelledError(enough)',
    ]);
    expect([owner.value, owner.pending]).toEqual([0, 0]);
  });

  it('may come from inside of a step, which then changes nothing', () => {
    for (const wait of [false, true]) {
      const record = new Record();
      const owner = stateOwner(0);
      const gate = wait ? busy(owner) : null;
      owner.subscribe(record.all('subscriber'));
      perform(owner.update(() => { owner.cancel('inside'); return 5; }), record.by('step')); // prettier-ignore
      gate?.complete();
      expect(record.take().sort()).toEqual([
        'step failed with CancelledError(inside)',
        'subscriber completed',
        'subscriber got 0',
      ]);
      expect(owner.value).toBe(0);
      check(owner);
    }
  });

  it('may come from inside of a read, or of a step that then completes', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe(record.all('subscriber'));
    perform(owner.update((n) => { owner.complete(); return n + 1; }), record.by('step')); // prettier-ignore
    expect(record.take().sort()).toEqual([
      'step got 1',
      'subscriber completed',
      'subscriber got 0',
      'subscriber got 1',
    ]);
    const other = stateOwner(0);
    perform(other.read((n) => { other.cancel('inside'); return n; }), record.by('read')); // prettier-ignore
    expect(record.take()).toEqual(['read failed with CancelledError(inside)']);
    check(owner, other);
  });
});

describe('§7.5 the end, told in order', () => {
  it('comes after the changes that were committed before it', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe((n) => {
      if (n !== 1) return;
      owner.write(2).subscribe();
      owner.cancel();
    });
    owner.subscribe(record.all('b'));
    owner.write(1).subscribe();
    expect(record.take()).toEqual(['b got 0', 'b got 1', 'b got 2', 'b completed']);
    check(owner);
  });

  it('goes on for others when one throws as it is told', () => {
    const record = new Record();
    const reported = reportsOf(() => {
      const owner = stateOwner(0);
      // A Subscriber written by hand, which RxJS does not guard.
      owner.subscribe(
        new (class extends Subscriber<number> {
          override complete(): void {
            throw new Error('by hand');
          }
        })(),
      );
      owner.subscribe(record.all('b'));
      owner.complete();
      check(owner);
    });
    expect(record.take()).toEqual(['b got 0', 'b completed']);
    expect(reported).toEqual([new Error('by hand')]);
  });

  it('is a cancel, for a person', () => {
    const owner = stateOwner(0, { name: 'counter' });
    owner.cancel();
    expect(title(owner)).toBe('counter (0 pending, cancelled)');
  });

  it('does not wait for the clean-up of the cancelled step, but nothing else runs before that', () => {
    const record = new Record();
    const owner = stateOwner(0);
    virtual(() => {
      owner.subscribe(record.all('subscriber'));
      owner
        .update(function* () {
          try {
            yield* sleep(10);
          } finally {
            yield* sleep(3);
            record.add('cleaned');
          }
          return 1;
        })
        .subscribe(record.by('running'));
      at(1, () => {
        owner.cancel('x');
        check(owner);
      });
    });
    expect(record.take()).toEqual([
      'subscriber got 0',
      'running failed with CancelledError(x)',
      'subscriber completed',
      'cleaned',
    ]);
    check(owner);
  });
});

describe('§7.6 requests as messages', () => {
  it('are served in one line with methods, in order of arrival', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const messages = new Subject<ReturnType<typeof request.write<number>>>();
    messages.subscribe(owner);
    const gate = busy(owner);
    const [write, update, read] = [request.write(7), request.update((n: number) => n * 2), request.read((n: number) => `read ${n}`)]; // prettier-ignore
    write.response.subscribe(record.by('write'));
    update.response.subscribe(record.by('update'));
    read.response.subscribe(record.by('read'));
    messages.next(write);
    owner.update(inc).subscribe(record.by('method'));
    messages.next(update);
    owner.next(read);
    expect(owner.pending).toBe(5);
    expect([write.kind, update.kind, read.kind, write.response.status]).toEqual(['write', 'update', 'read', 'pending']);
    gate.complete();
    expect(record.take()).toEqual(['write got 7', 'method got 8', 'update got 16', 'read got read 16']);
    expect(read.response.result()).toBe('read 16');
    check(owner);
    messages.complete();
    owner.write(1).subscribe(record.by('late'));
    expect(record.take()).toEqual(['late failed with ClosedError']);
  });

  it('are served at once by an idle owner, also if the step takes its time', () => {
    const owner = stateOwner(1);
    const write = request.write(5);
    owner.next(write);
    expect(write.response.result()).toBe(5);
    const slow = request.update(function* (n: number) {
      yield* sleep(5);
      return n + 1;
    });
    virtual(() => owner.next(slow));
    expect(slow.response.result()).toBe(6);
  });

  it('fail their response alone', () => {
    const owner = stateOwner(0, { name: 'counter' });
    const bad = request.update<number>(() => {
      throw new Error('boom');
    });
    const late = request.write(1);
    const reported = reportsOf(() => {
      owner.next(bad);
      owner.complete();
      owner.next(late);
    });
    // Nobody looked at them.
    expect(reported).toEqual([new Error('boom'), new ClosedError('counter')]);
    expect(bad.response.status).toBe('rejected');
    expect(late.response.status).toBe('rejected');
  });

  it('are cancelled with the owner, and that is nobody’s failure', () => {
    const owner = stateOwner(0);
    const [running, waiting] = [request.update(() => NEVER as never as number), request.write(1)];
    const reported = reportsOf(() => {
      owner.next(running);
      owner.next(waiting);
      owner.tell(inc);
      owner.cancel('enough');
    });
    expect(reported).toEqual([]);
    expect([running.response.status, waiting.response.status]).toEqual(['cancelled', 'cancelled']);
    expect(() => waiting.response.result()).toThrow(CancelledError);
    check(owner);
  });

  it('are served once: the same one twice is a TypeError, and so is anything else', () => {
    const owner = stateOwner(0, { name: 'counter' });
    const write = request.write(1);
    owner.next(write);
    expect(() => owner.next(write)).toThrow('counter: this write request was sent before');
    expect(() => owner.next(write)).toThrow(TypeError);
    expect(() => stateOwner(0).next(write)).toThrow(TypeError);
    const wrongs: [unknown, string][] = [[undefined, 'undefined'], [null, 'null'], [5, '5'], [{}, 'an object']]; // prettier-ignore
    for (const [wrong, what] of wrongs)
      expect(() => owner.next(wrong as never)).toThrow(
        new TypeError(`counter: next takes what request.read, write and update make; got ${what}`),
      );
    expect(write.response.result()).toBe(1);
  });

  it('have responses that are called by a number', () => {
    expect(() => request.write(1).response.result()).toThrow(/^response#\d+ has no result yet/);
  });
});

describe('§7.6 capacity', () => {
  it('counts requests that wait; a method waits its turn to ask, `next` and `tell` report', () => {
    const record = new Record();
    const owner = stateOwner(0, { capacity: 2, name: 'counter' });
    const gate = busy(owner);
    owner.update(inc).subscribe(record.by('a'));
    const accepted = request.update(inc);
    owner.next(accepted);
    expect(title(owner)).toBe('counter (3 pending, waiting)');
    owner.update(inc).subscribe(record.by('c'));
    const rejected = request.update(inc);
    rejected.response.subscribe(record.by('rejected'));
    owner.next(rejected);
    const reported = reportsOf(() => owner.tell(inc));
    expect(title(owner)).toBe('counter (3 pending, 1 waiting to ask, waiting)');
    check(owner);
    expect(owner.pending).toBe(3);
    expect(record.take()).toEqual(['rejected failed with OverflowError']);
    expect(reported.map(show)).toEqual(['OverflowError']);
    expect((reported[0] as OverflowError).source).toBe('counter');
    gate.complete();
    expect(record.take()).toEqual(['a got 1', 'c got 3']);
    expect(accepted.response.result()).toBe(2);
    owner.tell(inc);
    expect(owner.value).toBe(4);
  });

  it('0 refuses every message that would have to wait, and no other', () => {
    const owner = stateOwner(0, { capacity: 0 });
    const first = request.update(inc);
    owner.next(first);
    expect(first.response.result()).toBe(1);
    const gate = busy(owner);
    const second = request.update(inc);
    second.response.subscribe({ error: () => undefined });
    owner.next(second);
    expect(second.response.status).toBe('rejected');
    const got: number[] = [];
    owner.update(inc).subscribe((n) => got.push(n));
    expect(owner.pending).toBe(1);
    gate.complete();
    expect(got).toEqual([2]);
  });

  it('is free again when one who waits is withdrawn', () => {
    const owner = stateOwner(0, { capacity: 1 });
    const gate = busy(owner);
    const leaver = owner.update(inc).subscribe();
    leaver.unsubscribe();
    const message = request.update(inc);
    owner.next(message);
    gate.complete();
    expect(message.response.result()).toBe(1);
  });
});

describe('tell', () => {
  it('is eager, in line, and reports failures', () => {
    const owner = stateOwner(0, { name: 'counter' });
    owner.tell(inc);
    expect(owner.value).toBe(1);
    const reported = reportsOf(() => {
      owner.tell(() => {
        throw new Error('boom');
      });
      owner.complete();
      owner.tell(inc);
    });
    expect(reported).toEqual([new Error('boom'), new ClosedError('counter')]);
    expect(config.onUnhandledError).toBe(null);
  });
});

describe('as an observer', () => {
  it('has nothing that RxJS takes for a Subscription', () => {
    const owner = stateOwner(0) as unknown as { [name: string]: unknown };
    for (const name of ['add', 'remove', 'unsubscribe', 'closed', 'then', 'length']) expect(name in owner).toBe(false);
  });

  it('passes on the error of its requests', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe(record.all('subscriber'));
    const cause = new Error('source');
    new Subject<never>().subscribe(owner);
    const source = new Subject<ReturnType<typeof request.write<number>>>();
    source.subscribe(owner);
    source.error(cause);
    expect(record.take()).toEqual(['subscriber got 0', 'subscriber failed with source']);
  });
});

describe('§7.8 a step that waits for its own owner', () => {
  it('never ends, and says so', () => {
    const owner = stateOwner(0, { name: 'counter' });
    const task = go(
      function* () {
        return yield* owner.update(function* (n) {
          return n + (yield* owner.read((m) => m));
        });
      },
      { name: 'deadlocked' },
    );
    expect(title(task)).toMatch(
      /^deadlocked, waiting: update on counter, whose step waits: coroutine#\d+, waiting: a request to counter$/,
    );
    task.cancel();
    check(owner);
    expect(owner.pending).toBe(0);
  });
});
