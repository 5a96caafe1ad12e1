// @vitest-environment jsdom
import { bed, hearing, useTestBed } from './bed.ts';
import { effect, inject, Injector, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { map, NEVER, of, Subject, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { injectJobQueue, injectTask, type JobQueueRef, provideRxsluice } from '../../src/angular/index.ts';
import { channel, type Coroutine, sleep } from '../../src/index.ts';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

useTestBed();

const look = <T, R>(ref: JobQueueRef<T, R>): unknown[] => [
  ref.status(),
  ref.active(),
  ref.pending(),
  ref.value(),
  ref.error(),
];

/** Takes 10, and brings the input. */
const slow = <T>(input: T) => timer(10).pipe(map(() => input));

describe('injectJobQueue', () => {
  it('shows what goes on, in the turn in which it does', () => {
    runMarbles(({ flush }) => {
      const { made: saves } = bed(() =>
        injectJobQueue((n: number) => (n < 0 ? throwError(() => new Error(`no ${n}`)) : slow(n))),
      );
      const seen: unknown[] = [look(saves)];
      const refs = [saves.run(1), saves.run(2)];
      seen.push(look(saves), [refs[0]?.state(), refs[1]?.state()]);
      saves.jobs.outcomes$.subscribe(({ status }) => seen.push([status, ...refs.map((ref) => ref.state())]));
      sleep(15).subscribe(() => seen.push(look(saves)));
      sleep(25).subscribe(() => {
        seen.push(
          look(saves),
          refs.map((ref) => ref.value()),
        );
        saves.run(-1);
        seen.push(look(saves));
      });
      flush();
      expect(seen).toEqual([
        ['idle', 0, 0, undefined, undefined],
        ['running', 1, 1, undefined, undefined],
        ['running', 'waiting'],
        ['done', 'done', 'waiting'],
        ['running', 1, 0, 1, undefined],
        ['done', 'done', 'done'],
        ['done', 0, 0, 2, undefined],
        [1, 2],
        ['failed', 'done', 'done'],
        ['failed', 0, 0, 2, new Error('no -1')],
      ]);
    });
  });

  it('shows progress, attempts and the end of a job, also what comes at once', () => {
    runMarbles(({ flush }) => {
      const uploads = bed(() =>
        injectJobQueue(
          (name: string) =>
            (function* (): Generator<string, void> {
              yield `${name} 0`;
              yield* sleep(5);
              yield `${name} 50`;
              yield* sleep(5);
              if (attempts++ === 0) throw new Error('cut');
            })(),
          { retry: { attempts: 2, backoff: () => 10 } },
        ),
      ).made;
      let attempts = 0;
      const ref = uploads.run('a');
      const at = () => [ref.state(), ref.value(), ref.attempt(), ref.error()];
      const seen: unknown[] = [at()];
      for (const ms of [7, 12, 22, 40]) sleep(ms).subscribe(() => seen.push(at()));
      flush();
      expect(seen).toEqual([
        ['running', 'a 0', 1, undefined],
        ['running', 'a 50', 1, undefined],
        ['retrying', 'a 50', 1, undefined],
        ['running', 'a 0', 2, undefined],
        ['done', 'a 50', 2, undefined],
      ]);
    });
  });

  it('tells by a promise that never rejects how a job ended', async () => {
    await runMarblesAsync(async () => {
      const { made: jobs, destroy } = bed(() =>
        injectJobQueue((n: number) => (n < 0 ? throwError(() => new Error(`no ${n}`)) : slow(n)), {
          capacity: 1,
          overflow: 'dropOldest',
        }),
      );
      const cancelled = jobs.run(0);
      const dropped = jobs.run(1);
      const done = jobs.run(2);
      cancelled.cancel();
      expect(await done.outcome()).toEqual({ status: 'done', input: 2, result: 2 });
      expect(await dropped.outcome()).toEqual({ status: 'dropped', input: 1 });
      expect(await cancelled.outcome()).toEqual({ status: 'cancelled', input: 0 });
      expect(await jobs.run(-1).outcome()).toEqual({ status: 'failed', input: -1, error: new Error('no -1') });
      const open = jobs.run(3);
      destroy();
      expect(await open.outcome()).toEqual({ status: 'cancelled', input: 3 });
      expect(await jobs.run(4).outcome()).toEqual({ status: 'cancelled', input: 4 });
    });
  });

  it.each([0, 1, 9, 10, 11, 19, 20, 21])('ends in silence, whenever it is destroyed: at %i', async (moment) => {
    const { errors, provider } = hearing();
    TestBed.configureTestingModule({ providers: [provider, provideRxsluice()] });
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const { made, destroy } = bed(() => {
        const jobs = injectJobQueue((n: number) => slow(n));
        // A task that waits for a job, and one who listens without minding errors.
        const task = injectTask(() => jobs.jobs.start(1));
        jobs.jobs.submit(2).subscribe();
        return { jobs, task };
      });
      if (moment > 0) await sleep(moment).promise();
      const over = [made.task.status(), made.jobs.status()];
      destroy();
      expect([made.task.status(), made.jobs.status()]).toEqual(
        over.map((x) => (x === 'pending' ? 'cancelled' : x === 'running' ? 'idle' : x)),
      );
      const late = made.jobs.run(3);
      expect([late.state(), late.job.status, late.error(), late.value()]).toEqual([
        'cancelled',
        'cancelled',
        undefined,
        undefined,
      ]);
      made.jobs.jobs.submit(4).subscribe();
      made.jobs.jobs.start(5);
      made.jobs.connect(of(6));
      made.jobs.connect(signal(7));
      made.jobs.whenIdle().subscribe();
      late.cancel();
      expect([made.jobs.active(), made.jobs.pending()]).toEqual([0, 0]);
      await sleep(100).promise();
    });
    expect(errors).toEqual([]);
  });

  it('drains, if it is told so: what was submitted is served, also of a queue that is paused or debounces', () => {
    runMarbles(({ flush, expectIdle }) => {
      expectIdle();
      const served: string[] = [];
      const { made, destroy } = bed(() => {
        const options = { onDestroy: 'drain' as const };
        const handler = (name: string) => slow(name).pipe(map(() => void served.push(name)));
        return [
          injectJobQueue(handler, options),
          injectJobQueue(handler, { ...options, debounce: 1000 }),
          injectJobQueue(handler, options),
        ] as const;
      });
      const [plain, debounced, paused] = made;
      paused.jobs.pause();
      const refs = [plain.run('a'), plain.run('b'), debounced.run('c'), paused.run('d')];
      sleep(5).subscribe(destroy);
      flush();
      expect(served).toEqual(['a', 'd', 'c', 'b']);
      expect(refs.map((ref) => ref.state())).toEqual(Array(4).fill('done'));
      expect([plain.run('late').state(), plain.status()]).toEqual(['cancelled', 'done']);
    });
  });

  it('submits what a signal becomes and what an observable emits, until destroy', async () => {
    await runMarblesAsync(async () => {
      const seen: unknown[] = [];
      const text = signal<string | undefined>(undefined);
      const edits = new Subject<string>();
      const { fixture, made, destroy } = bed(() => {
        const saves = injectJobQueue((s: string) => of(void seen.push(s)));
        saves.connect(text);
        saves.connect(edits);
        return saves;
      });
      await fixture.whenStable();
      text.set('lost');
      text.set('a');
      await fixture.whenStable();
      edits.next('b');
      text.set('c');
      await fixture.whenStable();
      text.set(undefined);
      await fixture.whenStable();
      expect(() => made.connect(7 as never)).toThrow('connect: source must be a signal or an observable; got 7');
      destroy();
      text.set('d');
      edits.next('e');
      await sleep(50).promise();
      expect([seen, edits.observed]).toEqual([['a', 'b', 'c'], false]);
    });
  });

  it('runs handlers untracked, whoever submits and whoever makes room', async () => {
    await runMarblesAsync(async () => {
      const read = signal(0);
      const end = channel<void>();
      const seen: string[] = [];
      const { fixture, destroy } = bed(() => {
        const jobs = injectJobQueue(
          function* (name: string): Coroutine<void> {
            seen.push(`${name} ${read()}`);
            yield* end.receive();
            seen.push(`${name} ${read()}`);
          },
          { order: (a, b) => (read() === 0 ? a.localeCompare(b) : 0), key: (name) => `${name}${read()}` },
        );
        effect(() => {
          seen.push('effect');
          jobs.run('a');
          jobs.jobs.start('c');
          jobs.jobs.submit('b').subscribe();
          end.trySend();
          end.trySend();
        });
      });
      await fixture.whenStable();
      read.set(1);
      await fixture.whenStable();
      expect(seen).toEqual(['effect', 'a 0', 'a 0', 'b 0', 'b 0', 'c 0']);
      destroy();
    });
  });

  it('reports a failure that nobody sees, and only that', async () => {
    const { errors, provider } = hearing();
    TestBed.configureTestingModule({ providers: [provider, provideRxsluice()] });
    await runMarblesAsync(async () => {
      const { made } = bed(() => {
        const fails = (name: string) => throwError(() => new Error(name));
        return [0, 1, 2, 3, 4].map(() => injectJobQueue(fails));
      });
      made[0]?.run('nobody');
      made[1]?.error();
      made[1]?.run('shown by the queue');
      made[2]?.run('shown by the job').error();
      await made[3]?.run('awaited').outcome();
      made[4]?.jobs.outcomes$.subscribe();
      made[4]?.run('listened');
      await sleep(20).promise();
    });
    expect(errors).toEqual([new Error('nobody')]);
  });

  it('completes when it is idle, with how the last one ended', () => {
    runMarbles(({ flush, expectIdle }) => {
      expectIdle();
      const { made: jobs } = bed(() => injectJobQueue((n: number) => slow(n)));
      const seen: unknown[] = [];
      jobs.whenIdle().subscribe((how) => seen.push(how));
      const ref = jobs.run(1);
      jobs.whenIdle().subscribe((how) => seen.push(how, ref.state(), jobs.status()));
      flush();
      const open = jobs.run(2);
      jobs.whenIdle().subscribe((how) => seen.push(how));
      open.cancel();
      expect(seen).toEqual(['idle', 'done', 'done', 'done', 'idle']);
    });
  });

  it('paints once for a burst', async () => {
    await runMarblesAsync(async () => {
      const { fixture, made, paints, text, destroy } = bed(
        () => injectJobQueue((n: number) => of(n)),
        (jobs) => `${jobs.status()} ${jobs.value()} ${jobs.active()} ${jobs.pending()}`,
      );
      await fixture.whenStable();
      expect([text(), paints()]).toEqual(['idle undefined 0 0', 1]);
      for (let i = 0; i < 1000; i++) made.run(i);
      await fixture.whenStable();
      expect([text(), paints()]).toEqual(['done 999 0 0', 2]);
      destroy();
    });
  });

  it('refuses nonsense where it was written, and keeps the checks of jobQueue', () => {
    const made = (options: object) => () => bed(() => injectJobQueue(() => NEVER, options));
    expect(made({ onDestroy: 'wait' })).toThrow('injectJobQueue: onDestroy must be cancel or drain; got "wait"');
    expect(made({ pending: 1 })).toThrow('injectJobQueue: pending must be a boolean; got 1');
    expect(made({ concurrency: 0 })).toThrow(RangeError);
    expect(() => injectJobQueue(() => NEVER)).toThrow(/NG0203/);
    expect(() => bed(() => injectJobQueue(7 as never))).toThrow('injectJobQueue: handler must be a function; got 7');
  });

  it('can be made with an injector, and is then of that one', () => {
    const { made: injector, destroy } = bed(() => inject(Injector));
    const jobs = injectJobQueue((n: number) => slow(n), { injector });
    const ref = jobs.run(1);
    destroy();
    expect([ref.state(), jobs.status()]).toEqual(['cancelled', 'idle']);
    const late = injectJobQueue((n: number) => slow(n), { injector });
    expect([late.run(2).state(), late.status()]).toEqual(['cancelled', 'idle']);
  });
});
