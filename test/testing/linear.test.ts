// What a diagram, and a picture, cost grows with their length and no faster: ten times as long is not a hundred times as dear.

import { of, range, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { drawAscii, drawSvg, runMarbles, type Timeline, type TimelineEvent } from '../../src/testing/index.ts';
import { parseMarbles } from '../../src/testing/parse-marbles.ts';

/** Milliseconds of work. */
function cost(act: () => unknown): number {
  const start = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const N = 30_000;

describe('reading', () => {
  it.each([
    ['spaces', ' '.repeat(N) + 'a'],
    ['frames', '-'.repeat(N) + 'a'],
    ['frames and spaces', '- '.repeat(N) + 'a'],
    ['values', 'a'.repeat(N)],
    ['values and spaces', 'a '.repeat(N)],
    ['groups', '(ab)'.repeat(N)],
    ['one long group', `(${'a'.repeat(N)})`],
    ['durations', '1ms '.repeat(N) + 'a'],
    ['digits', ` ${'1'.repeat(N)}`],
    ['digits apart', '1 '.repeat(N)],
    ['digits with a point', ` ${'1'.repeat(N)}.${'1'.repeat(N)}`],
    ['letters outside of the basic plane', '🙈 '.repeat(N)],
  ])('%s is linear', (_, diagram) => {
    expect(cost(() => parseMarbles(diagram, 'source', undefined))).toBeLessThan(1000);
  });

  it.each([
    ['spaces', ' '.repeat(N) + 'a|', 'a|'],
    ['frames', '-'.repeat(N) + 'a|', `${N}ms a|`],
    ['one long group', `(${'a'.repeat(N)}|)`, `(${'a'.repeat(N)}|)`],
    ['values', `${'a'.repeat(N)}|`, `${'a'.repeat(N)}|`],
  ])('and running %s is, too', (_, diagram, expected) => {
    const spent = cost(() =>
      runMarbles(({ cold, expectObservable }) => {
        expectObservable(cold(diagram)).toBe(expected);
      }),
    );
    expect(spent).toBeLessThan(2500);
  });
});

describe('what a failure prints', () => {
  const failure = (test: Parameters<typeof runMarbles>[0]): string => {
    try {
      runMarbles(test);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('it does not fail');
  };
  it.each<[string, Parameters<typeof runMarbles>[0]]>([
    ['values of one frame', ({ expectObservable }) => expectObservable(range(0, N)).toBe('|')],
    [
      'values of one frame that were not received',
      ({ expectObservable }) => expectObservable(of()).toBe(`(${'a'.repeat(N)})`),
    ],
    ['idle frames', ({ expectObservable }) => expectObservable(timer(N)).toBe('-')],
    [
      'values that are equal before the first that differs',
      ({ cold, expectObservable }) => expectObservable(cold('a'.repeat(N / 10))).toBe(`${'a'.repeat(N / 10 - 1)}b`),
    ],
    [
      'subscriptions',
      ({ cold, expectSubscriptions }) => {
        const source = cold('a|');
        for (let i = 0; i < N; i++) source.subscribe().unsubscribe();
        expectSubscriptions(source.subscriptions).toBe('^!');
      },
    ],
  ])('is linear in %s', (_, test) => {
    let message = '';
    expect(cost(() => (message = failure(test)))).toBeLessThan(2500);
    expect(message).toMatch(/^expected/m);
  });
});

describe('drawing', () => {
  const at = (frame: number, text = 'a'): TimelineEvent => ({ frame, text, kind: 'next' });
  const events = (make: (i: number) => TimelineEvent): Timeline => ({
    title: '',
    frames: 1,
    rows: [
      { label: 'x', kind: 'output', events: Array.from({ length: N }, (_, i) => make(i)) },
      { label: 'y', kind: 'gauge', events: Array.from({ length: N }, (_, i) => ({ ...make(i), text: '1' })) },
    ],
  });
  it.each<[string, Timeline]>([
    ['in one frame each', events((i) => at(i))],
    ['far apart', events((i) => at(i * 100))],
    ['in one frame', events(() => at(0))],
    [
      'rows',
      {
        title: '',
        frames: 1,
        rows: Array.from({ length: N }, () => ({ label: 'x', kind: 'output', events: [at(1)] })),
      },
    ],
    ['lines of a legend', { title: '', frames: 1, rows: [], legend: Array.from({ length: N }, () => 'a = 1') }],
  ])('is linear in events: %s', (_, timeline) => {
    expect(cost(() => drawAscii(timeline))).toBeLessThan(2500);
    expect(cost(() => drawSvg(timeline))).toBeLessThan(2500);
  });
});
