// 1.17: wrong arguments fail at the call that was wrong, and name function, argument and value.

import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, go } from '../../src/index.ts';
import {
  drawAscii,
  drawSvg,
  explore,
  ExploreError,
  jasmineMatchers,
  marbleMatchers,
  type MarbleKit,
  runMarbles,
  runMarblesAsync,
} from '../../src/testing/index.ts';

type Wrong = readonly [unknown, ErrorConstructor];
const NO_OBJECT: readonly Wrong[] = [null, 5, 'x', true, Symbol('s'), () => 1, []].map((it) => [it, TypeError]);
const NO_FUNCTION: readonly Wrong[] = [undefined, null, 5, 'x', {}, [], Promise.resolve()].map((it) => [it, TypeError]);
const NO_TEXT: readonly Wrong[] = [undefined, null, 5, {}, ['a'], () => 1, Symbol('s')].map((it) => [it, TypeError]);
const NO_FINITE: readonly Wrong[] = [NaN, Infinity, -Infinity, '5', null, {}, 5n].map((it) => [it, RangeError]);
const NO_SOURCE: readonly Wrong[] = [undefined, null, 5, 'x', {}, [1], Promise.resolve(), () => 1].map((it) => [
  it,
  TypeError,
]);

/** Calls `call` with each of `given`: an error of that kind that says so, in the one way of the house. */
function refuses(call: (given: never) => unknown, says: RegExp, ...given: readonly Wrong[]): void {
  for (const [value, Kind] of given) {
    let thrown: unknown;
    try {
      call(value as never);
    } catch (error) {
      thrown = error;
    }
    expect([value, thrown]).toEqual([value, expect.any(Kind)]);
    expect((thrown as Error).message).toMatch(says);
    expect((thrown as Error).message).toMatch(/; got ./);
  }
}

describe('runMarbles refuses', () => {
  it('a body that is none', () =>
    refuses((body) => runMarbles(body), /^runMarbles: body must be a function/, ...NO_FUNCTION));
  it('options that are none', () =>
    refuses((options) => runMarbles(() => 1, options), /^runMarbles: options must be an object/, ...NO_OBJECT));
  it('a seed that is none', () =>
    refuses((seed) => runMarbles(() => 1, { seed }), /^runMarbles: seed must be a finite number/, ...NO_FINITE));
  it('a limit that is none', () =>
    refuses(
      (maxFrames) => runMarbles(() => 1, { maxFrames }),
      /^runMarbles: maxFrames must be a number >= 0/,
      ...[NaN, -1, -Infinity, '5', null, {}, 5n].map((it): Wrong => [it, RangeError]),
    ));
  it('nothing else', () => {
    for (const options of [
      undefined,
      {},
      { seed: undefined, maxFrames: undefined },
      { seed: -1.5, maxFrames: 0 },
      { maxFrames: Infinity },
    ])
      expect(runMarbles(() => 7, options as object)).toBe(7);
    // Only own keys count.
    expect(runMarbles(() => 7, Object.create({ seed: NaN, maxFrames: -1 }) as object)).toBe(7);
  });
  it('before anything runs, and leaves real time', () => {
    let ran = false;
    expect(() => runMarbles(() => (ran = true), null as never)).toThrow(TypeError);
    expect([ran, Date.now() > 1e12]).toEqual([false, true]);
    expect(runMarbles(() => 1)).toBe(1);
  });
});

