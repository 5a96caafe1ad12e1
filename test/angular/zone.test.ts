// @vitest-environment jsdom
// The same in an application with zone.js.

import '@angular/compiler';
import 'zone.js';
import 'zone.js/testing';
import { bed, hearing, useTestBed } from './bed.ts';
import { ApplicationRef, NgZone, PLATFORM_ID, provideZoneChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { interval, map, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  injectJobQueue,
  injectTask,
  latestByKey,
  optimisticState,
  provideRxsluice,
  untilSignal,
} from '../../src/angular/index.ts';
import { channel, type Coroutine, sleep } from '../../src/index.ts';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

useTestBed(provideZoneChangeDetection());

describe('with zone.js', () => {
  it('shows what jobs and tasks do, and leaves nothing behind, whenever it is destroyed', async () => {
    for (const moment of [0, 5, 10, 25, 40]) {
      await runMarblesAsync(async ({ expectIdle }) => {
        expectIdle();
        const { fixture, made, text, destroy } = bed(
          () => {
            const jobs = injectJobQueue((n: number) => timer(10).pipe(map(() => n)));
            const task = injectTask(function* (): Coroutine<string> {
              yield* untilSignal(() => jobs.value() === 2);
              yield* sleep(10);
              return 'end';
            });
            return { jobs, task };
          },
          ({ jobs, task }) => `${jobs.status()} ${jobs.value()} ${task.status()} ${task.value()}`,
        );
        fixture.autoDetectChanges();
        made.jobs.run(1);
        made.jobs.run(2);
        await sleep(moment + 1).promise();
        const shown = text();
        destroy();
        expect(shown).toBe(
          {
            0: 'running undefined pending undefined',
            5: 'running undefined pending undefined',
            10: 'running 1 pending undefined',
            25: 'done 2 pending undefined',
            40: 'done 2 resolved end',
          }[moment],
        );
      });
    }
  });

  it('paints a fast source once a frame, and a burst once', async () => {
    await runMarblesAsync(async () => {
      const ticks = channel<number>();
      const { fixture, made, paints, text, destroy } = bed(
        () => ({ latest: latestByKey(ticks, (n) => n % 3), state: optimisticState(0) }),
        ({ latest, state }) => `${[...latest().values()].join()} ${state.value()}`,
      );
      fixture.autoDetectChanges();
      const before = paints();
      TestBed.inject(NgZone).runOutsideAngular(() =>
        interval(1)
          .pipe(take(64))
          .subscribe((n) => ticks.trySend(n)),
      );
      await sleep(100).promise();
      expect(text()).toBe('63,61,62 0');
      expect(paints() - before).toBeLessThanOrEqual(6);
      const painted = paints();
      TestBed.inject(NgZone).run(() => {
        for (let i = 0; i < 100; i++)
          made.state.update(
            (n) => n + 1,
            () => [i],
          );
      });
      await fixture.whenStable();
      expect([text(), paints() - painted]).toEqual(['63,61,62 100', 1]);
      destroy();
    });
  });

  it('runs in a synchronous run, where changes are detected by hand', () => {
    runMarbles(({ flush, expectIdle }) => {
      expectIdle();
      const { fixture, made, text, destroy } = bed(
        () => injectJobQueue((n: number) => timer(10).pipe(map(() => n))),
        (jobs) => `${jobs.status()} ${jobs.value()}`,
      );
      made.run(1);
      fixture.detectChanges();
      const seen = [text()];
      timer(11).subscribe(() => {
        fixture.detectChanges();
        seen.push(text());
        made.run(2);
        destroy();
      });
      flush();
      expect(seen).toEqual(['running undefined', 'done 1']);
    });
  });

  it('holds a page on a server up by what is pending, and by nothing else', async () => {
    const { errors, provider } = hearing();
    TestBed.configureTestingModule({
      providers: [{ provide: PLATFORM_ID, useValue: 'server' }, provider, provideRxsluice()],
    });
    await runMarblesAsync(async () => {
      const { made, destroy } = bed(() => ({
        other: injectTask(() => sleep(1000)),
        task: injectTask(() => sleep(50), { pending: true }),
        jobs: injectJobQueue((ms: number) => timer(ms)),
      }));
      TestBed.inject(NgZone).run(() => made.jobs.run(1000));
      await TestBed.inject(ApplicationRef).whenStable();
      expect([Date.now() >= 50, Date.now() < 500, made.task.status()]).toEqual([true, true, 'resolved']);
      destroy();
      await sleep(2000).promise();
    });
    expect(errors).toEqual([]);
  });
});
