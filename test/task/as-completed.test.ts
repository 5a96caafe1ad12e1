import { defer, EMPTY, map, Subject, Subscriber, take, takeUntil } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { asCompleted, deferred, type Deferred, go, sleep } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { raise } from './jobs.ts';

function three(): [Deferred<string>, Deferred<string>, Deferred<string>] {
  return [deferred(), deferred(), deferred()];
}

describe('4.9 asCompleted', () => {
  it('emits the futures themselves, in the order in which they settle, in any way; then completes', () => {
    const told = new Record();
    virtual(() => {
      const [a, b, c] = three();
      asCompleted([a, b, c])
        .pipe(map((future) => `${frame()} ${'abc'[[a, b, c].indexOf(future)]} ${future.status}`))
        .subscribe(told.all('it'));
      at(1, () => c.reject('boom'));
      at(2, () => a.cancel());
      at(3, () => b.resolve('2'));
    });
    expect(told.lines).toEqual(['it got 1 c rejected', 'it got 2 a cancelled', 'it got 3 b resolved', 'it completed']);
  });

  it('emits those that have settled first, in the order of the input', () => {
    const told = new Record();
    const all = three();
    all[2].resolve('c');
    all[1].resolve('b');
    asCompleted(all).subscribe((future) => told.add(future.result()));
    expect(told.lines).toEqual(['b', 'c']);
    all[0].resolve('a');
    expect(told.lines).toEqual(['b', 'c', 'a']);
  });

  it('emits each once, though it be listed twice', () => {
    const told = new Record();
    const [a, b] = three();
    asCompleted([a, b, a, b]).subscribe({
      next: (future) => told.add(future.result()),
      complete: () => told.add('end'),
    });
    a.resolve('a');
    b.resolve('b');
    expect(told.lines).toEqual(['a', 'b', 'end']);
  });

  it('completes at once when there is none', () => {
    const told = new Record();
    asCompleted([]).subscribe(told.all('it'));
    expect(told.lines).toEqual(['it completed']);
  });

  it('emits what settles while it emits after that, never inside of it', () => {
    const told = new Record();
    const [a, b, c] = three();
    a.resolve('a');
    asCompleted([c, a, b]).subscribe((future) => {
      told.add(`begin ${future.result()}`);
      if (future === a) c.resolve('c');
      if (future === c) b.resolve('b');
      told.add(`end ${future.result()}`);
    });
    expect(told.lines).toEqual(['begin a', 'end a', 'begin c', 'end c', 'begin b', 'end b']);
  });

  it('leaves nothing behind when it is unsubscribed, from inside or outside', () => {
    const told = new Record();
    const all = three();
    all[0].resolve('a');
    all[1].resolve('b');
    asCompleted(all)
      .pipe(take(1))
      .subscribe((future) => told.add(future.result()));
    const waiting = asCompleted(all).subscribe();
    expect(all[2].waiters).toBe(1);
    waiting.unsubscribe();
    const stop = new Subject<void>();
    const late = defer(() => {
      stop.next();
      return asCompleted(all);
    });
    late.pipe(takeUntil(stop)).subscribe(() => told.add('never'));
    check(...all);
    expect(all.map(({ waiters }) => waiters)).toEqual([0, 0, 0]);
    all[2].resolve('c');
    expect(told.lines).toEqual(['a']);
  });

  it('can be subscribed by many, each from the beginning', () => {
    const told = new Record();
    const [a, b] = three();
    const both = asCompleted([a, b]);
    both.subscribe((future) => told.add(`x ${future.result()}`));
    b.resolve('b');
    both.subscribe((future) => told.add(`y ${future.result()}`));
    a.resolve('a');
    expect(told.lines).toEqual(['x b', 'y b', 'x a', 'y a']);
  });

  it('takes tasks, and counts as observing them', () => {
    const told = new Record();
    const reports = reportsOf(() => {
      const tasks = [3, 1, 2].map((ms) =>
        go(function* () {
          yield* sleep(ms);
          raise(ms);
        }),
      );
      asCompleted(tasks).subscribe((task) => told.add(`${frame()} ${task.status}`));
    });
    expect(told.lines).toEqual(['1 rejected', '2 rejected', '3 rejected']);
    expect(reports).toEqual([]);
  });

  it('reports what a Subscriber written by hand throws, and goes on for the others', () => {
    const told = new Record();
    const reports = reportsOf(() => {
      const byHand = new Subscriber<unknown>(EMPTY as never);
      byHand.next = (): void => raise(new Error('by hand'));
      const one = deferred<string>();
      asCompleted([one]).subscribe(byHand);
      asCompleted([one]).subscribe(() => told.add('told'));
      one.resolve('x');
    });
    expect(told.lines).toEqual(['told']);
    expect(reports).toEqual([new Error('by hand')]);
  });

  it('rejects what is no list of futures', () => {
    expect(() => asCompleted([1 as never])).toThrow(
      new TypeError('asCompleted: input 0 must be a task or a deferred; got 1'),
    );
  });
});