describe('runMarblesAsync refuses', () => {
  const rejection = async (...args: unknown[]): Promise<unknown> =>
    (runMarblesAsync as (...args: unknown[]) => Promise<unknown>)(...args).then(
      () => expect.unreachable(),
      (error: unknown) => error,
    );
  it('what runMarbles refuses, by a rejection', async () => {
    const calls: [unknown[], Wrong[1], string][] = [
      ...NO_FUNCTION.map(([it, Kind]): [unknown[], Wrong[1], string] => [[it], Kind, 'body must be a function']),
      ...NO_OBJECT.map(([it, Kind]): [unknown[], Wrong[1], string] => [
        [() => 1, it],
        Kind,
        'options must be an object',
      ]),
      ...NO_FINITE.map(([seed, Kind]): [unknown[], Wrong[1], string] => [
        [() => 1, { seed }],
        Kind,
        'seed must be a finite number',
      ]),
      [[() => 1, { maxFrames: NaN }], RangeError, 'maxFrames must be a number >= 0'],
    ];
    for (const [args, Kind, says] of calls) {
      const error = await rejection(...args);
      expect(error).toBeInstanceOf(Kind);
      expect((error as Error).message).toContain(`runMarblesAsync: ${says}; got `);
    }
    // And the next one is not refused for those.
    await runMarblesAsync(() => Promise.resolve());
  });
});

describe('explore refuses', () => {
  it('a program that is none', () =>
    refuses((program) => explore(program), /^explore: program must be a function/, ...NO_FUNCTION));
  it('options that are none', () =>
    refuses((options) => explore(() => {}, options), /^explore: options must be an object/, ...NO_OBJECT));
  it('a seed that is none', () =>
    refuses(
      (seed) => explore(() => {}, { seed }),
      /^explore: seed must be an integer >= 0/,
      ...[NaN, Infinity, -1, 1.5, '5', null, {}, 5n].map((it): Wrong => [it, RangeError]),
    ));
  it('a number of schedules that is none', () =>
    refuses(
      (schedules) => explore(() => {}, { schedules }),
      /^explore: schedules must be an integer >= 1, or Infinity/,
      ...[NaN, 0, -1, 1.5, '5', null, {}].map((it): Wrong => [it, RangeError]),
    ));
  it('a body that is a generator function, which would not have run', async () => {
    const says = (what: string): RegExp =>
      new RegExp(`^${what} is a generator function, which nobody runs: give it to go`);
    const bodies = [function* () {}, async function* () {}] as unknown as (() => never)[];
    for (const body of bodies) {
      expect(() => runMarbles(body)).toThrow(says('runMarbles: the body'));
      expect(() => explore(body)).toThrow(says('explore: the program'));
      await expect(runMarblesAsync(body)).rejects.toThrow(says('runMarblesAsync: the body'));
    }
    expect(runMarbles(() => 'virtual')).toBe('virtual');
  });

  it('a program that is asynchronous, whose failure is not reported a second time', () => {
    const program = (): unknown => Promise.reject(new Error('later'));
    const asynchronous = (): unknown => explore(program);
    expect(asynchronous).toThrow(/^explore: the program is asynchronous/);
    expect(asynchronous).not.toThrow(ExploreError);
  });
  it('nothing else', () => {
    expect(explore(() => {}, { schedules: Infinity })).toBe(1);
    expect(explore(() => {}, { seed: 0 })).toBe(1);
    expect(explore(() => {}, Object.create({ seed: NaN, schedules: NaN }) as object)).toBe(1);
  });
});

