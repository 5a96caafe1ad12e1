// Names, diagrams and values come from elsewhere. What would steer a terminal, or is no character of XML, is shown escaped.

import { of, throwError } from 'rxjs';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/base/printable.ts';
import { channel, coroutine, go, semaphore } from '../../src/index.ts';
import { DeadlockError, drawAscii, drawSvg, explore, runMarbles, type Timeline } from '../../src/testing/index.ts';

const EVIL = '\x1b[2J\n\r\0\x07\x7f\x9b\u2028\u202e\ud800';
const ESCAPED = '\\x1b[2J\\n\\r\\x00\\x07\\x7f\\x9b\\u2028\\u202e\\ud800';
const RAW = /[^\P{C}\n\u200d\p{Co}]|[\u2028\u2029]/u;

function messageOf(test: () => unknown): string {
  try {
    test();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it does not fail');
}

describe('text', () => {
  it('is escaped once, however often', () => {
    expect(printable(EVIL)).toBe(ESCAPED);
    expect(printable(printable(EVIL))).toBe(ESCAPED);
    expect(printable('plain, Ünïcödé, 🙈, 👩‍👩‍👧, שלום, \\n')).toBe('plain, Ünïcödé, 🙈, 👩‍👩‍👧, שלום, \\n');
    expect(printable('\t\ufffe\uffff\udc00x\u2066')).toBe('\\t\\ufffe\\uffff\\udc00x\\u2066');
  });
});

describe('a drawing', () => {
  const timeline: Timeline = {
    title: `title ${EVIL}`,
    frames: 3,
    legend: [`a = ${EVIL}`],
    rows: [
      { label: `source ${EVIL}`, kind: 'input', events: [{ frame: 1, text: EVIL, kind: 'next' }] },
      { label: `operator ${EVIL}`, kind: 'operator', events: [] },
      { label: 'output', kind: 'output', events: [{ frame: 2, text: 'x', kind: 'next' }] },
    ],
  };

  it('as text is one line for each row, in which nothing is raw', () => {
    const text = drawAscii(timeline);
    expect(text).not.toMatch(RAW);
    const lines = text.split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe(`title ${ESCAPED}`);
    expect(lines[3]).toBe(`source ${ESCAPED}  -${ESCAPED}--`);
    expect(lines[5]?.indexOf('x')).toBe((lines[3] as string).length - 2);
    expect(lines[7]).toBe(`a = ${ESCAPED}`);
  });

  it('as a picture is XML that can be read, whatever it is called', () => {
    const svg = drawSvg(timeline);
    expect(svg).not.toMatch(RAW);
    const { window } = new JSDOM('');
    const read = new window.DOMParser().parseFromString(svg, 'image/svg+xml');
    expect(read.querySelector('parsererror')).toBe(null);
    expect(read.querySelector('title')?.textContent).toBe(`title ${ESCAPED}`);
    expect([...read.querySelectorAll('text')].map((it) => it.textContent)).toEqual(
      expect.arrayContaining([`source ${ESCAPED}`, ESCAPED, `operator ${ESCAPED}`, `a = ${ESCAPED}`]),
    );
  });
});

describe('an error', () => {
  it('of a run that is not idle names tasks and places escaped', () => {
    const blocked: string[] = [];
    const message = messageOf(() => {
      try {
        runMarbles(({ expectIdle }) => {
          expectIdle();
          const ch = channel<number>({ name: `ch ${EVIL}` });
          go(() => ch.receive()[Symbol.iterator]() as never, { name: `task ${EVIL}` });
          go(
            function* () {
              yield* coroutine(function* () {
                yield* semaphore(1, { name: EVIL }).acquire(1);
                yield* ch.receive();
              });
            },
            { name: 'other' },
          );
          ch.subscribe();
        });
      } catch (error) {
        if (error instanceof DeadlockError) blocked.push(...error.blocked);
        throw error;
      }
    });
    expect(message).not.toMatch(RAW);
    expect(blocked).toHaveLength(2);
    for (const line of blocked) {
      expect(line).not.toMatch(RAW);
      expect(line).not.toContain('\n');
    }
    expect(blocked[0]).toMatch(`task ${ESCAPED}: receive on ch ${ESCAPED}, since frame 0`);
    expect(message.split('\n')).toHaveLength(4);
  });

  it('of a schedule names tasks escaped', () => {
    const message = messageOf(() =>
      explore(() => {
        for (const name of [`a ${EVIL}`, `b ${EVIL}`])
          go(
            function* () {
              yield* channel({ name }).receive();
            },
            { name },
          );
        const start = channel();
        for (const name of [`c ${EVIL}`, `d ${EVIL}`])
          go(
            function* () {
              yield* start.whenEnded();
            },
            { name },
          );
        start.close();
      }),
    );
    expect(message).not.toMatch(RAW);
    expect(message).toContain(`frame 0: c ${ESCAPED}, of 2`);
  });

  it.each<[string, Parameters<typeof runMarbles>[0]]>([
    [
      'values',
      ({ expectObservable }) =>
        expectObservable(of(EVIL, '\x1b', '\u202e', { [EVIL]: EVIL })).toBe('(ab|)', { a: `x${EVIL}`, b: 1 }),
    ],
    [
      'errors',
      ({ expectObservable }) => expectObservable(throwError(() => new RangeError(EVIL))).toBe('#', {}, new Error(EVIL)),
    ],
    ['letters', ({ expectObservable }) => expectObservable(of('a')).toBe('(\x1b\u202e\x9b|)')],
    ['values behind letters', ({ expectObservable }) => expectObservable(of('a')).toBe('(\x1b|)', { '\x1b': 'b' })],
    [
      'functions, symbols and classes',
      ({ expectObservable }) =>
        expectObservable(
          of({ [EVIL]: () => 1 }[EVIL], Symbol(EVIL), channel({ name: EVIL }), new Map([[EVIL, 1]])),
        ).toBe('|'),
    ],
    [
      'paths',
      ({ expectObservable }) =>
        expectObservable(of({ [EVIL]: 1, other: new Map([[EVIL, 1]]) })).toBe('(a|)', {
          a: { [EVIL]: 1, other: new Map([[EVIL, 2]]) },
        }),
    ],
    ['diagrams', ({ cold }) => cold(`((${EVIL}`)],
    ['letters without a value', ({ cold }) => cold('\x1b', { '\x9b': 1 })],
    ['sources that do not end', ({ cold, expectObservable }) => expectObservable(cold('\x1b 20s \x1b')).toBe('a')],
  ])('of a run shows %s escaped', (_, test) => {
    const message = messageOf(() => runMarbles(test, { maxFrames: 100 }));
    expect(message).not.toMatch(RAW);
    expect(message).toContain('\\');
  });

  it('that shows escaped letters keeps the same frame in the same column', () => {
    const lines = messageOf(() =>
      runMarbles(({ cold, expectObservable }) => expectObservable(cold('-a-b')).toBe('-\x1b-c')),
    ).split('\n');
    const [expected, received] = ['expected', 'received'].map((title) => lines.find((line) => line.startsWith(title)));
    expect(expected).toBe('expected  -\\x1b-c');
    expect(received).toBe('received  -a----b');
  });
});
