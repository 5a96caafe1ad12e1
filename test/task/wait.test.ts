import { describe, expect, it } from 'vitest';
import { deferred, type Deferred, go, poll, select, sleep, wait, type WaitOptions } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { WAYS } from './ways.ts';

type Name = 'a' | 'b' | 'c';

class Three {
  readonly all: readonly Deferred<string>[] = [deferred(), deferred(), deferred()];
  wait(options?: WaitOptions) {
    return wait(this.all, options).map(({ done, pending }) => `${this.#names(done)}|${this.#names(pending)}`);
  }
  #names(futures: readonly Deferred<string>[]): string {
    return futures.map((future) => 'abc'[this.all.indexOf(future)]).join('');
  }
  get(name: Name): Deferred<string> {
    return this.all['abc'.indexOf(name)]!;
  }
  check(): void {
    check(...this.all);
  }
}

describe.each(WAYS)('4.9 wait, by $way', ({ of: by }) => {
  it('waits for all unless told otherwise, whichever way they end; done in the order of the input', () => {
    const told = new Record();
    virtual(() => {
      const three = new Three();
      by(three.wait()).subscribe((found) => told.add(`${frame()} ${found}`));
      at(1, () => three.get('c').resolve('3'));
      at(2, () => three.get('a').reject('1'));
      at(3, () => three.get('b').cancel());
    });
    expect(told.lines).toEqual(['3 abc|']);
  });

  it('until the first settles, in any way', () => {
    const told = new Record();
    virtual(() => {
      for (const settle of [
        (one: Deferred<string>) => one.resolve('1'),
        (one: Deferred<string>) => one.reject('1'),
        (one: Deferred<string>) => one.cancel(),
      ]) {
        const three = new Three();
        by(three.wait({ until: 'first' })).subscribe((found) => told.add(`${frame()} ${found}`));
        at(1, () => settle(three.get('b')));
        at(2, () => {
          three.check();
          expect(three.all.map(({ waiters }) => waiters)).toEqual([0, 0, 0]);
        });
      }
    });
    expect(told.lines).toEqual(['1 b|ac', '1 b|ac', '1 b|ac']);
  });

  it('until the first error; to be cancelled is none', () => {
    const told = new Record();
    virtual(() => {
      const three = new Three();
      by(three.wait({ until: 'firstError' })).subscribe((found) => told.add(`${frame()} ${found}`));
      at(1, () => three.get('b').cancel());
      at(2, () => three.get('c').reject('boom'));
      const well = new Three();
      by(well.wait({ until: 'firstError' })).subscribe((found) => told.add(`${frame()} ${found}`));
      at(3, () => {
        well.get('a').cancel();
        well.get('c').resolve('1');
        well.get('b').resolve('2');
      });
    });
    expect(told.lines).toEqual(['2 bc|a', '3 abc|']);
  });

  it('stops at the timeout, which is no error; both lists in the order of the input', () => {
    const told = new Record();
    virtual(() => {
      const three = new Three();
      by(three.wait({ timeout: 5 })).subscribe((found) => told.add(`${frame()} ${found}`));
      at(1, () => three.get('c').resolve('3'));
      at(2, () => three.get('b').resolve('2'));
      at(9, () => three.get('a').resolve('1'));
    });
    expect(told.lines).toEqual(['5 bc|a']);
  });

  it('leaves no waiter and no timer when it is withdrawn, and the futures as they are', () => {
    const told = new Record();
    const three = new Three();
    const last = virtual(() => {
      const waiting = by(three.wait({ timeout: 500 })).subscribe(told.all('wait'));
      at(2, () => waiting.unsubscribe());
    });
    expect(last).toBe(2);
    expect(three.all.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending']);
    three.check();
    expect(three.all.map(({ waiters }) => waiters)).toEqual([0, 0, 0]);
    for (const one of three.all) one.resolve('late');
    expect(told.lines).toEqual([]);
  });

  it('leaves no timer when it is done', () => {
    const last = virtual(() => {
      const three = new Three();
      by(three.wait({ timeout: 500, until: 'first' })).subscribe();
      at(2, () => three.get('a').resolve('1'));
    });
    expect(last).toBe(2);
  });
});

describe('4.9 wait', () => {
  it('resolves a promise', async () => {
    const task = go(() => Promise.resolve(1));
    const { done, pending } = await wait([task]).promise();
    expect(done[0]).toBe(task);
    expect([done.length, pending.length]).toEqual([1, 0]);
  });

  it('cancels none', () => {
    const task = go(sleep(99));
    virtual(() => wait([task], { timeout: 1 }).subscribe());
    expect(task.status).toBe('pending');
    task.cancel();
  });

  it('commits at once what is so already: all settled, the first, an error, no time, no futures', () => {
    const three = new Three();
    three.get('b').reject('2');
    expect(poll(three.wait())).toEqual({ ok: false, closed: false });
    expect(poll(three.wait({ timeout: 0 }))).toEqual({ ok: true, value: 'b|ac' });
    expect(poll(three.wait({ timeout: -1 }))).toEqual({ ok: true, value: 'b|ac' });
    expect(poll(three.wait({ until: 'first' }))).toEqual({ ok: true, value: 'b|ac' });
    expect(poll(three.wait({ until: 'firstError' }))).toEqual({ ok: true, value: 'b|ac' });
    expect(poll(wait([], { until: 'first' }))).toEqual({ ok: true, value: { done: [], pending: [] } });
    three.check();
  });

  it('does not wait for those that have settled before', () => {
    const told = new Record();
    const three = new Three();
    three.get('a').resolve('1');
    three.get('c').reject('3');
    three.wait().subscribe(told.by('wait'));
    three.get('b').resolve('2');
    expect(told.lines).toEqual(['wait got abc|']);
    three.check();
  });

  it('counts as observing them', () => {
    const reports = reportsOf(() => {
      const three = new Three();
      three.wait().subscribe();
      at(1, () => three.get('a').reject('1'));
      const settled = new Three();
      settled.get('a').reject('1');
      settled.wait({ until: 'first' }).subscribe();
    });
    expect(reports).toEqual([]);
  });

  it('of one future twice has it twice', () => {
    const one = deferred<number>();
    one.resolve(1);
    expect(poll(wait([one, one]).map(({ done, pending }) => [done.length, pending.length]))).toEqual({
      ok: true,
      value: [2, 0],
    });
  });

  it('is not the list that was given: to change that later changes nothing', () => {
    const list = [deferred<number>()];
    const waiting = wait(list, { timeout: 0 });
    list.pop();
    expect(poll(waiting.map(({ pending }) => pending.length))).toEqual({ ok: true, value: 1 });
  });

  it('gives way to an outer deadline at the same moment', () => {
    const told = new Record();
    virtual(() => {
      wait([deferred()], { timeout: 5 }).withTimeout(5).subscribe(told.by('wait'));
      select({ wait: wait([deferred()], { timeout: 5 }).map(() => 1), late: sleep(5) }).subscribe(told.by('select'));
    });
    expect(told.lines[0]).toBe('wait failed with TimeoutError');
    expect(told.lines).toHaveLength(2);
  });

  it('rejects what is no list of futures, and options that make no sense', () => {
    expect(() => wait(1 as never)).toThrow(new TypeError('wait: needs an array of futures; got 1'));
    expect(() => wait([sleep(1) as never])).toThrow(
      new TypeError('wait: input 0 must be a task or a deferred; got an instance of Sleep'),
    );
    expect(() => wait([], { until: 'last' as never })).toThrow(
      new TypeError('wait: until must be first or firstError or all; got "last"'),
    );
    expect(() => wait([], { timeout: NaN })).toThrow(new RangeError('wait: timeout must be a number; got NaN'));
    expect(() => wait([], { timeout: '5' as never })).toThrow(
      new RangeError('wait: timeout must be a number; got "5"'),
    );
  });
});
