// Snapshots made by hand, and the text that they become, letter by letter.

import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../src/inspect/format-duration.ts';
import { formatSnapshot } from '../../src/inspect/format-snapshot.ts';
import type { PlaceInfo, Snapshot, TaskInfo } from '../../src/inspect/index.ts';

let ids = 0;

function task(name: string, more: Partial<TaskInfo> = {}): TaskInfo {
  const plain = { parent: null, state: 'ready', waitingFor: null, forMs: 0, startedAt: null } as const;
  return { id: ++ids, name, ...plain, ...more };
}

function place(kind: string, name: string, more: Partial<PlaceInfo> = {}): PlaceInfo {
  return { kind, name, text: `${kind} ${name}`, waiting: [], ...more };
}

function format(snapshot: Partial<Snapshot>): string[] {
  return formatSnapshot({ tasks: [], places: [], cycles: [], ...snapshot }).split('\n');
}

describe('formatSnapshot', () => {
  it('says that there is nothing', () => {
    expect(format({})).toEqual(['no tasks']);
  });

  it('shows each task below the one that started it, in the order in which they started', () => {
    const tasks = [
      task('server', { id: 1 }),
      task('clock', { id: 2 }),
      task('GET /a', { id: 3, parent: 1 }),
      task('read a', { id: 4, parent: 3 }),
      task('GET /b', { id: 5, parent: 1 }),
      task('read b', { id: 6, parent: 5 }),
      task('tick', { id: 7, parent: 2 }),
    ];
    const expected = [
      '7 tasks',
      '├─ server: ready, 0 ms',
      '│  ├─ GET /a: ready, 0 ms',
      '│  │  └─ read a: ready, 0 ms',
      '│  └─ GET /b: ready, 0 ms',
      '│     └─ read b: ready, 0 ms',
      '└─ clock: ready, 0 ms',
      '   └─ tick: ready, 0 ms',
    ];
    expect(format({ tasks })).toEqual(expected);
    expect(format({ tasks: [...tasks].reverse() }), 'in whatever order they are told').toEqual(expected);
  });

  it('says of each what it does, for how long, and where it was started', () => {
    const tasks = [
      task('a', { state: 'running', forMs: 120.4 }),
      task('b', { state: 'waiting', waitingFor: 'receive on orders', forMs: 1234 }),
      task('c', { state: 'waiting', forMs: 5 }),
      task('d', { state: 'cleaning', forMs: 5 }),
      task('e', { state: 'cleaning', waitingFor: 'sleep', forMs: 61_000 }),
      task('f', { startedAt: 'at shop.ts:12:3' }),
    ];
    expect(format({ tasks })).toEqual([
      '6 tasks',
      '├─ a: running, 120 ms',
      '├─ b: waits 1.2 s for receive on orders',
      '├─ c: waits 5 ms',
      '├─ d: cleans up, 5 ms',
      '├─ e: cleans up, waits 1 min 1 s for sleep',
      '└─ f: ready, 0 ms  at shop.ts:12:3',
    ]);
  });

  it('shows a task whose parent has ended at the root', () => {
    const tasks = [task('orphan', { id: 5, parent: 2 }), task('child', { id: 6, parent: 5 }), task('root', { id: 1 })];
    expect(format({ tasks })).toEqual([
      '3 tasks',
      '├─ root: ready, 0 ms',
      '└─ orphan: ready, 0 ms',
      '   └─ child: ready, 0 ms',
    ]);
  });

  it('shows the places, and by name who waits there', () => {
    const tasks = [
      task('ann', { id: 1, state: 'waiting' }),
      task('worker', { id: 2, state: 'waiting' }),
      task('worker', { id: 3, state: 'waiting' }),
    ];
    const places = [
      place('channel', 'orders', { text: 'channel orders (0/4, 2 receivers wait)', waiting: [1, 3] }),
      place('mutex', 'a', { waiting: [2, 77] }),
      place('mutex', 'b'),
    ];
    expect(format({ tasks, places })).toEqual([
      '3 tasks',
      '├─ ann: waits 0 ms',
      '├─ worker [2]: waits 0 ms',
      '└─ worker [3]: waits 0 ms',
      '',
      '3 places',
      '├─ channel orders (0/4, 2 receivers wait)  ◄─ ann, worker [3]',
      '├─ mutex a  ◄─ worker [2], task 77',
      '└─ mutex b',
    ]);
  });

  it('names no more than ten of those who wait at one place', () => {
    const waiting = (n: number): number[] => Array.from({ length: n }, (_, i) => 100 + i);
    const places = [place('gate', 'a', { waiting: waiting(10) }), place('gate', 'b', { waiting: waiting(1000) })];
    const [, , , a, b] = format({ places });
    expect(a).toMatch(/task 108, task 109$/);
    expect(b).toMatch(/task 109, 990 more$/);
  });

  it('shows each deadlock as a ring, and marks who is part of it', () => {
    const tasks = [
      task('bank', { id: 1, state: 'waiting', waitingFor: 'all of 2', forMs: 9 }),
      task('a to b', { id: 2, parent: 1, state: 'waiting', waitingFor: 'lock of b', forMs: 9 }),
      task('b to a', { id: 3, parent: 1, state: 'waiting', waitingFor: 'lock of a', forMs: 9 }),
      task('owner of itself', { id: 4, state: 'waiting', waitingFor: 'update of sum', forMs: 9 }),
      task('idle', { id: 5 }),
    ];
    const places = [
      place('mutex', 'a', { waiting: [3] }),
      place('mutex', 'b', { waiting: [2] }),
      place('mutex', 'c'),
      place('stateOwner', 'sum', { waiting: [4] }),
    ];
    const cycles = [['a to b', 'mutex b', 'b to a', 'mutex a'], ['owner of itself', 'sum'], ['alone']];
    expect(format({ tasks, places, cycles })).toEqual([
      '5 tasks',
      '├─ bank: waits 9 ms for all of 2',
      '│  ├─ a to b: waits 9 ms for lock of b  ✖ deadlock 1',
      '│  └─ b to a: waits 9 ms for lock of a  ✖ deadlock 1',
      '├─ owner of itself: waits 9 ms for update of sum  ✖ deadlock 2',
      '└─ idle: ready, 0 ms',
      '',
      '4 places',
      '├─ mutex a  ◄─ b to a  ✖ deadlock 1',
      '├─ mutex b  ◄─ a to b  ✖ deadlock 1',
      '├─ mutex c',
      '└─ stateOwner sum  ◄─ owner of itself  ✖ deadlock 2',
      '',
      'deadlock 1: each waits for the next',
      '┌─► a to b',
      '│   mutex b',
      '│   b to a',
      '└── mutex a',
      '',
      'deadlock 2: each waits for the next',
      '┌─► owner of itself',
      '└── sum',
      '',
      'deadlock 3: each waits for the next',
      '┌─► alone',
      '└── itself',
    ]);
  });

  it('marks of those with one name who waits in the ring, and none that waits for nothing', () => {
    const waits = { state: 'waiting', waitingFor: 'lock of m' } as const;
    const tasks = [
      task('worker', { id: 1, ...waits }),
      task('worker', { id: 2, ...waits }),
      task('worker', { id: 3 }),
      task('other', { id: 4 }),
    ];
    const places = [place('mutex', 'm', { waiting: [2] })];
    const marked = (lines: string[]): string[] => lines.filter((line) => /✖ deadlock/.test(line));
    expect(marked(format({ tasks, places, cycles: [['worker', 'mutex m']] }))).toEqual([
      '├─ worker [2]: waits 0 ms for lock of m  ✖ deadlock 1',
      '└─ mutex m  ◄─ worker [2]  ✖ deadlock 1',
    ]);
    expect(marked(format({ tasks, cycles: [['worker', 'worker']] })), 'without their places').toHaveLength(2);
  });

  it('names all deadlocks that one is part of', () => {
    const tasks = [task('a', { state: 'waiting', waitingFor: 'x' })];
    expect(format({ tasks, cycles: [['a'], ['b'], ['a', 'c']] })[1]).toBe('└─ a: waits 0 ms for x  ✖ deadlock 1, 3');
  });

  it('escapes what names would do to a terminal', () => {
    const evil = 'a\u001b[2J\nb';
    const text = format({
      tasks: [task(evil, { id: 1, state: 'waiting', waitingFor: evil, startedAt: evil })],
      places: [place('channel', evil, { waiting: [1] })],
      cycles: [[evil, `channel ${evil}`]],
    });
    expect(text).toEqual([
      '1 task',
      String.raw`└─ a\x1b[2J\nb: waits 0 ms for a\x1b[2J\nb  a\x1b[2J\nb  ✖ deadlock 1`,
      '',
      '1 place',
      String.raw`└─ channel a\x1b[2J\nb  ◄─ a\x1b[2J\nb  ✖ deadlock 1`,
      '',
      'deadlock 1: each waits for the next',
      String.raw`┌─► a\x1b[2J\nb`,
      String.raw`└── channel a\x1b[2J\nb`,
    ]);
  });

  it('shows a tree of ten thousand levels without recursion, and indents no more than forty', () => {
    const tasks = Array.from({ length: 10_000 }, (_, i) => task(`t${i}`, { id: i + 1, parent: i === 0 ? null : i }));
    const lines = format({ tasks });
    expect(lines).toHaveLength(10_001);
    expect(lines[40]).toBe(`${'   '.repeat(39)}└─ t39: ready, 0 ms`);
    expect(lines[41]).toBe(`${'   '.repeat(40)}… level 41: t40: ready, 0 ms`);
    expect(lines[10_000]).toBe(`${'   '.repeat(40)}… level 10000: t9999: ready, 0 ms`);
  });
});

it.each([
  [-5, '0 ms'],
  [0.4, '0 ms'],
  [999.4, '999 ms'],
  [999.5, '1.0 s'],
  [1249, '1.2 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min'],
  [125_000, '2 min 5 s'],
  [3_599_400, '59 min 59 s'],
  [3_599_500, '1 h'],
  [11_400_000, '3 h 10 min'],
  [86_369_999, '23 h 59 min'],
  [86_370_000, '1 d'],
  [352_800_000, '4 d 2 h'],
])('%d ms are shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
