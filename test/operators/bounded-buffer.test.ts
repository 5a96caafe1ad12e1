import fc from 'fast-check';
import { asyncScheduler, of, queueScheduler, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { boundedBuffer, type BufferOptions, queueMap } from '../../src/index.ts';
import { OVERFLOWS } from '../../src/channel/options.ts';
import { Record } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { Endless } from './endless.ts';
import { InnerSources } from './inner-sources.ts';
import { runs } from '../random.ts';

const policies = OVERFLOWS.filter((policy) => policy !== 'suspend');

describe('9.6 boundedBuffer', () => {
  it.each([0, -1, 1.5, NaN])('of capacity %s is a RangeError at the call', (capacity) => {
    expect(() => boundedBuffer(capacity, { overflow: 'dropOldest' })).toThrow(RangeError);
  });

  it.each(policies)('of capacity 0 is a RangeError at the call, with %s, too', (overflow) => {
    expect(() => boundedBuffer(0, { overflow })).toThrow(RangeError);
  });

  it.each(['suspend', 'none', undefined])('with overflow %s is a TypeError at the call', (overflow) => {
    expect(() => boundedBuffer(1, { overflow } as never)).toThrow(TypeError);
  });

  it.each(policies)('with %s passes straight through to an ordinary subscriber', (overflow) => {
    const told = new Record();
    const source = new Subject<number>();
    source.pipe(boundedBuffer(1, { overflow })).subscribe(told.all('out'));
    for (const n of [1, 2, 3]) source.next(n);
    source.error(new Error('source'));
    expect(told.lines).toEqual(['out got 1', 'out got 2', 'out got 3', 'out failed with source']);
  });

  it.each([
    ['dropOldest', ['start 0', '1 evicted', 'start 2', 'start 3', 'out failed with source']],
    ['dropNewest', ['start 0', '3 dropped', 'start 1', 'start 2', 'out failed with source']],
    ['fail', ['start 0', 'start 1', 'start 2', 'out failed with OverflowError']],
  ] as const)('%s: the error comes after what is buffered', (overflow, expected) => {
    const inners = new InnerSources();
    const source = new Subject<number>();
    const { onUndelivered } = inners;
    source.pipe(boundedBuffer(2, { overflow, onUndelivered }), queueMap(inners.project)).subscribe(inners.all('out'));
    for (const n of [0, 1, 2, 3]) source.next(n);
    const observed = source.observed;
    source.error(new Error('source'));
    for (let n = 0; n < 3; n++) inners.endFirst();
    expect([observed, inners.lines]).toEqual([overflow !== 'fail', expected]);
  });

  it('reports what is buffered when the consumer leaves, each once, and leaves the source', () => {
    const inners = new InnerSources();
    const source = new Subject<number>();
    const { onUndelivered } = inners;
    const subscription = source
      .pipe(boundedBuffer(5, { overflow: 'fail', onUndelivered }), queueMap(inners.project))
      .subscribe(inners.all('out'));
    for (const n of [0, 1, 2]) source.next(n);
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect([inners.lines, source.observed]).toEqual([['start 0', '1 cancelled', '2 cancelled'], false]);
  });

  it('a report that throws goes to onUnhandledError, and the newest is kept all the same', () => {
    const inners = new InnerSources();
    const reported = reportsOf(() => {
      const source = new Subject<number>();
      const onUndelivered = (value: number): void => {
        throw new Error(`report of ${value}`);
      };
      source.pipe(boundedBuffer(1, { overflow: 'dropOldest', onUndelivered }), queueMap(inners.project)).subscribe();
      for (const n of [0, 1, 2]) source.next(n);
      inners.endFirst();
    });
    expect([inners.lines, reported.map(String)]).toEqual([['start 0', 'start 2'], ['Error: report of 1']]);
  });

  it('with a scheduler, delivers each value, and the end, in an action of its own', () => {
    const told = new Record();
    virtual(() => {
      const source = new Subject<number>();
      source
        .pipe(
          boundedBuffer(2, {
            overflow: 'dropOldest',
            onUndelivered: (n, why) => told.add(`${n} ${why}`),
            scheduler: asyncScheduler,
          }),
        )
        .subscribe(told.all('out'));
      at(5, () => {
        for (const n of [0, 1, 2]) source.next(n);
        source.complete();
        told.add(`sent at ${frame()}`);
      });
    });
    expect(told.lines).toEqual(['0 evicted', 'sent at 5', 'out got 1', 'out got 2', 'out completed']);
  });

  it.each([
    ['an error', (source: Subject<number>) => source.error(new Error('source')), 'out failed with source'],
    ['an overflow', (source: Subject<number>) => source.next(9), 'out failed with OverflowError'],
  ])('with a scheduler, %s comes after what is buffered', (_, end, last) => {
    const told = new Record();
    virtual(() => {
      const source = new Subject<number>();
      source.pipe(boundedBuffer(1, { overflow: 'fail', scheduler: asyncScheduler })).subscribe(told.all('out'));
      source.next(0);
      end(source);
      told.add(`observed: ${String(source.observed)}`);
    });
    expect(told.lines).toEqual(['observed: false', 'out got 0', last]);
  });

  it('with a scheduler, reports what is buffered when the consumer leaves, and delivers nothing more', () => {
    const told = new Record();
    virtual(() => {
      const options: BufferOptions<number> = { overflow: 'fail', onUndelivered: (n, why) => told.add(`${n} ${why}`) };
      of(0, 1, 2)
        .pipe(boundedBuffer(3, { ...options, scheduler: asyncScheduler }), take(1))
        .subscribe(told.all('out'));
    });
    expect(told.lines).toEqual(['out got 0', 'out completed', '1 cancelled', '2 cancelled']);
  });

  it.each(policies)('with %s, a source without an end, all at once, is asked for 3 by take(3)', (overflow) => {
    const asked = [
      (endless: Endless) => endless.values.pipe(boundedBuffer(1, { overflow }), take(3)).subscribe(),
      (endless: Endless) =>
        endless.values
          .pipe(
            boundedBuffer(1, { overflow }),
            queueMap((n) => of(n)),
            take(3),
          )
          .subscribe(),
      (endless: Endless) =>
        endless.values.pipe(boundedBuffer(1, { overflow, scheduler: queueScheduler }), take(3)).subscribe(),
    ].map((run) => {
      const endless = new Endless();
      run(endless);
      return endless.asked;
    });
    expect(asked).toEqual([3, 3, 3]);
  });

  it('never keeps more than its capacity, and loses nothing in silence, whatever happens', () => {
    const acts = fc.array(fc.constantFrom('send', 'send', 'end'), { maxLength: 40 });
    fc.assert(
      fc.property(acts, fc.integer({ min: 1, max: 3 }), fc.constantFrom(...policies), (script, capacity, overflow) => {
        const inners = new InnerSources();
        const source = new Subject<number>();
        const { onUndelivered } = inners;
        const subscription = source
          .pipe(boundedBuffer(capacity, { overflow, onUndelivered }), queueMap(inners.project))
          .subscribe({ error: () => undefined });
        let sent = 0;
        for (const act of script) {
          if (act === 'end') inners.endFirst();
          else if (source.observed) source.next(sent++);
          // One more: that which overflowed is in the error.
          if (!subscription.closed)
            expect(sent - inners.lines.length).toBeLessThanOrEqual(capacity + (source.observed ? 0 : 1));
        }
        const overflown = !source.observed;
        subscription.unsubscribe();
        const told = inners.lines.map((line) => Number(/\d+/.exec(line)?.[0])).sort((a, b) => a - b);
        expect(told).toEqual(Array.from({ length: overflown ? sent - 1 : sent }, (_, n) => n));
      }),
      runs(500),
    );
  });
});