describe.each([
  ['drawAscii', drawAscii],
  ['drawSvg', drawSvg],
] as const)('%s refuses', (name, draw) => {
  const event = { frame: 0, text: 'a', kind: 'next' } as const;
  const row = { label: 'x', kind: 'output', events: [event] } as const;
  const timeline = { title: 't', frames: 1, rows: [row], legend: ['a = 1'] } as const;
  const says = (what: string): RegExp => new RegExp(`^${name}: ${what.replaceAll(/[[\].]/g, '\\$&')} must be `);
  const NO_ARRAY: readonly Wrong[] = [null, 5, 'x', {}, new Set()].map((it) => [it, TypeError]);
  const NO_KIND: readonly Wrong[] = [undefined, null, 'inputs', 5, 'toString'].map((it) => [it, TypeError]);

  it('what is no timeline', () => {
    refuses((it) => draw(it), says('timeline'), ...NO_OBJECT.filter(([it]) => !Array.isArray(it)), [
      undefined,
      TypeError,
    ]);
    refuses(
      (it) => draw(it),
      says('title'),
      [{}, TypeError],
      [[], TypeError],
      [{ ...timeline, title: undefined }, TypeError],
    );
  });
  it('a timeline of wrong parts', () => {
    refuses((title) => draw({ ...timeline, title }), says('title'), ...NO_TEXT);
    refuses((frames) => draw({ ...timeline, frames }), says('frames'), ...NO_FINITE, [undefined, RangeError]);
    refuses((rows) => draw({ ...timeline, rows }), says('rows'), ...NO_ARRAY, [undefined, TypeError]);
    refuses((legend) => draw({ ...timeline, legend }), says('legend'), ...NO_ARRAY);
    refuses((line) => draw({ ...timeline, legend: ['a', line] }), says('legend[1]'), ...NO_TEXT);
  });
  it('rows of wrong parts', () => {
    const of = (part: object): string => draw({ ...timeline, rows: [row, { ...row, ...part }] });
    refuses(
      (it) => draw({ ...timeline, rows: [row, it] }),
      says('rows[1]'),
      [null, TypeError],
      [5, TypeError],
      ['x', TypeError],
    );
    refuses((label) => of({ label }), says('rows[1].label'), ...NO_TEXT);
    refuses((kind) => of({ kind }), says('rows[1].kind'), ...NO_KIND);
    refuses((events) => of({ events }), says('rows[1].events'), ...NO_ARRAY, [undefined, TypeError]);
    refuses((from) => of({ from }), says('rows[1].from'), ...NO_FINITE);
    refuses((until) => of({ until }), says('rows[1].until'), ...NO_FINITE);
  });
  it('events of wrong parts', () => {
    const of = (part: object, kind = 'output'): string =>
      draw({ ...timeline, rows: [{ ...row, kind: kind as never, events: [event, { ...event, ...part }] }] });
    const one = (it: never): string => draw({ ...timeline, rows: [{ ...row, events: [event, it] }] });
    refuses(one, says('rows[0].events[1]'), [null, TypeError], [5, TypeError], ['x', TypeError]);
    refuses((frame) => of({ frame }), says('rows[0].events[1].frame'), ...NO_FINITE, [undefined, RangeError]);
    refuses((text) => of({ text }), says('rows[0].events[1].text'), ...NO_TEXT);
    refuses((kind) => of({ kind }), says('rows[0].events[1].kind'), ...NO_KIND);
    refuses(
      (text) => of({ text }, 'gauge'),
      /a gauge must be a finite number/,
      ['x', RangeError],
      ['', RangeError],
      ['NaN', RangeError],
    );
  });
  it('nothing that a run gives', () => {
    expect(draw(timeline)).toContain('x');
    expect(draw({ ...timeline, rows: [{ ...row, from: -3, until: 5.5 }], frames: -2 })).toContain('x');
  });
});

