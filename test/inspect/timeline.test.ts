import { describe, expect, it } from 'vitest';
import { channel, go, sleep, stateOwner } from '../../src/index.ts';
import { inspect } from '../../src/inspect/index.ts';
import { drawAscii, drawSvg, type Timeline } from '../../src/testing/index.ts';
import { at, virtual } from '../virtual.ts';

/** A shop of one clerk: what `ask` says of it at the end. */
function shop(ask: (inspector: ReturnType<typeof inspect>) => Timeline): Timeline {
  let timeline: Timeline = { title: '', frames: 0, rows: [] };
  virtual(() => {
    const inspector = inspect();
    const orders = channel<string>({ name: 'orders', capacity: 2 });
    const total = stateOwner(0, { name: 'total' });
    go(
      function* () {
        for (let i = 0; i < 3; i++) {
          yield* orders.receive();
          yield* sleep(4);
          total.write(i + 1).subscribe();
        }
      },
      { name: 'clerk' },
    );
    for (const [frame, order] of [
      [2, 'a'],
      [3, 'b'],
      [5, 'c'],
    ] as const)
      at(frame, () => orders.trySend(order));
    at(20, () => {
      timeline = ask(inspector);
      inspector.stop();
    });
  });
  return timeline;
}

describe('timeline', () => {
  it('shows what a task waits for, what was sent and received at places, and the states of owners', () => {
    const timeline = shop((inspector) => inspector.timeline());
    expect(drawAscii(timeline)).toBe(
      [
        'what has happened',
        '',
        'frame   0    5    10',
        'clerk   a-b---b---b---|',
        'orders  --ab-c---------',
        'orders  --a---b---c----',
        'total   ------1---2---3',
        '',
        'a = receive on orders',
        'b = sleep(4)',
      ].join('\n'),
    );
  });

  it('shows only what is asked for, and no more events than that, the latest', () => {
    const rowsOf = ({ rows }: Timeline): string[] =>
      rows.map(
        ({ label, kind, events }) =>
          `${label} (${kind}): ${events.map(({ frame, text }) => `${text}@${frame}`).join(' ')}`,
      );
    expect(rowsOf(shop((inspector) => inspector.timeline({ names: ['orders'] })))).toEqual([
      'orders (input): a@0 b@1 c@3',
      'orders (output): a@0 b@4 c@8',
    ]);
    expect(rowsOf(shop((inspector) => inspector.timeline({ names: ['total', 'orders'], events: 3 })))).toEqual([
      'total (input): 2@0 3@4',
      'orders (output): c@0',
    ]);
    expect(shop((inspector) => inspector.timeline({ names: ['nobody'] })).rows).toEqual([]);
    expect(shop((inspector) => inspector.timeline({ events: 0 })).rows).toEqual([]);
  });

  it('is drawn by drawSvg, names and values escaped', () => {
    let svg = '';
    virtual(() => {
      const inspector = inspect();
      const orders = channel<unknown>({ name: 'or<de>rs\n', capacity: 9 });
      for (const value of [
        '<b>',
        { id: 7, of: {} },
        [1, 2],
        null,
        new Error('x'),
        'a very long text that goes on and on',
      ])
        orders.trySend(value);
      svg = drawSvg(inspector.timeline());
      inspector.stop();
    });
    expect(svg).toContain('or&lt;de&gt;rs\\n');
    expect(svg).not.toContain('<b>');
  });

  it('keeps the latest ten thousand events, also after stop', () => {
    virtual(() => {
      const inspector = inspect();
      const numbers = channel<number>({ name: 'numbers', capacity: 1, overflow: 'dropOldest' });
      for (let i = 0; i < 12_000; i++) numbers.trySend(i);
      inspector.stop();
      const [row] = inspector.timeline().rows;
      expect(row?.events).toHaveLength(10_000);
      expect(row?.events[0]?.text).toBe('2000');
      expect(row?.events.at(-1)?.text).toBe('11999');
    });
  });

  it.each([
    ['names that are no array', { names: 'orders' }, 'timeline: names must be an array; got "orders"'],
    ['events below zero', { events: -1 }, 'timeline: events must be an integer >= 0, or Infinity; got -1'],
  ])('rejects %s', (_, options, message) => {
    using inspector = inspect();
    expect(() => inspector.timeline(options as never)).toThrow(message);
  });
});

describe('inspect', () => {
  it.each([
    ['slowStep', { slowStep: -1 }, 'inspect: slowStep must be a number of ms >= 0; got -1'],
    ['longWait', { longWait: NaN }, 'inspect: longWait must be a number of ms >= 0; got NaN'],
    ['stacks', { stacks: 1 }, 'inspect: stacks must be a boolean; got 1'],
    ['no options', null, 'inspect: options must be an object; got null'],
  ])('rejects a wrong %s', (_, options, message) => {
    expect(() => inspect(options as never)).toThrow(message);
  });
});
