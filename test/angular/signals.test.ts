// @vitest-environment jsdom
import { bed, hearing, useTestBed } from './bed.ts';
import { computed, effect, Injector, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { interval, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { injectTask, latestByKey, nextFrame, provideRxsluice, untilSignal } from '../../src/angular/index.ts';
import { channel, go, poll, produce, select, sleep } from '../../src/index.ts';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

useTestBed();

const injectorOfRoot = () => ({ injector: TestBed.inject(Injector) });

describe('untilSignal', () => {
  it('waits, in every form, for the first value that is truthy', async () => {
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const n = signal(0);
      const until = untilSignal(() => n() > 2 && { n: n() }, injectorOfRoot());
      const got: unknown[] = [];
      until.subscribe({ next: (value) => got.push(['subscribe', value]), complete: () => got.push('complete') });
      const task = go(function* () {
        got.push(['yield', yield* until]);
        got.push((yield* select({ late: sleep(5), signal: until })).key);
      });
      const promised = until.promise();
      expect(poll(until).ok).toBe(false);
      for (const value of [1, 2, 3]) {
        n.set(value);
        await sleep(10).promise();
        got.push(value);
      }
      expect(got).toEqual([1, 2, ['subscribe', { n: 3 }], 'complete', ['yield', { n: 3 }], 'signal', 3]);
      expect([await promised, poll(until), task.status]).toEqual([{ n: 3 }, { ok: true, value: { n: 3 } }, 'resolved']);
    });
  });

  it('fails with what is thrown, at once or later', async () => {
    await runMarblesAsync(async () => {
      const n = signal(0);
      const until = untilSignal(() => {
        if (n() === 1) throw new Error('odd');
        return false;
      }, injectorOfRoot());
      const errors: unknown[] = [];
      until.subscribe({ error: (error: unknown) => errors.push(error) });
      n.set(1);
      await sleep(10).promise();
      until.subscribe({ error: (error: unknown) => errors.push(error) });
      expect(errors).toEqual([new Error('odd'), new Error('odd')]);
    });
  });

  it('leaves nothing behind: withdrawn, lost, or its component destroyed', async () => {
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      let reads = 0;
      const n = signal(0);
      const { made, destroy } = bed(() => {
        const until = untilSignal(() => {
          reads++;
          return n();
        });
        // In the coroutine of a task no injector is needed.
        const task = injectTask(function* () {
          yield* sleep(1);
          return yield* untilSignal(() => n() * 2);
        });
        return { until, task };
      });
      made.until.subscribe().unsubscribe();
      await select({ until: made.until, time: sleep(5) }).promise();
      const before = reads;
      n.set(0.5);
      await sleep(10).promise();
      expect([reads, made.task.value()]).toEqual([before, 1]);
      n.set(0);
      const told: unknown[] = [];
      const waiting = made.until.subscribe({ next: (x) => told.push(x), error: (x: unknown) => told.push(x) });
      await sleep(10).promise();
      destroy();
      n.set(3);
      await sleep(10).promise();
      expect(told).toEqual([]);
      waiting.unsubscribe();
    });
  });

  it('says where it was called wrongly', () => {
    expect(() => untilSignal(() => 1)).toThrow(/NG0203/);
    expect(() => untilSignal(7 as never)).toThrow('untilSignal: read must be a function; got 7');
  });

  it('can be performed inside of an effect, which does not depend on it', async () => {
    await runMarblesAsync(async () => {
      const [n, m] = [signal(0), signal(0)];
      let runs = 0;
      const got: unknown[] = [];
      const { fixture, destroy } = bed(() => {
        const until = untilSignal(() => n());
        effect(() => {
          runs++;
          until.subscribe((value) => got.push(value, m()));
        });
      });
      await fixture.whenStable();
      n.set(1);
      await sleep(20).promise();
      m.set(1);
      await sleep(20).promise();
      expect([runs, got]).toEqual([1, [1, 0]]);
      destroy();
    });
  });
});

describe('nextFrame', () => {
  it('is the next frame that is painted', () => {
    runMarbles(({ animate, flush, expectIdle }) => {
      expectIdle();
      animate('---x--x');
      const frames: number[] = [];
      go(function* () {
        for (let i = 0; i < 2; i++) frames.push(i, (yield* nextFrame()) ?? -1);
      });
      nextFrame()
        .subscribe(() => frames.push(NaN))
        .unsubscribe();
      flush();
      expect(frames).toEqual([0, -1, 1, -1]);
    });
  });

  it('comes every 16 ms in a test, and leaves nothing behind where it loses', async () => {
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      await nextFrame().promise();
      const { key } = await select({ frame: nextFrame(), time: sleep(3) }).promise();
      expect([Date.now(), key]).toEqual([19, 'time']);
    });
  });
});

