import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circles, MEANT } from './house/circles.ts';
import { breaches } from './house/floors.ts';

const src = join(import.meta.dirname, '../src');

function sources(): Map<string, string> {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return new Map(files.sort().map((path) => [path.replaceAll('\\', '/'), readFileSync(join(src, path), 'utf8')]));
}

describe('the floors of src', () => {
  it('are kept: imports look down, and time, chance and promises come through their doors', () => {
    expect(breaches(sources())).toEqual([]);
  });
});

describe('the files of src', () => {
  it('import each other nowhere but where that is meant', () => {
    expect(circles(sources())).toEqual(MEANT);
  });

  it.each([
    ['two', { 'a.ts': `import { b } from './b.ts';`, 'b.ts': `export { a } from './a.ts';` }, [['a.ts', 'b.ts']]],
    [
      'three, by types alone, beside one that only looks in',
      {
        'a/a.ts': `import type { B } from '../b/b.ts';`,
        'b/b.ts': `import type { C } from './c.ts';`,
        'b/c.ts': `import type { A } from '../a/a.ts';`,
        'd.ts': `import './a/a.ts';`,
      },
      [['a/a.ts', 'b/b.ts', 'b/c.ts']],
    ],
    ['itself', { 'a.ts': `import type { A } from './a.ts';` }, [['a.ts']]],
    ['none', { 'a.ts': `import './b.ts';`, 'b.ts': `import './c.ts';`, 'c.ts': `import 'rxjs';` }, []],
  ])('are found to go round: %s', (_, files, found) => {
    expect(circles(new Map(Object.entries(files)))).toEqual(found);
  });
});

describe('the checker of the floors', () => {
  const breach = (path: string, text: string): string[] => breaches(new Map([[path, text]]));

  it.each([
    ['its own room', 'core/turn.ts', `import { now } from './clock.ts';`],
    ['a floor below', 'operators/map.ts', `export { channel } from '../channel/channel.ts';`],
    ['rxjs', 'base/errors.ts', `import { Observable } from 'rxjs';`],
    ['the test scheduler of rxjs, for testing', 'testing/run.ts', `import { TestScheduler } from 'rxjs/testing';`],
    ['node, for the entry of that platform', 'node/streams.ts', `import { Readable } from 'node:stream';`],
    ['inspect, for node', 'node/a.ts', `import { inspect } from '../inspect/inspect.ts';`],
    ['all rooms below testing, for the root entry', 'index.ts', `export * from './operators/map.ts';`],
  ])('lets a file import from %s', (_, path, text) => {
    expect(breach(path, text)).toEqual([]);
  });

  it.each([
    ['a floor above', 'core/a.ts', `import { b } from '../channel/b.ts';`],
    ['a floor above, for a type', 'core/a.ts', `import type { B } from '../channel/b.ts';`],
    ['a floor above, inside of a type', 'core/a.ts', `type B = import('../channel/b.ts').B;`],
    ['a floor above, at run time', 'core/a.ts', `const b = import('../channel/b.ts');`],
    ['a floor above, by a re-export', 'base/a.ts', `export * from '../core/b.ts';`],
    ['a sibling', 'select/a.ts', `import { b } from '../channel/b.ts';`],
    ['a sibling that looks at it', 'inspect/a.ts', `import { b } from '../node/b.ts';`],
    ['inspect, for another platform', 'worker/a.ts', `import { b } from '../inspect/b.ts';`],
    ['an unknown room', 'operators/a.ts', `import { b } from '../cellar/b.ts';`],
    ['the root entry', 'testing/a.ts', `import { b } from '../index.ts';`],
    ['the entry of its own room', 'testing/a.ts', `import { b } from './index.ts';`],
    ['testing, for the root entry', 'index.ts', `export * from './testing/run.ts';`],
    ['the insides of rxjs', 'core/a.ts', `import { b } from 'rxjs/internal/b';`],
    ['another package', 'testing/a.ts', `import { expect } from 'vitest';`],
    ['node, in a room for every platform', 'channel/a.ts', `import { Readable } from 'node:stream';`],
  ])('forbids to import from %s', (_, path, text) => {
    expect(breach(path, text)).toEqual([expect.stringContaining(`${path}: imports `)]);
  });

  it('wants every folder of src on a floor, and nothing but the entry outside', () => {
    expect(breach('cellar/a.ts', 'export {};')).toEqual(['cellar/a.ts: the room cellar is on no floor']);
    expect(breach('a.ts', 'export {};')).toEqual(['a.ts: only index.ts stands outside of the rooms']);
  });

  it('wants the root entry to re-export and to do nothing else', () => {
    expect(breach('index.ts', `export { a } from './core/a.ts';\nexport const b = 1;`)).toEqual([
      'index.ts: does more than re-export, line 2: export const b = 1;',
    ]);
  });

  it.each([
    ['time', 'setTimeout(wake, 5);'],
    ['time', 'const start = Date.now();'],
    ['time', 'globalThis.performance.now();', 'operators/a.ts'],
    ['time', 'const options = { setTimeout };'],
    ['time', `import { asyncScheduler } from 'rxjs';`],
    ['chance', 'const roll = Math.random();'],
    ['promise', 'new Promise(wake);'],
    ['promise', 'void Promise.resolve();'],
    ['promise', 'async function f() {}'],
    ['promise', 'queueMicrotask(wake);'],
  ])('keeps %s behind its door: %s', (kind, text, path = 'channel/a.ts') => {
    expect(breach(path, text)).toEqual([expect.stringContaining(`${path}: uses ${kind} outside of its door`)]);
  });

  it('does not mistake a type, a member or a word for a use', () => {
    const text = `
      import { type SchedulerLike, type asyncScheduler } from 'rxjs';
      import type { interval } from 'rxjs';
      interface Slot { timer: Subscription; then: Promise<void>; clock: typeof Date }
      slot.timer = slot.interval; // setTimeout
      const text = 'Math.random';
      const performance = new Performance(slot); performance.start();
    `;
    expect(breach('channel/a.ts', text)).toEqual([]);
  });

  it('opens the doors to their own files, and all of them to testing', () => {
    expect(breach('core/clock.ts', 'setTimeout(wake, 5);')).toEqual([]);
    expect(breach('core/promise.ts', 'new Promise(wake);')).toEqual([]);
    expect(breach('core/clock.ts', 'new Promise(wake);')).toHaveLength(1);
    expect(breach('testing/a.ts', 'new Promise((wake) => setTimeout(wake, Math.random()));')).toEqual([]);
  });
});
