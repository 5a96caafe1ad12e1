import { Observable, of, Subscriber, TimeoutError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { broadcast, channel, coroutine, go, type Operation, poll, select, sleep, until } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';

describe.each(FORMS)('withTimeout, waited for by $form', ({ perform }) => {
  it('fails with the TimeoutError of RxJS after that time', () => {
    const told = new Record();
    const errors: unknown[] = [];
    const ch = channel<number>();
    virtual(() => {
      perform(ch.receive().withTimeout(7), {
        next: () => undefined,
        error: (error) => {
          errors.push(error);
          told.add(`failed in frame ${frame()}`);
        },
        complete: () => undefined,
      });
    });
    check(ch);
    expect(told.lines).toEqual(['failed in frame 7']);
    expect(errors[0]).toBeInstanceOf(TimeoutError);
  });

  it('gives what came before', () => {
    const told = new Record();
    const ch = channel<number>();
    const last = virtual(() => {
      perform(ch.receive().withTimeout(7), told.by('a'));
      at(6, () => ch.trySend(1));
    });
    check(ch);
    expect(told.lines).toEqual(['a got 1']);
    expect(last).toBeLessThanOrEqual(7);
  });

  it('passes a failure on as it is', () => {
    const told = new Record();
    const ch = channel<number>();
    virtual(() => {
      perform(ch.receive().withTimeout(7), told.by('a'));
      at(6, () => ch.close(new Error('cause')));
    });
    expect(told.lines).toEqual(['a failed with cause']);
  });

  it('of a TimeoutError from inside does not make its own', () => {
    const inner = new TimeoutError();
    const errors: unknown[] = [];
    const ch = channel<number>();
    ch.close(inner);
    perform(ch.receive().withTimeout(7), {
      next: () => undefined,
      error: (error) => errors.push(error),
      complete: () => undefined,
    });
    expect(errors[0]).toBe(inner);
  });

  it.each([0, -1])('of %d ms commits what is ready', (ms) => {
    const told = new Record();
    const ch = channel<number>(1);
    ch.trySend(1);
    perform(ch.receive().withTimeout(ms), told.by('a'));
    perform(until(of(2)).withTimeout(ms), told.by('b'));
    perform(
      coroutine(function* () {
        return 3;
      }).withTimeout(ms),
      told.by('c'),
    );
    expect(told.lines).toEqual(['a got 1', 'b got 2', 'c got 3']);
  });

  it.each([0, -1])('of %d ms fails at once, without a trace, when nothing is ready', (ms) => {
    const told = new Record();
    const ch = channel<number>();
    let unsubscribed = false;
    const silent = new Observable<never>(() => () => {
      unsubscribed = true;
    });
    perform(ch.receive().withTimeout(ms), told.by('a'));
    perform(until(silent).withTimeout(ms), told.by('b'));
    check(ch);
    expect(told.lines).toEqual(['a failed with TimeoutError', 'b failed with TimeoutError']);
    expect([ch.receivers.first, unsubscribed]).toEqual([null, true]);
  });

  it('of Infinity waits for ever', () => {
    const told = new Record();
    const ch = channel<number>();
    virtual(() => {
      perform(ch.receive().withTimeout(Infinity), told.by('a'));
      at(1e6, () => ch.trySend(1));
    });
    expect(told.lines).toEqual(['a got 1']);
  });

  it('lets the outer of two deadlines at the same moment win', () => {
    const told = new Record();
    virtual(() => {
      const inner = coroutine(function* () {
        try {
          yield* sleep(100).withTimeout(7);
        } catch {
          told.add('the inner one');
        }
      });
      perform(inner.withTimeout(7), told.by('a'));
    });
    expect(told.lines).toEqual(['a failed with TimeoutError']);
  });
});

describe('withTimeout', () => {
  it('refuses what is no number, where it was written', () => {
    expect(() => sleep(1).withTimeout(NaN)).toThrow(new RangeError('withTimeout: ms must be a number; got NaN'));
  });

  it('is a case that loses without a trace', () => {
    const told = new Record();
    const ch = channel<number>();
    virtual(() => {
      select({ slow: ch.receive().withTimeout(9), fast: sleep(3) }).subscribe(told.by('select'));
    });
    check(ch);
    expect(told.lines).toEqual(['select got fast=undefined']);
    expect(ch.receivers.first).toBe(null);
  });

  it('does not let a select meet itself', () => {
    const told = new Record();
    const news = broadcast<number>();
    const tap = news.tap();
    virtual(() => {
      const send = news.send(1).withTimeout(9);
      select({ send, receive: tap.receive() }).subscribe(told.by('both'));
      check(news);
      expect(told.take()).toEqual([]);
      tap.receive().subscribe(told.by('another'));
    });
    check(news);
    expect(told.take().sort()).toEqual(['another got 1', 'both got send=undefined']);
  });

  it('that is met while its user leaves gives nothing back to the channel', () => {
    const told = new Record();
    const ch = channel<number>();
    virtual(() => {
      const user = new Subscriber<unknown>(told.by('user'));
      const leaves = new Observable<never>(() => () => user.unsubscribe());
      select({ late: ch.receive().withTimeout(5), leaves }).subscribe(user);
    });
    check(ch);
    expect([told.lines, ch.size, ch.receivers.first]).toEqual([[], 0, null]);
  });

  it('serves the user in the place where it stands, among those who wait without one', () => {
    const told = new Record();
    const ch = channel<number>();
    virtual(() => {
      ch.receive().subscribe(told.by('a'));
      ch.receive().withTimeout(9).subscribe(told.by('b'));
      ch.receive().subscribe(told.by('c'));
      for (const n of [1, 2, 3]) ch.trySend(n);
      check(ch);
    });
    expect(told.lines).toEqual(['a got 1', 'b got 2', 'c got 3']);
  });
});

describe.each(FORMS)('withSignal, waited for by $form', ({ perform }) => {
  it('fails with the reason of the signal, in the call that aborts', () => {
    const told = new Record();
    const ch = channel<number>();
    const controller = new AbortController();
    perform(ch.receive().withSignal(controller.signal), told.by('a'));
    controller.abort('enough');
    told.add('aborted');
    check(ch);
    expect(told.lines).toEqual(['a failed with enough', 'aborted']);
  });

  it('aborted already: fails without touching anything', () => {
    const told = new Record();
    const ch = channel<number>(2);
    ch.trySend(1);
    let subscribed = false;
    const source = new Observable<number>((subscriber) => {
      subscribed = true;
      subscriber.next(1);
    });
    const signal = AbortSignal.abort('enough');
    perform(ch.receive().withSignal(signal), told.by('receive'));
    perform(ch.send(2).withSignal(signal), told.by('send'));
    perform(until(source).withSignal(signal), told.by('until'));
    check(ch);
    expect(told.lines).toEqual(['receive failed with enough', 'send failed with enough', 'until failed with enough']);
    expect([ch.statistics().sent, ch.size, subscribed]).toEqual([1, 1, false]);
  });

  it('aborted after the commit changes nothing', () => {
    const told = new Record();
    const ch = channel<number>();
    const controller = new AbortController();
    perform(ch.receive().withSignal(controller.signal), told.by('a'));
    ch.trySend(1);
    controller.abort();
    expect(told.lines).toEqual(['a got 1']);
  });

  it('keeps its listener no longer than it waits', () => {
    const ch = channel<number>();
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const withdraw = perform(ch.receive().withSignal(signal), new Record().by('a'));
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 0]);
    withdraw();
    perform(ch.receive().withSignal(signal), new Record().by('a'));
    ch.trySend(1);
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([2, 2]);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });
});

