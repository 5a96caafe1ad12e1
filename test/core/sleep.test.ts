import { asapScheduler, asyncScheduler, queueScheduler, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { go, poll, select, sleep } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { Record } from '../record.ts';
import { frame, virtual } from '../virtual.ts';

describe.each(FORMS)('1.12 sleep, waited for by $form', ({ perform }) => {
  it.each([
    [3, 3],
    [0, 0],
    [-5, 0],
    [2.5, 2.5],
  ])('of %d ms ends in frame %d', (ms, when) => {
    const told = new Record();
    virtual(() => {
      perform(
        sleep(ms).map(() => frame()),
        told.by('a'),
      );
    });
    expect(told.lines).toEqual([`a got ${when}`]);
  });

  it('always goes through the scheduler, also for 0', () => {
    const told = new Record();
    virtual(() => {
      perform(sleep(0), told.by('a'));
      told.add('asked');
    });
    expect(told.lines).toEqual(['asked', 'a got undefined']);
  });

  it('takes the time from the scheduler that it is given', () => {
    const told = new Record();
    const scheduler = new VirtualTimeScheduler();
    perform(
      sleep(7, scheduler).map(() => scheduler.frame),
      told.by('a'),
    );
    scheduler.flush();
    expect(told.lines).toEqual(['a got 7']);
  });

  it('works with a scheduler that does not wait', () => {
    const told = new Record();
    perform(sleep(0, queueScheduler), told.by('a'));
    told.add('asked');
    expect(told.lines).toEqual(['a got undefined', 'asked']);
  });

  it('clears its timer when it is withdrawn', () => {
    vi.useFakeTimers();
    const withdraw = perform(sleep(1000), new Record().by('a'));
    const set = vi.getTimerCount();
    withdraw();
    expect([set, vi.getTimerCount()]).toEqual([1, 0]);
    vi.useRealTimers();
  });

  it('of Infinity sets no timer', () => {
    vi.useFakeTimers();
    perform(sleep(Infinity), new Record().by('a'));
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it.each([2_147_483_647, 2_147_483_648, 5_000_000_000])(
    'of as long as a native timer lasts, or longer, takes that long all the same: %d ms',
    (ms) => {
      const told = new Record();
      vi.useFakeTimers({ now: 0 });
      perform(
        sleep(ms).map(() => Date.now()),
        told.by('a'),
      );
      vi.runAllTimers();
      expect(told.lines).toEqual([`a got ${ms}`]);
      vi.useRealTimers();
    },
  );
});

describe('sleep', () => {
  it.each([NaN, '5' as never, undefined as never])('refuses %s, where it was written', (ms) => {
    expect(() => sleep(ms)).toThrow(RangeError);
  });

  it('may be withdrawn by its own callback', () => {
    const told = new Record();
    virtual(() => {
      const subscription = sleep(1).subscribe(() => {
        subscription.unsubscribe();
        told.add('withdrawn');
      });
    });
    expect(told.lines).toEqual(['withdrawn']);
  });

  it('sets no timer where it is only polled', () => {
    const scheduled = vi.spyOn(asyncScheduler, 'schedule');
    poll(sleep(5));
    expect(scheduled).not.toHaveBeenCalled();
    scheduled.mockRestore();
  });

  it('with a scheduler that does not wait can be polled', () => {
    expect([poll(sleep(0, queueScheduler)), poll(sleep(0))]).toEqual([
      { ok: true, value: undefined },
      { ok: false, closed: false },
    ]);
  });

  it('leaves a coroutine able to wait again, when the scheduler does not wait', () => {
    const told = new Record();
    const task = go(function* () {
      yield* sleep(0, queueScheduler);
      told.add('slept');
      yield* sleep(1000, new VirtualTimeScheduler());
    });
    told.add(String(task));
    expect(told.lines).toEqual(['slept', `${task.name}, waiting: sleep(1000)`]);
    task.cancel();
  });

  it('as a case, with a scheduler that does not wait, withdraws the other cases', () => {
    const told = new Record();
    vi.useFakeTimers();
    select({ now: sleep(0, queueScheduler), late: sleep(1000), later: sleep(2000, asapScheduler) }).subscribe(
      told.by('a'),
    );
    const timers = vi.getTimerCount();
    vi.useRealTimers();
    expect([told.lines, timers]).toEqual([['a got now=undefined'], 0]);
  });
});