describe('the kit refuses', () => {
  const inside = (call: (kit: MarbleKit, given: never) => unknown) => (given: never) =>
    runMarbles((kit) => {
      call(kit, given);
    });
  const NO_VALUES: readonly Wrong[] = [5, 'x', true, () => 1].map((it) => [it, TypeError]);

  it('diagrams that are no text', () => {
    for (const name of ['cold', 'hot', 'time', 'animate'] as const)
      refuses(
        inside((kit, it) => kit[name](it)),
        new RegExp(`^${name}: marbles must be a string`),
        ...NO_TEXT,
      );
    refuses(
      inside((kit, it) => kit.pull(channel(), it)),
      /^pull: demand must be a string/,
      ...NO_TEXT,
    );
    refuses(
      inside((kit, it) => kit.expectObservable(of(1)).toBe(it)),
      /^toBe: marbles must be a string/,
      ...NO_TEXT,
    );
    const noText = NO_TEXT.filter(([it]) => it != null);
    refuses(
      inside((kit, it) => kit.expectObservable(of(1), it)),
      /^expectObservable: subscription must be a string/,
      ...noText,
    );
    const noTexts = NO_TEXT.filter(([it]) => !Array.isArray(it));
    refuses(
      inside((kit, it) => kit.expectSubscriptions([]).toBe(it)),
      /^toBe: marbles must be a string/,
      ...noTexts,
    );
    refuses(
      inside((kit, it) => kit.expectSubscriptions([]).toBe(['^', it])),
      /^toBe: marbles must be a string/,
      ...NO_TEXT,
    );
  });
  it('values that are none', () => {
    for (const name of ['cold', 'hot'] as const)
      refuses(
        inside((kit, it) => kit[name]('a', it)),
        new RegExp(`^${name}: values must be an object`),
        ...NO_VALUES,
      );
    refuses(
      inside((kit, it) => kit.expectObservable(of(1)).toBe('a', it)),
      /^toBe: values must be an object/,
      ...NO_VALUES,
    );
  });
  it('sources that are none', () => {
    refuses(
      inside((kit, it) => kit.expectObservable(it)),
      /^expectObservable: source must be an Observable/,
      ...NO_SOURCE,
    );
    refuses(
      inside((kit, it) => kit.expectObservable(of(1)).toEqual(it)),
      /^toEqual: source must be an Observable/,
      ...NO_SOURCE,
    );
    refuses(
      inside((kit, it) => kit.pull(it, 'x')),
      /^pull: source must be a channel/,
      ...NO_SOURCE,
      [of(1), TypeError],
    );
    refuses(
      inside((kit, it) => kit.expectSubscriptions(it)),
      /^expectSubscriptions: logs must be an array/,
      ...NO_OBJECT.filter(([it]) => !Array.isArray(it)),
      [undefined, TypeError],
    );
    runMarbles((kit) => {
      refuses((it) => kit.expectSubscriptions(it), /an array/, [kit.cold('a'), TypeError]);
    });
  });
  it('what comes after its run', () => {
    const kept: MarbleKit[] = [];
    runMarbles((kit) => kept.push(kit));
    for (const kit of kept) {
      expect(() => kit.expectObservable(of(1))).toThrow(/^expectObservable: the run has ended/);
      expect(() => kit.expectSubscriptions([])).toThrow(/^expectSubscriptions: the run has ended/);
    }
  });
});

describe('toEmit refuses', () => {
  const { compare, negativeCompare } = jasmineMatchers.toEmit();
  it.each<[string, (...args: never[]) => unknown]>([
    ['vitest and jest', (...args) => (marbleMatchers.toEmit as (...args: never[]) => unknown)(...args)],
    ['jasmine', compare],
    ['jasmine, with not', negativeCompare],
  ])('in %s', (_, toEmit) => {
    const inside = (...args: unknown[]): unknown => runMarbles(() => void toEmit(...(args as never[])));
    refuses((it) => inside(it, 'a'), /^toEmit: source must be an Observable/, ...NO_SOURCE);
    refuses((it) => inside(of(1), it), /^toEmit: marbles must be a string/, ...NO_TEXT);
    refuses((it) => inside(of(1), 'a', it), /^toEmit: values must be an object/, [5, TypeError], ['x', TypeError]);
    expect(() => toEmit(of(1) as never, 'a' as never)).toThrow(/there is no run/);
  });
});

it('what was refused leaves no expectation behind', () => {
  runMarbles(({ cold, expectObservable }) => {
    expect(() => expectObservable(5 as never)).toThrow(TypeError);
    expect(() => expectObservable(of(1), 5 as never)).toThrow(TypeError);
    expect(() => expectObservable(of(1), '^^')).toThrow(/subscribe/);
    expect(() => marbleMatchers.toEmit(of(1), 5 as never)).toThrow(TypeError);
    expect(() => marbleMatchers.toEmit(of(1), '((')).toThrow(/group/);
    expectObservable(cold('a|')).toBe('a|');
    go(function* () {});
  });
});