describe('a signal', () => {
  it.each<[string, (op: Operation<number>, signal: AbortSignal) => Operation<number>]>([
    ['the signal outside', (op, signal) => op.withTimeout(9).withSignal(signal)],
    ['the deadline outside', (op, signal) => op.withSignal(signal).withTimeout(9)],
  ])('and a deadline on one operation disarm each other, with %s', (_, limit) => {
    const told = new Record();
    const ch = channel<number>();
    virtual(() => {
      const controller = new AbortController();
      const removed = vi.spyOn(controller.signal, 'removeEventListener');
      limit(ch.receive(), controller.signal).subscribe(told.by('late'));
      at(9, () => told.add(`${removed.mock.calls.length} removed`));
      at(20, () => controller.abort('enough'));
    });
    virtual(() => {
      const controller = new AbortController();
      limit(ch.receive(), controller.signal).subscribe(told.by('aborted'));
      at(3, () => controller.abort('enough'));
    });
    check(ch);
    expect(told.lines).toEqual(['late failed with TimeoutError', '1 removed', 'aborted failed with enough']);
  });

  it('that a callback aborts withdraws those who still wait, and nobody twice', () => {
    const told = new Record();
    const ch = channel<number>();
    const controller = new AbortController();
    ch.receive()
      .withSignal(controller.signal)
      .subscribe({
        error: () => {
          told.add('a failed');
          controller.abort('again');
          ch.receive().subscribe(told.by('c'));
        },
      });
    ch.receive().withSignal(controller.signal).subscribe(told.by('b'));
    controller.abort('enough');
    ch.trySend(1);
    check(ch);
    expect(told.lines).toEqual(['a failed', 'b failed with enough', 'c got 1']);
  });

  it('is looked at by poll before anything else', () => {
    const ch = channel<number>(1);
    ch.close();
    expect(() => poll(ch.receive().withSignal(AbortSignal.abort(new Error('enough'))))).toThrow('enough');
  });

  it('cancels the coroutine that it limits, and its clean-up runs', () => {
    const told = new Record();
    const controller = new AbortController();
    const inner = coroutine(function* () {
      try {
        yield* sleep(100);
      } finally {
        told.add('cleaned up');
      }
    });
    const task = go(function* () {
      yield* inner.withSignal(controller.signal);
    });
    controller.abort(new Error('enough'));
    expect(told.lines).toEqual(['cleaned up']);
    expect(() => task.result()).toThrow('enough');
  });
});
