import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, gate, go, select, sleep } from '../../src/index.ts';
import { WITHDRAWALS } from '../core/withdrawals.ts';
import { FORMS } from '../forms.ts';
import { check, Record, title } from '../record.ts';
import { at, virtual } from '../virtual.ts';

describe.each(FORMS)('a gate, by $form', ({ perform }) => {
  it('lets everybody wait until it is set, then go, in the order in which they came', () => {
    const told = new Record();
    const g = gate();
    for (const name of ['a', 'b', 'c']) perform(g.wait(), told.by(name));
    check(g);
    expect(told.take()).toEqual([]);
    g.set();
    check(g);
    expect(told.lines).toEqual(['a got undefined', 'b got undefined', 'c got undefined']);
    expect(g.isSet).toBe(true);
  });

  it('lets pass at once while it is set, and no more when it is cleared', () => {
    const told = new Record();
    const g = gate();
    g.set();
    perform(g.wait(), told.by('a'));
    expect(told.take()).toEqual(['a got undefined']);
    g.clear();
    expect(g.isSet).toBe(false);
    perform(g.wait(), told.by('b'));
    check(g);
    expect(told.take()).toEqual([]);
    g.set();
    expect(told.take()).toEqual(['b got undefined']);
  });

  it('forgets one who is withdrawn', () => {
    const told = new Record();
    const g = gate();
    const withdraw = perform(g.wait(), told.by('a'));
    perform(g.wait(), told.by('b'));
    withdraw();
    check(g);
    g.set();
    expect(told.lines).toEqual(['b got undefined']);
  });

  it('has let go all who waited when it is set and cleared in one go', () => {
    const told = new Record();
    const g = gate();
    perform(g.wait(), told.by('a'));
    perform(g.wait(), told.by('b'));
    g.set();
    g.clear();
    check(g);
    expect(told.lines).toEqual(['a got undefined', 'b got undefined']);
    perform(g.wait(), told.by('c'));
    expect(told.lines).toHaveLength(2);
  });

  it('is a case of a select', () => {
    const told = new Record();
    const g = gate();
    const c = channel<number>();
    perform(select({ pass: g.wait(), again: g.wait(), c }), told.by('a'));
    perform(select({ pass: g.wait(), c }), told.by('b'));
    c.trySend(1);
    check(g, c);
    expect(told.take()).toEqual(['a got c=1']);
    g.set();
    check(g, c);
    expect(told.take()).toEqual(['b got pass=undefined']);
    expect(c.statistics().waitingReceivers).toBe(0);
  });
});

describe('a gate', () => {
  it.each(WITHDRAWALS)('keeps nothing of one who is withdrawn by $how', ({ perform }) => {
    const told = new Record();
    const g = gate({ name: 'g' });
    virtual(() => {
      perform(g.wait(), () => told.add('withdrawn one passed'));
      at(6, () => {
        check(g);
        told.add(title(g));
        g.set();
      });
    });
    expect(told.lines).toEqual(['gate g (clear)']);
  });

  it('lets those go who waited when it was set, though the first of them clears it', () => {
    const told = new Record();
    const g = gate();
    g.wait().subscribe(() => {
      g.clear();
      told.add('a');
      g.wait().subscribe(told.by('a again'));
    });
    g.wait().subscribe(told.by('b'));
    g.set();
    check(g);
    expect(told.lines).toEqual(['a', 'b got undefined']);
    g.set();
    expect(told.lines).toEqual(['a', 'b got undefined', 'a again got undefined']);
  });

  it('lets one wait who comes while those who waited are being let go', () => {
    const told = new Record();
    const g = gate();
    // The teardown of the case that loses runs before anybody is told.
    const hasty = new Observable<never>(() => () => {
      g.clear();
      g.wait().subscribe(told.by('late'));
    });
    select({ pass: g.wait(), hasty }).subscribe(told.by('a'));
    g.wait().subscribe(told.by('b'));
    g.set();
    check(g);
    expect(told.lines).toEqual(['a got pass=undefined', 'b got undefined']);
    g.set();
    expect(told.lines).toHaveLength(3);
  });

  it('tells observers before coroutines', () => {
    const told = new Record();
    const g = gate();
    go(function* () {
      yield* g.wait();
      told.add('coroutine');
    });
    g.wait().subscribe(told.by('observer'));
    go(function* () {
      g.set();
      told.add('set');
      yield* sleep(0);
    }).cancel();
    check(g);
    expect(told.lines).toEqual(['observer got undefined', 'set', 'coroutine']);
  });

  it('is waited for by promise', async () => {
    const g = gate();
    const controller = new AbortController();
    const aborted = g.wait().promise({ signal: controller.signal });
    const passed = g.wait().promise();
    controller.abort('enough');
    g.set();
    await expect(aborted).rejects.toBe('enough');
    await expect(passed).resolves.toBeUndefined();
  });

  it('may be set twice, and cleared twice', () => {
    const g = gate();
    g.set();
    g.set();
    expect(g.isSet).toBe(true);
    g.clear();
    g.clear();
    check(g);
    expect(g.isSet).toBe(false);
  });

  it('says how it is, and how many wait', () => {
    const g = gate({ name: 'online' });
    g.wait().subscribe();
    expect(title(g)).toBe('gate online (clear, 1 waiting)');
    g.set();
    expect(title(g)).toBe('gate online (set)');
    expect(title(g.wait())).toBe('wait on online');
    expect(title(gate())).toMatch(/^gate#\d+ \(clear\)$/);
  });
});

describe('6.4 pulse', () => {
  it.each(FORMS)(
    'wakes exactly those that wait at the call, once, and the gate stays as it is: $form',
    ({ perform }) => {
      const told = new Record();
      const g = gate();
      g.pulse();
      perform(g.wait(), told.by('a'));
      const leave = perform(g.wait(), told.by('gone'));
      leave();
      told.take();
      g.pulse();
      check(g);
      perform(g.wait(), told.by('b'));
      expect([told.take().filter((line) => !line.startsWith('gone')), g.isSet]).toEqual([['a got undefined'], false]);
      g.pulse();
      expect(told.take()).toEqual(['b got undefined']);
    },
  );

  it('who waits again in its callback waits for the next', () => {
    const told = new Record();
    const g = gate();
    g.wait().subscribe(() => {
      told.add('first');
      g.wait().subscribe(() => told.add('again'));
      g.pulse();
    });
    g.wait().subscribe(() => told.add('second'));
    g.pulse();
    check(g);
    expect(told.lines).toEqual(['first', 'again', 'second']);
  });

  it('of a gate that is set changes nothing', () => {
    const g = gate();
    g.set();
    g.pulse();
    expect(g.isSet).toBe(true);
  });
});
