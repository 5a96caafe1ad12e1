// 9.1: at the settings of its table, queueMap equals RxJS's flattening operators, event for event: values, errors,
// completion, and the order of subscriptions and teardowns. Random marbles of outer and inner sources.

import fc from 'fast-check';
import { concatMap, exhaustMap, mergeMap, Observable, type OperatorFunction, switchMap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { queueMap, type QueueMapOptions } from '../../src/index.ts';
import { runs } from '../random.ts';
import { expectEqual } from '../quick.ts';

const RUNS = runs(4000);

interface Case {
  /** The outer source, and inner sources by letter; `s` in front: it begins with what comes synchronously. */
  readonly outer: string;
  readonly inners: Readonly<Record<string, string>>;
  /** The frame at which the consumer leaves. */
  readonly leaves: number | null;
  readonly throwsAt: number | null;
}

type Flatten = (project: (value: string, index: number) => Observable<string>) => OperatorFunction<string, string>;

/** Every event there is, in order: with its frame, and which source it is about. */
function run(flatten: Flatten, { outer, inners, leaves, throwsAt }: Case): string[] {
  const log: string[] = [];
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ cold, flush }) => {
    const say = (text: string): void => {
      log.push(`${scheduler.frame} ${text}`);
    };
    const watched = (name: string, marbles: string): Observable<string> =>
      new Observable((subscriber) => {
        say(`subscribe ${name}`);
        subscriber.add(() => say(`tear down ${name}`));
        return cold(marbles).subscribe(subscriber);
      });
    const subscription = watched('outer', outer)
      .pipe(
        flatten((value, index) => {
          say(`project ${value} ${index}`);
          if (index === throwsAt) throw new Error('project');
          return watched(`${value}${index}`, inners[value] ?? '|');
        }),
      )
      .subscribe({
        next: (value) => say(`next ${value}`),
        error: (error: unknown) => say(`error ${String(error)}`),
        complete: () => say('complete'),
      });
    if (leaves !== null) scheduler.schedule(() => subscription.unsubscribe(), leaves);
    flush();
  });
  return normal(log);
}

/** Free by 9.1: whether the last teardown comes before or after `complete`. */
function normal(log: readonly string[]): string[] {
  const at = log.findIndex((line) => line.endsWith(' complete'));
  if (at < 0) return [...log];
  const frame = log[at]?.split(' ')[0] ?? '';
  const isTeardown = (line: string): boolean => line.startsWith(`${frame} tear down`);
  let from = at;
  while (from > 0 && isTeardown(log[from - 1] ?? '')) from--;
  return [...log.slice(0, from), ...log.slice(from).sort()];
}

const pause = fc.integer({ min: 0, max: 3 }).map((frames) => '-'.repeat(frames));
const end = fc.constantFrom('|', '|', '|', '#', '-');
/** Groups make several values come at once. */
const group = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  .map((letters) => (letters.length === 1 ? (letters[0] ?? '') : `(${letters.join('')})`));
const marbles = fc
  .tuple(fc.array(fc.tuple(pause, group), { maxLength: 6 }), pause, end)
  .map(([values, last, how]) => values.map(([gap, what]) => gap + what).join('') + last + how);
const synchronous = fc.constantFrom('|', '(a|)', '(ab|)', '#', '(a#)');
const inner = fc.oneof({ weight: 3, arbitrary: marbles }, { weight: 2, arbitrary: synchronous });
const cases: fc.Arbitrary<Case> = fc.record({
  outer: marbles,
  inners: fc.record({ a: inner, b: inner, c: inner }),
  leaves: fc.option(fc.integer({ min: 0, max: 25 })),
  throwsAt: fc.option(fc.integer({ min: 0, max: 4 }), { freq: 6 }),
});

const table: [string, Flatten, QueueMapOptions<string>][] = [
  ['concatMap', (project) => concatMap(project), {}],
  ['mergeMap', (project) => mergeMap(project), { concurrency: Infinity }],
  ['mergeMap of 1', (project) => mergeMap(project, 1), { concurrency: 1 }],
  ['mergeMap of 2', (project) => mergeMap(project, 2), { concurrency: 2 }],
  ['mergeMap of 3', (project) => mergeMap(project, 3), { concurrency: 3 }],
  ['exhaustMap', (project) => exhaustMap(project), { capacity: 0, overflow: 'dropNewest' }],
  ['switchMap', (project) => switchMap(project), { capacity: 0, overflow: 'switch' }],
];

describe('9.1 queueMap equals', () => {
  it.each(table)(`%s, in ${RUNS.numRuns} random cases`, (_name, theirs, options) => {
    const ours: Flatten = (project) => queueMap((value, { index }) => project(value, index), options);
    let events = 0;
    fc.assert(
      fc.property(cases, (one) => {
        const log = run(theirs, one);
        events += log.length;
        expectEqual(run(ours, one), log);
      }),
      RUNS,
    );
    expect(events).toBeGreaterThan(RUNS.numRuns);
  });
});