describe('latestByKey', () => {
  interface Tick {
    readonly symbol: string;
    readonly price: number;
  }

  it('paints the latest of each key once a frame, of what is pushed and of what is pulled', async () => {
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const pushed = new Subject<Tick>();
      const pulled = channel<Tick>();
      const { fixture, made, paints, destroy } = bed(
        () => [pushed, pulled].map((source) => latestByKey(source, ({ symbol }) => symbol)),
        (all) => all.map((each) => [...each().values()].map(({ price }) => price)).join('|'),
      );
      await fixture.whenStable();
      const painted = paints();
      let sent = 0;
      const feeding = interval(1)
        .pipe(take(100))
        .subscribe((ms) => {
          for (let i = 0; i < 100; i++) {
            const tick = { symbol: 'abc'.charAt(i % 3), price: ms * 100 + i };
            pushed.next(tick);
            if (pulled.trySend(tick)) sent++;
          }
        });
      await sleep(160).promise();
      feeding.unsubscribe();
      const [first, second] = made.map((each) => each());
      expect([...(first as ReadonlyMap<string, Tick>).keys()]).toEqual(['a', 'b', 'c']);
      expect([...(first as ReadonlyMap<string, Tick>).values()].map(({ price }) => price)).toEqual([9999, 9997, 9998]);
      expect(second).toEqual(first);
      // The producer was never held up.
      expect(sent).toBe(10_000);
      expect(paints() - painted).toBeLessThanOrEqual(10);
      expect(paints() - painted).toBeGreaterThan(3);
      destroy();
      expect([pushed.observed, pulled.trySend({ symbol: 'a', price: 0 })]).toEqual([false, false]);
    });
  });

  it('gives a new map where something came, and the same one where nothing did', async () => {
    await runMarblesAsync(async () => {
      const source = new Subject<number>();
      const { made: latest, destroy } = bed(() => latestByKey(source, (n) => n % 2));
      const maps = [latest()];
      source.next(1);
      expect(latest()).toBe(maps[0]);
      await sleep(16).promise();
      maps.push(latest());
      await sleep(160).promise();
      expect(latest()).toBe(maps[1]);
      source.next(2);
      source.next(3);
      source.complete();
      await sleep(16).promise();
      expect([...maps.map((map) => [...map]), [...latest()]]).toEqual([
        [],
        [[1, 1]],
        [
          [1, 3],
          [0, 2],
        ],
      ]);
      destroy();
    });
  });

  it('asks for one frame, however much comes before it', async () => {
    await runMarblesAsync(async () => {
      const source = new Subject<number>();
      const { made: latest, destroy } = bed(() => latestByKey(source, (n) => n));
      const seen: unknown[] = [];
      source.next(1);
      nextFrame().subscribe(() => seen.push(latest()));
      source.next(2);
      await sleep(20).promise();
      expect([seen[0] === latest(), latest().size]).toEqual([true, 2]);
      destroy();
    });
  });

  it('ends with its source, and only what is nobody’s doing is reported', async () => {
    const { errors, provider } = hearing();
    TestBed.configureTestingModule({ providers: [provider, provideRxsluice()] });
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const sources = [channel<number>(1), channel<number>(1), channel<number>(1)];
      const subject = new Subject<number>();
      const { made, destroy } = bed(() => [...sources, subject].map((source) => latestByKey(source, (n) => n)));
      for (const source of sources) source.trySend(1);
      subject.next(1);
      sources[0]?.close();
      sources[1]?.cancel('enough');
      sources[2]?.close('cause');
      subject.error(new Error('pushed'));
      await sleep(20).promise();
      expect(made.map((each) => each().size)).toEqual([1, 1, 1, 1]);
      expect(errors).toEqual(expect.arrayContaining(['cause', new Error('pushed')]));
      expect(errors).toHaveLength(2);
      destroy();
    });
  });

  it('is one change for the signals that are derived from it, whatever reads it', async () => {
    await runMarblesAsync(async () => {
      const read = signal(0);
      const { made: sum, destroy } = bed(() => {
        const feed = produce<number>(function* (out) {
          for (let i = 0; ; i++) {
            yield* sleep(1);
            yield* out.send(i);
          }
        });
        const latest = latestByKey(feed, (n) => (read() === 0 ? n % 2 : n));
        return computed(() => [...latest().values()].reduce((a, b) => a + b, 0));
      });
      await sleep(17).promise();
      expect(sum()).toBe(14 + 13);
      destroy();
      await sleep(50).promise();
      expect(sum()).toBe(14 + 13);
    });
  });

  it('refuses nonsense where it was written', () => {
    expect(() => bed(() => latestByKey(7 as never, () => 1))).toThrow(
      'latestByKey: source must be an observable input; got 7',
    );
    expect(() => bed(() => latestByKey(new Subject(), 7 as never))).toThrow(
      'latestByKey: key must be a function; got 7',
    );
    expect(() => latestByKey(new Subject(), () => 1)).toThrow(/NG0203/);
  });
});
