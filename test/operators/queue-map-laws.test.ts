// queueMap and boundedBuffer under random scripts, against a slow model, and by laws: what holds whatever happens.

import fc from 'fast-check';
import { finalize, type Observable, Subject, Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { boundedBuffer, type Channel, channel, queueMap, type QueueMapOptions } from '../../src/index.ts';
import { Flattening } from '../../src/operators/flattening.ts';
import { operate } from '../../src/operators/operate.ts';
import { QueueMapModel } from '../models/queue-map-model.ts';
import { InnerSources } from './inner-sources.ts';
import { runs } from '../random.ts';
import { expectEqual, expectIs } from '../quick.ts';

const RUNS = runs(1500);

type Act = readonly ['send' | 'emit' | 'end' | 'fail' | 'complete' | 'err' | 'leave', number];

const act = (weight: number, what: Act[0]) => ({
  weight,
  arbitrary: fc.tuple(fc.constant(what), fc.nat({ max: 5 })),
});
/** `emit 2`: of those that run, the third, or whichever comes when one goes on counting. */
const script = fc.array(
  fc.oneof(
    act(60, 'send'),
    act(25, 'emit'),
    act(35, 'end'),
    act(1, 'fail'),
    act(1, 'complete'),
    act(1, 'err'),
    act(1, 'leave'),
  ),
  { maxLength: 40, size: 'max' },
);

const settings = fc
  .record({
    concurrency: fc.constantFrom(1, 2, 3, Infinity),
    capacity: fc.constantFrom(0, 1, 2, Infinity),
    overflow: fc.constantFrom('fail' as const, 'dropOldest' as const, 'dropNewest' as const, 'switch' as const),
    order: fc.constantFrom('completion' as const, 'source' as const),
    keys: fc.constantFrom(0, 2, 3),
    pulled: fc.boolean(),
  })
  .filter(({ capacity, overflow }) => capacity > 0 || overflow !== 'dropOldest');

/** The inner sources, and the signal of each. */
class Signals extends InnerSources {
  readonly signals = new Map<number, AbortSignal>();
  readonly settled = new Set<number>();

  readonly projectWithSignal = (value: number, { signal }: { readonly signal: AbortSignal }): Observable<string> => {
    this.signals.set(value, signal);
    return this.project(value);
  };
}

const numbers = (lines: readonly string[], pattern: RegExp): number[] =>
  lines.filter((line) => pattern.test(line)).map((line) => Number(/\d+/.exec(line)?.[0]));

describe('9 queueMap, whatever happens', () => {
  it(`does what the model does, and keeps the laws, in ${RUNS.numRuns} random scripts`, () => {
    let seen = 0;
    fc.assert(
      fc.property(script, settings, (acts, { keys, pulled, ...rest }) => {
        const inners = new Signals();
        const options: QueueMapOptions<number> = {
          ...rest,
          onUndelivered: inners.onUndelivered,
          ...(keys > 0 && { key: (value: number) => value % keys }),
        };
        const model = new QueueMapModel(options, pulled);
        let flattening: Flattening<number, string> | undefined;
        const pushing = new Subject<number>();
        const pulling: Channel<number> = channel(Infinity);
        const source: Observable<number> = pulled ? pulling : pushing;
        const subscription = source
          .pipe(
            operate<number, string>(
              (destination) => (flattening = new Flattening(inners.projectWithSignal, options, destination)),
            ),
          )
          .subscribe(inners.all('out'));
        let sent = 0;
        let hasEnded = false;
        const given = (): number => (pulled ? sent - pulling.size : sent);

        for (const [what, choice] of acts) {
          const running = model.open;
          const chosen = running[choice % running.length];
          if (what === 'send') {
            if (model.over && !pulled) continue;
            // Once it has ended, nothing can be sent.
            if (pulled ? !pulling.trySend(sent) : hasEnded) continue;
            pushing.next(sent);
            model.send(sent++);
          } else if (what === 'complete') {
            hasEnded = true;
            model.complete();
            pulling.close();
            pushing.complete();
          } else if (what === 'err') {
            hasEnded = true;
            model.fail(new Error('source'));
            pulling.close(new Error('source'));
            pushing.error(new Error('source'));
          } else if (what === 'leave') {
            model.leave();
            subscription.unsubscribe();
          } else if (chosen !== undefined) {
            if (what === 'emit') {
              model.emit(chosen);
              inners.emit(String(chosen));
            } else if (what === 'end') {
              inners.settled.add(chosen);
              model.endInner(chosen);
              inners.end(String(chosen));
            } else {
              inners.settled.add(chosen);
              model.failInner(chosen);
              inners.fail(String(chosen));
            }
          }

          // What the model says, to the line.
          expectEqual(inners.lines, model.log);
          flattening?.check();
          // Bounds. What is pulled is started, or was pulled ahead for the sake of keys.
          const started = numbers(inners.lines, /^start/);
          const lost = numbers(inners.lines, /dropped|evicted|cancelled/);
          const waiting = given() - started.length - lost.length;
          expect(inners.mostRunning).toBeLessThanOrEqual(rest.concurrency);
          expect(waiting).toBeLessThanOrEqual(pulled ? (keys > 0 ? rest.concurrency : 0) : rest.capacity);
          // A signal aborts when its inner source is given up, and not before.
          const alive = new Set(model.open);
          for (const [value, signal] of inners.signals) {
            expectEqual([value, signal.aborted], [value, !alive.has(value) && !inners.settled.has(value)]);
          }
        }

        subscription.unsubscribe();
        const { lines } = inners;
        const started = numbers(lines, /^start/);
        const lost = numbers(lines, /dropped|evicted|cancelled/);
        const left: number[] = [];
        for (let next = pulling.tryReceive(); next.ok; next = pulling.tryReceive()) left.push(next.value);
        // No loss, no duplication: each value once.
        expectEqual(
          [...started, ...lost, ...(pulled ? left : [])].sort((a, b) => a - b),
          Array.from({ length: sent }, (_, n) => n),
        );
        // In order, within a key.
        for (let key = 0; key < Math.max(1, keys); key++) {
          const own = started.filter((value) => keys === 0 || value % keys === key);
          expectEqual(
            own,
            [...own].sort((a, b) => a - b),
          );
        }
        if (rest.order === 'source') {
          const emitted = numbers(lines, /^out got/);
          expectEqual(
            emitted,
            [...emitted].sort((a, b) => a - b),
          );
        }
        seen += lines.length;
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(RUNS.numRuns * 5);
  });
});

describe('9 queueMap, whatever is called from inside of what it calls', () => {
  it(`loses nothing, doubles nothing, and keeps its places, in ${RUNS.numRuns} random scripts`, () => {
    let nested = 0;
    fc.assert(
      fc.property(script, script, settings, (acts, all, { keys, pulled, ...rest }) => {
        const inners = new InnerSources();
        const told = inners.add.bind(inners);
        const reactions = [...all];
        let flattening: Flattening<number, string> | undefined;
        let depth = 0;
        let sent = 0;
        let refused = 0;
        const pushing = new Subject<number>();
        const pulling: Channel<number> = channel(Infinity);
        const subscription = new Subscription();
        const perform = ([what, choice]: Act): void => {
          const name = [...inners.names.matchAll(/#(\d+)/g)].map(([, n]) => `#${n}`)[choice];
          if (what === 'send' && !pulled && !pushing.observed) return;
          if (what === 'send') {
            const value = sent++;
            if (!pulled) pushing.next(value);
            else if (!pulling.trySend(value)) refused++;
          } else if (what === 'complete' || what === 'err') {
            const error = new Error('source');
            pulling.close(what === 'err' ? error : undefined);
            if (what === 'err') pushing.error(error);
            else pushing.complete();
          } else if (what === 'leave') subscription.unsubscribe();
          else if (name === undefined) return;
          else if (what === 'emit') inners.emit(name);
          else if (what === 'end') inners.end(name);
          else inners.fail(name);
        };
        // Whatever is said, somebody reacts to it at once, from inside.
        inners.add = (line) => {
          told(line);
          const reaction = depth < 3 ? reactions.shift() : undefined;
          if (reaction === undefined) return;
          depth++;
          nested++;
          perform(reaction);
          depth--;
        };
        const options: QueueMapOptions<number> = {
          ...rest,
          onUndelivered: inners.onUndelivered,
          ...(keys > 0 && {
            key: (value: number) => {
              inners.add(`key of ${value}`);
              return value % keys;
            },
          }),
        };
        const project = (value: number): Observable<string> =>
          inners.project(`#${value}`).pipe(finalize(() => inners.add(`torn down ${value}`)));
        const source: Observable<number> = pulled ? pulling : pushing;
        subscription.add(
          source
            .pipe(
              operate<number, string>((destination) => (flattening = new Flattening(project, options, destination))),
            )
            .subscribe(inners.all('out')),
        );
        for (const one of acts) {
          perform(one);
          flattening?.check();
        }
        subscription.unsubscribe();
        const left: number[] = [];
        for (let next = pulling.tryReceive(); next.ok; next = pulling.tryReceive()) left.push(next.value);
        const handed = numbers(inners.lines, /^start|dropped|evicted|cancelled/);
        expectIs([...handed, ...left].length + refused, sent);
        expectIs(new Set([...handed, ...left]).size + refused, sent);
        expectEqual([inners.mostRunning <= rest.concurrency, inners.running], [true, 0]);
        // Nobody overtakes. (What is sent from inside of `key`, or of the clean-up that a value brings about, comes before it.)
        const started = numbers(inners.lines, /^start/);
        if (keys === 0 && rest.overflow !== 'switch')
          expectEqual(
            started,
            [...started].sort((a, b) => a - b),
          );
      }),
      RUNS,
    );
    expect(nested).toBeGreaterThan(RUNS.numRuns * 3);
  });
});

describe('9.6 boundedBuffer before queueMap, whatever happens', () => {
  it('keeps what its policy says, in order, loses nothing in silence', () => {
    const sizes = fc.record({
      capacity: fc.constantFrom(1, 2, 3, Infinity),
      overflow: fc.constantFrom('dropOldest' as const, 'dropNewest' as const, 'fail' as const),
      concurrency: fc.constantFrom(1, 2, Infinity),
    });
    fc.assert(
      fc.property(script, sizes, (acts, { capacity, overflow, concurrency }) => {
        const inners = new InnerSources();
        const source = new Subject<number>();
        const subscription = source
          .pipe(
            boundedBuffer(capacity, { overflow, onUndelivered: inners.onUndelivered }),
            queueMap(inners.project, { concurrency, capacity: 0 }),
          )
          .subscribe(inners.all('out'));
        // The model: an array.
        const log: string[] = [];
        const buffer: number[] = [];
        let running: number[] = [];
        let end: string | null = null;
        let over = false;
        const settle = (): void => {
          for (let next; !over && running.length < concurrency && (next = buffer.shift()) !== undefined;) {
            log.push(`start ${next}`);
            running.push(next);
          }
          if (over || end === null || buffer.length > 0) return;
          if (end === 'out completed' && running.length > 0) return;
          log.push(end);
          over = true;
          running = [];
        };
        let sent = 0;
        let overflowed: number | null = null;
        for (const [what, choice] of acts) {
          const chosen = running[choice % running.length];
          if (what === 'send' && end === null && !over) {
            const value = sent++;
            if (buffer.length < capacity || running.length < concurrency) buffer.push(value);
            else if (overflow === 'dropNewest') log.push(`${value} dropped`);
            else if (overflow === 'dropOldest') {
              log.push(`${buffer.shift()} evicted`);
              buffer.push(value);
            } else {
              overflowed = value;
              end = 'out failed with OverflowError';
            }
            source.next(value);
          } else if (what === 'end' && chosen !== undefined) {
            running = running.filter((value) => value !== chosen);
            inners.end(String(chosen));
          } else if ((what === 'complete' || what === 'err') && end === null && !over) {
            end = what === 'complete' ? 'out completed' : 'out failed with source';
            if (what === 'complete') source.complete();
            else source.error(new Error('source'));
          } else if (what === 'leave' && !over) {
            over = true;
            running = [];
            log.push(...buffer.splice(0).map((value) => `${value} cancelled`));
            subscription.unsubscribe();
          }
          settle();
          expectEqual(inners.lines, log);
          expectIs(source.observed, end === null && !over);
        }
        subscription.unsubscribe();
        const told = numbers(inners.lines, /start|dropped|evicted|cancelled/).sort((a, b) => a - b);
        expectEqual(
          told,
          Array.from({ length: sent }, (_, n) => n).filter((value) => value !== overflowed),
        );
      }),
      RUNS,
    );
  });
});
