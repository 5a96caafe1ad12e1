/* eslint-disable no-unsafe-finally -- what a finally block throws is what is tested here */
import { of, race, Subject, switchMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, coroutine, go, poll, select, sleep, type TaskContext } from '../../src/index.ts';
import { check, Record, show } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';

describe('a coroutine', () => {
  it('is cold: each subscription runs the body anew', () => {
    const told = new Record();
    let runs = 0;
    const counted = coroutine(function* () {
      return ++runs;
    });
    expect(runs).toBe(0);
    counted.subscribe(told.all('first'));
    counted.subscribe(told.all('second'));
    expect(told.lines).toEqual(['first got 1', 'first completed', 'second got 2', 'second completed']);
  });

  it('runs to its first wait on subscription, in a turn of others too', () => {
    const told = new Record();
    const a = channel<number>();
    go(function* () {
      coroutine(function* () {
        told.add('started');
        told.add(`got ${yield* a.receive()}`);
      }).subscribe();
      told.add('subscribed');
      yield* a.send(1);
    });
    check(a);
    expect(told.lines).toEqual(['started', 'subscribed', 'got 1']);
  });

  it('waited for by another one does not suspend that when it does not wait itself', () => {
    const told = new Record();
    const a = channel<number>();
    go(function* () {
      yield* a.receive();
      told.add('other');
    });
    go(function* () {
      a.trySend(1);
      const value = yield* coroutine(function* () {
        return 1;
      });
      told.add(`got ${value}`);
    });
    expect(told.lines).toEqual(['got 1', 'other']);
  });

  it('fails with what its body throws', () => {
    const told = new Record();
    const broken = coroutine(function* () {
      throw new Error('no');
    });
    broken.subscribe(told.by('subscriber'));
    go(function* () {
      try {
        yield* broken;
      } catch (error) {
        told.add(`caught ${show(error)}`);
      }
    });
    expect(told.lines).toEqual(['subscriber failed with no', 'caught no']);
  });

  it('4.3 is cancelled by unsubscribing, finally blocks included', () => {
    const told = new Record();
    const a = channel<number>();
    const subscription = coroutine(function* () {
      try {
        yield* a.receive();
      } catch {
        told.add('caught');
      } finally {
        told.add('cleaned up');
      }
    }).subscribe(told.all('subscriber'));
    subscription.unsubscribe();
    told.add('unsubscribe returned');
    check(a);
    expect(told.lines).toEqual(['cleaned up', 'unsubscribe returned']);
    expect(a.statistics().waitingReceivers).toBe(0);
  });

  it('is cancelled by every operator that unsubscribes', () => {
    const told = new Record();
    virtual(() => {
      const work = coroutine(function* () {
        try {
          yield* sleep(10);
          return 'done';
        } finally {
          told.add(`left at ${frame()}`);
        }
      });
      const source = new Subject<number>();
      source.pipe(switchMap(() => work)).subscribe(told.by('latest'));
      at(1, () => source.next(1));
      at(4, () => source.next(2));
      race(
        work,
        sleep(2).map(() => 'sleep'),
      ).subscribe(told.by('race'));
    });
    expect(told.lines).toEqual(['race got sleep', 'left at 2', 'left at 4', 'left at 14', 'latest got done']);
  });

  it('4.2 that unsubscribes itself while it runs is cancelled at its next wait', () => {
    const told = new Record();
    const a = channel<number>(2);
    virtual(() => {
      const inner = coroutine(function* () {
        yield* sleep(1);
        told.add('running');
        subscription.unsubscribe();
        yield* a.send(1);
        told.add('not reached');
      });
      const subscription = inner.subscribe(told.by('subscriber'));
    });
    check(a);
    expect(told.lines).toEqual(['running']);
    expect(a.size).toBe(0);
  });

  it('reports what its clean-up throws when nobody waits for that any more, once', () => {
    const error = new Error('clean-up failed');
    const reported = reportsOf(() => {
      coroutine(function* () {
        try {
          yield* sleep(10);
        } finally {
          throw error;
        }
      })
        .subscribe()
        .unsubscribe();
    });
    expect(reported).toEqual([error]);
  });

  it('reports what its clean-up throws when it lost a select', () => {
    const told = new Record();
    const error = new Error('clean-up failed');
    const reported = reportsOf(() => {
      const work = coroutine(function* () {
        try {
          yield* sleep(10);
        } finally {
          yield* sleep(1);
          throw error;
        }
      });
      select({ work, soon: sleep(2) }).subscribe(told.by('s'));
    });
    expect(told.lines).toEqual(['s got soon=undefined']);
    expect(reported).toEqual([error]);
  });

  it('does not commit by poll when it waits: it is cancelled', () => {
    const told = new Record();
    const work = coroutine(function* () {
      try {
        yield* channel().receive();
      } finally {
        told.add('cleaned up');
      }
    });
    expect(poll(work)).toEqual({ ok: false, closed: false });
    expect(told.lines).toEqual(['cleaned up']);
  });

  it('has a context: a name of its own, and a signal that aborts when it is left', () => {
    const contexts: TaskContext[] = [];
    const work = coroutine(function* (context) {
      contexts.push(context);
      yield* channel().receive();
    });
    const first = work.subscribe();
    work.subscribe();
    const signals = contexts.map((context) => context.signal);
    expect(contexts[0]!.name).toMatch(/^coroutine#\d+$/);
    expect(contexts[0]!.name).not.toBe(contexts[1]!.name);
    first.unsubscribe();
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
    expect(contexts[0]!.signal).toBe(signals[0]);
  });

  it('does not abort its signal when it ends by itself', () => {
    let signal = AbortSignal.abort();
    coroutine(function* (context) {
      signal = context.signal;
    }).subscribe();
    expect(signal.aborted).toBe(false);
  });

  it.each([[undefined], [5], [of(1)]])('rejects a body that is no function, where it is written: %s', (body) => {
    expect(() => coroutine(body as never)).toThrow(TypeError);
    expect(() => coroutine(body as never)).toThrow(/^coroutine: the body must be a generator function; got /);
  });

  it('fails when the body is a function that is no generator', () => {
    const told = new Record();
    coroutine((() => 5) as never).subscribe({ error: (error: unknown) => told.add((error as Error).message) });
    expect(told.lines).toEqual(['coroutine: the body must be a generator function; it returned 5']);
  });
});
