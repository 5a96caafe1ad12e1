// @vitest-environment jsdom
import { bed, hearing, useTestBed } from './bed.ts';
import { effect, inject, Injector, PLATFORM_ID, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { config, EMPTY, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { injectScope, injectTask, provideRxsluice } from '../../src/angular/index.ts';
import { channel, type Coroutine, deferred, sleep, until } from '../../src/index.ts';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

useTestBed();

describe('injectTask', () => {
  it('shows the end in the turn in which it comes', () => {
    const gone = deferred<number>();
    const { made: ref } = bed(() => injectTask(() => gone));
    const seen: unknown[] = [ref.status(), ref.value()];
    gone.subscribe(() => seen.push('told'));
    ref.task.subscribe(() => seen.push(ref.status(), ref.value()));
    gone.resolve(7);
    expect([...seen, ref.error()]).toEqual(['pending', undefined, 'told', 'resolved', 7, undefined]);
  });

  it('takes every observable input, and functions that return one', () => {
    const { made } = bed(() => [
      injectTask(of(1, 2)),
      injectTask([1, 2, 3]),
      injectTask(() => new Set([4])),
      injectTask(function* () {
        return yield* until(of(5));
      }),
      injectTask(EMPTY),
    ]);
    expect(made.map((ref) => [ref.status(), ref.value()])).toEqual([
      ['resolved', 2],
      ['resolved', 3],
      ['resolved', 4],
      ['resolved', 5],
      ['resolved', undefined],
    ]);
  });

  it('refuses what is no work where it was written', () => {
    const made = (...args: unknown[]) => bed(() => (injectTask as (...args: unknown[]) => unknown)(...args));
    expect(() => made(5)).toThrow(new TypeError('injectTask: work must be an observable input; got 5'));
    expect(() => made(of(1), null)).toThrow('injectTask: options must be an object; got null');
    expect(() => made(of(1), { injector: 3 })).toThrow('injectTask: injector must be an Injector; got 3');
    expect(() => made(of(1), { pending: 'yes' })).toThrow('injectTask: pending must be a boolean; got "yes"');
    expect(() => injectTask(of(1))).toThrow(/NG0203/);
  });

  it('lets its work inject until it waits for the first time', () => {
    const seen: unknown[] = [];
    const injector = bed(() => inject(Injector)).made;
    const ref = injectTask(
      function* () {
        seen.push(inject(PLATFORM_ID));
        yield* sleep(0);
      },
      { injector },
    );
    ref.cancel();
    expect(seen).toEqual(['browser']);
  });

  it('is cancelled on destroy: shown before its clean-up runs, and heard by nobody as an error', () => {
    runMarbles(({ flush, expectIdle }) => {
      expectIdle();
      const seen: unknown[] = [];
      const { made: ref, destroy } = bed(() =>
        injectTask(function* () {
          try {
            yield* sleep(100);
          } finally {
            seen.push(ref.status(), ref.error());
            yield* sleep(5);
            seen.push('clean');
          }
        }),
      );
      sleep(10).subscribe(destroy);
      flush();
      expect([...seen, ref.task.status]).toEqual(['cancelled', undefined, 'clean', 'cancelled']);
    });
  });

  it.each([0, 1, 5, 9, 10, 11, 15])('ends well, whenever it is destroyed: at %i', (moment) => {
    runMarbles(({ flush, expectIdle }) => {
      expectIdle();
      const { made: ref, destroy } = bed(() =>
        injectTask(function* () {
          yield* sleep(5);
          yield* sleep(5);
          return 'end';
        }),
      );
      if (moment === 0) destroy();
      else sleep(moment).subscribe(destroy);
      flush();
      // At 10, too, the destroy comes first: its timer was set before.
      expect([ref.status(), ref.value()]).toEqual(moment > 10 ? ['resolved', 'end'] : ['cancelled', undefined]);
    });
  });

  it('never runs with an injector that is destroyed', () => {
    const { made: injector, destroy } = bed(() => inject(Injector));
    destroy();
    let runs = 0;
    const ref = injectTask(() => of(runs++), { injector });
    expect([runs, ref.status(), ref.value(), ref.error(), ref.task.status]).toEqual([
      0,
      'cancelled',
      undefined,
      undefined,
      'cancelled',
    ]);
    ref.cancel();
  });

  it('makes no effect depend on what its work reads, whoever wakes it, with nothing provided', async () => {
    const read = signal(0);
    const wake = channel<number>();
    const seen: string[] = [];
    const { fixture } = bed(() => {
      injectTask(function* () {
        for (;;) seen.push(`${yield* wake.receive()}/${read()}`);
      });
      effect(() => {
        seen.push('effect');
        wake.trySend(1);
      });
    });
    await fixture.whenStable();
    read.set(1);
    await fixture.whenStable();
    expect(seen).toEqual(['effect', '1/0']);
  });
});

describe('errors that nobody observed', () => {
  const fails = (): Coroutine<never> =>
    (function* () {
      yield* sleep(1);
      throw new Error('boom');
    })();

  it('reach the ErrorHandler, once, and no others do', async () => {
    const { errors, provider } = hearing();
    TestBed.configureTestingModule({ providers: [provider, provideRxsluice()] });
    await runMarblesAsync(async () => {
      const { made, destroy } = bed(() => ({
        alone: injectTask(fails, { name: 'alone' }),
        seen: injectTask(fails),
        awaited: injectTask(fails),
      }));
      made.seen.error();
      made.awaited.task.subscribe({ error: () => undefined });
      await sleep(20).promise();
      expect([made.alone.status(), made.seen.status(), made.awaited.status()]).toEqual(Array(3).fill('rejected'));
      expect(errors).toEqual([new Error('boom')]);
      destroy();
      await sleep(20).promise();
    });
    expect(errors).toHaveLength(1);
  });

  it('are none of a destroy, told to one who does not want to hear of errors', async () => {
    const { errors, provider } = hearing();
    TestBed.configureTestingModule({ providers: [provider, provideRxsluice()] });
    await runMarblesAsync(async () => {
      const { destroy, made } = bed(() => injectTask(new Subject()));
      made.task.subscribe();
      destroy();
      await sleep(20).promise();
    });
    expect(errors).toEqual([]);
  });

  it('are heard by the application, and by the next one, and then as before', () => {
    const before = config.onUnhandledError;
    TestBed.configureTestingModule({ providers: [hearing().provider, provideRxsluice()] });
    TestBed.inject(Injector);
    expect(config.onUnhandledError).not.toBe(before);
    TestBed.resetTestingModule();
    expect(config.onUnhandledError).toBe(before);
  });
});

describe('injectScope', () => {
  it('cancels its children on destroy, and gives ended tasks afterwards', () => {
    runMarbles(({ flush, expectIdle }) => {
      expectIdle();
      const seen: unknown[] = [];
      const { made: scope, destroy } = bed(() => injectScope({ name: 'page' }));
      const child = (name: string) =>
        function* (): Coroutine<void> {
          try {
            yield* sleep(100);
          } finally {
            yield* sleep(1);
            seen.push(name);
          }
        };
      scope.go(child('a'));
      scope.go(child('b'));
      expect([scope.size, scope.name, scope.closed]).toEqual([2, 'page', false]);
      sleep(10).subscribe(destroy);
      flush();
      const late = scope.go(child('late'));
      expect([...seen, late.status, scope.closed, scope.size]).toEqual(['a', 'b', 'cancelled', true, 0]);
      scope.cancel();
      scope.cancelChildren().subscribe();
      scope.close().subscribe(() => seen.push('closed'));
      expect(seen.at(-1)).toBe('closed');
    });
  });

  it('refuses more, as every scope does, once a child has failed', () => {
    const { made: scope } = bed(() => injectScope());
    scope.close().subscribe({ error: () => undefined });
    expect(() => scope.go(() => throwError(() => new Error('1')))).toThrow(/cancelled/);
    expect(() => bed(() => injectScope({ limit: 0 }))).toThrow(RangeError);
  });

  it('has its children, and who is told of their errors, run untracked', async () => {
    const read = signal(0);
    const wake = channel<number>();
    const seen: unknown[] = [];
    const { fixture } = bed(() => {
      const scope = injectScope({ onChildError: (error) => seen.push(error, read()) });
      effect(() => {
        seen.push('effect');
        scope.go(function* (): Coroutine<void> {
          seen.push(read());
          yield* wake.receive();
          seen.push(read());
          throw new Error('failed');
        });
        wake.trySend(1);
      });
    });
    await fixture.whenStable();
    read.set(1);
    await fixture.whenStable();
    expect(seen).toEqual(['effect', 0, 0, new Error('failed'), 0]);
  });
});
