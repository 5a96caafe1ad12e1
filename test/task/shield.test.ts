import { describe, expect, it } from 'vitest';
import { channel, coroutine, deferred, gather, go, poll, select, shield, sleep, until } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { WAYS } from './ways.ts';

describe.each(WAYS)('4.9 shield, by $way', ({ of: by }) => {
  it('emits what the operation does, and fails as it does', () => {
    const told = new Record();
    virtual(() => {
      by(shield(sleep(2).map(() => 'x'))).subscribe(told.by('value'));
      const failing = coroutine(function* () {
        yield* sleep(3);
        throw new Error('boom');
      });
      by(shield(failing)).subscribe(told.by('error'));
    });
    expect(told.lines).toEqual(['value got x', 'error failed with boom']);
  });

  it('runs the operation to its end though the one who waits has left', () => {
    const told = new Record();
    virtual(() => {
      const work = coroutine(function* () {
        try {
          yield* sleep(5);
          told.add(`${frame()} to the end`);
        } finally {
          told.add('once');
        }
      });
      const waiting = by(shield(work)).subscribe(told.all('shield'));
      at(2, () => waiting.unsubscribe());
    });
    expect(told.lines).toEqual(['5 to the end', 'once']);
  });

  it('reports a late failure', () => {
    const told = new Record();
    const reports = reportsOf(() => {
      const work = coroutine(function* () {
        yield* sleep(5);
        throw new Error('late');
      });
      const waiting = by(shield(work)).subscribe(told.all('shield'));
      at(2, () => waiting.unsubscribe());
    });
    expect(told.lines).toEqual([]);
    expect(reports).toEqual([new Error('late')]);
  });

  it('performs anew for each who subscribes', () => {
    let runs = 0;
    const told = new Record();
    const work = by(
      shield(
        coroutine(function* () {
          return ++runs;
        }),
      ),
    );
    work.subscribe(told.by('x'));
    work.subscribe(told.by('y'));
    expect(told.lines).toEqual(['x got 1', 'y got 2']);
  });
});

describe('4.9 shield', () => {
  it('resolves a promise, and goes on when that is given up', async () => {
    await expect(shield(until(Promise.resolve(1))).promise()).resolves.toBe(1);
    const go = deferred<void>();
    const controller = new AbortController();
    let ended = false;
    const waiting = shield(go.map(() => (ended = true))).promise({ signal: controller.signal });
    controller.abort('given up');
    await expect(waiting).rejects.toBe('given up');
    go.resolve();
    expect(ended).toBe(true);
  });

  it('lets a cancelled coroutine go on at once, and the work without it', () => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        try {
          yield* shield(sleep(5).map(() => told.add(`${frame()} worked`)));
        } finally {
          told.add(`${frame()} cancelled`);
        }
      });
      at(2, () => task.cancel());
    });
    expect(told.lines).toEqual(['2 cancelled', '5 worked']);
  });

  it('protects what a finally block that was waiting already waits for', () => {
    const told = new Record();
    virtual(() => {
      const goodbye = coroutine(function* () {
        yield* sleep(3);
        told.add(`${frame()} goodbye`);
      });
      for (const protect of [shield, (operation: typeof goodbye) => operation]) {
        const task = go(function* () {
          try {
            return 1;
          } finally {
            yield* protect(goodbye);
          }
        });
        at(1, () => task.cancel());
      }
    });
    expect(told.lines).toEqual(['3 goodbye']);
  });

  it('in the finally block of a cancelled coroutine runs to its end', () => {
    const told = new Record();
    virtual(() => {
      const task = go(function* () {
        try {
          yield* sleep(9);
        } finally {
          yield* shield(sleep(3));
          told.add(`${frame()} clean`);
        }
      });
      at(1, () => task.cancel());
      at(2, () => task.cancel());
    });
    expect(told.lines).toEqual(['4 clean']);
  });

  it('commits at once what is ready, and is polled without a trace when nothing is', () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    expect(poll(shield(ch.receive()))).toEqual({ ok: true, value: 1 });
    expect(poll(shield(ch.receive()))).toEqual({ ok: false, closed: false });
    expect(ch.statistics().waitingReceivers).toBe(0);
    ch.close();
    expect(poll(shield(ch.receive()))).toEqual({ ok: false, closed: true });
    check(ch);
  });

  it('is polled as what it shields: a coroutine that does not wait commits, one that would wait for sure is not begun', () => {
    const told = new Record();
    const quick = coroutine(function* () {
      told.add('begun');
      return 1;
    });
    expect(poll(shield(quick))).toEqual({ ok: true, value: 1 });
    expect(poll(shield(gather([quick, deferred()])))).toEqual({ ok: false, closed: false });
    expect(told.lines).toEqual(['begun']);
  });

  it('gives back what it took for a gather that fails', () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    const failed = deferred<number>();
    failed.reject('boom');
    const told = new Record();
    gather([shield(ch.receive()), failed, sleep(1)]).subscribe(told.by('gather'));
    expect(told.lines).toEqual(['gather failed with boom']);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
    check(ch);
  });

  it('goes on when it loses a select', () => {
    const told = new Record();
    virtual(() => {
      const work = sleep(5).map(() => told.add(`${frame()} worked`));
      select({ work: shield(work), late: sleep(2) }).subscribe(told.by('select'));
    });
    expect(told.lines).toEqual(['select got late=undefined', '5 worked']);
  });

  it('performs as a part of a gather, and a gather within it', () => {
    const told = new Record();
    virtual(() => {
      const work = sleep(3).map(() => told.add(`${frame()} worked`));
      const inside = gather([shield(work), sleep(1)]).subscribe(told.by('gather'));
      shield(gather([sleep(2), sleep(1)])).subscribe(told.by('shield'));
      at(2, () => inside.unsubscribe());
    });
    expect(told.lines).toEqual(['shield got [null,null]', '3 worked']);
  });

  it('rejects what is no operation', () => {
    expect(() => shield(7 as never)).toThrow(new TypeError('shield: needs an operation (see until); got 7'));
  });
});
