// @vitest-environment jsdom
// The same where PLATFORM_ID says that it is a server: what holds a page up, and what does not.

import { bed, hearing, useTestBed } from './bed.ts';
import {
  ApplicationRef,
  makeStateKey,
  PLATFORM_ID,
  provideZonelessChangeDetection,
  TransferState,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { config, interval, map, of, Subject, timer } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  injectJobQueue,
  injectScope,
  injectTask,
  latestByKey,
  nextFrame,
  optimisticState,
  provideRxsluice,
} from '../../src/angular/index.ts';
import { type Coroutine, select, sleep } from '../../src/index.ts';
import { runMarblesAsync } from '../../src/testing/index.ts';

useTestBed(provideZonelessChangeDetection(), { provide: PLATFORM_ID, useValue: 'server' });

beforeEach(() => {
  config.onUnhandledError = null;
});
afterEach(() => {
  config.onUnhandledError = null;
});

/** When the application is stable, at most so late. */
async function stableAt(): Promise<number> {
  const start = Date.now();
  await TestBed.inject(ApplicationRef).whenStable();
  return Date.now() - start;
}

function failIfLate(name: string): void {
  if (name === 'late') throw new Error(name);
}

describe('on a server', () => {
  it('waits for what is pending, and for nothing else', async () => {
    await runMarblesAsync(async () => {
      const { made, destroy } = bed(() => ({
        other: injectTask(() => sleep(1000)),
        scope: injectScope(),
        task: injectTask(() => timer(50).pipe(map(() => 'data')), { pending: true }),
        jobs: injectJobQueue((ms: number) => timer(ms)),
        held: injectJobQueue((ms: number) => timer(ms), { pending: true }),
      }));
      made.scope.go(() => sleep(1000));
      made.jobs.run(1000);
      made.held.run(30);
      made.held.run(40);
      expect(await stableAt()).toBeGreaterThanOrEqual(70);
      expect(Date.now()).toBeLessThan(200);
      expect([made.task.value(), made.held.status(), made.other.status()]).toEqual(['data', 'done', 'pending']);
      made.held.run(500);
      expect(await stableAt()).toBeGreaterThanOrEqual(500);
      destroy();
    });
  });

  it('waits no longer for what is cancelled or destroyed, but for its clean-up, and for what drains', async () => {
    await runMarblesAsync(async () => {
      const first = bed(() => injectTask(() => sleep(1000), { pending: true }));
      first.made.cancel();
      expect(await stableAt()).toBeLessThan(100);
      const second = bed(() => ({
        task: injectTask(
          function* (): Coroutine<void> {
            try {
              yield* sleep(1000);
            } finally {
              yield* sleep(200);
            }
          },
          { pending: true },
        ),
        jobs: injectJobQueue(() => timer(1000), { pending: true }),
      }));
      second.made.jobs.run(1);
      second.destroy();
      const cleaned = await stableAt();
      expect(cleaned).toBeGreaterThanOrEqual(200);
      expect(cleaned).toBeLessThan(400);
      const third = bed(() => injectJobQueue(() => timer(300), { onDestroy: 'drain' }));
      third.made.run(1);
      expect(await stableAt()).toBeLessThan(100);
      third.destroy();
      expect(await stableAt()).toBeGreaterThan(100);
      expect(third.made.status()).toBe('done');
    });
  });

  it('sees no frames', async () => {
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const prices = new Subject<number>();
      const { made, destroy } = bed(() => ({
        framed: injectTask(() => nextFrame()),
        later: injectTask(function* () {
          yield* sleep(1);
          return (yield* select({ frame: nextFrame(), time: sleep(100) })).key;
        }),
        latest: latestByKey(prices, (n) => n),
        outside: nextFrame(),
      }));
      const frames: unknown[] = [];
      const waiting = made.outside.subscribe(() => frames.push('frame'));
      expect(prices.observed).toBe(false);
      await sleep(200).promise();
      expect([made.framed.status(), made.later.value(), made.latest().size, frames]).toEqual([
        'pending',
        'time',
        0,
        [],
      ]);
      destroy();
      waiting.unsubscribe();
    });
  });

  it('goes on when an error was observed by nobody, with or without the providers', async () => {
    const fails = function* (): Coroutine<void> {
      yield* sleep(1);
      throw new Error('boom');
    };
    const shout = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await runMarblesAsync(async () => {
      bed(() => injectTask(fails));
      await sleep(20).promise();
    });
    expect(shout.mock.calls).toEqual([['ERROR', new Error('boom')]]);
    shout.mockRestore();
  });

  it('tells the ErrorHandler of its application, and survives what comes after that', async () => {
    const { errors, provider } = hearing();
    TestBed.configureTestingModule({ providers: [provider, provideRxsluice()] });
    const shout = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await runMarblesAsync(async () => {
      const { made } = bed(() =>
        injectJobQueue(function* (name: string): Coroutine<void> {
          try {
            yield* sleep(5);
            throw new Error(name);
          } finally {
            yield* sleep(50);
            failIfLate(name);
          }
        }),
      );
      made.run('first');
      await sleep(100).promise();
      made.run('late');
      TestBed.resetTestingModule();
      await sleep(200).promise();
    });
    expect(errors).toEqual([new Error('first')]);
    expect(shout.mock.calls).toEqual([['ERROR', new Error('late')]]);
    shout.mockRestore();
  });

  it('hands the committed state over, and not what is unsaved', () => {
    const { made: state } = bed(() => optimisticState({ n: 0 }, { transferKey: 'count' }));
    const transfer = TestBed.inject(TransferState);
    const key = makeStateKey<{ n: number }>('count');
    expect(transfer.get(key, null)).toEqual({ n: 0 });
    state.update(
      ({ n }) => ({ n: n + 1 }),
      () => of(1),
    );
    state.update(
      ({ n }) => ({ n: n + 100 }),
      () => interval(1000),
    );
    expect([transfer.get(key, null), state.value(), transfer.toJson()]).toEqual([
      { n: 1 },
      { n: 101 },
      '{"count":{"n":1}}',
    ]);
  });

  it('begins in the page with what the server rendered, once', () => {
    TestBed.configureTestingModule({ providers: [{ provide: PLATFORM_ID, useValue: 'browser' }] });
    const transfer = TestBed.inject(TransferState);
    transfer.set(makeStateKey<number>('count'), 5);
    const make = () => bed(() => optimisticState(0, { transferKey: 'count' })).made.value();
    expect([make(), make(), transfer.isEmpty]).toEqual([5, 0, true]);
  });
});
