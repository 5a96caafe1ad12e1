// An application may load the library twice: as ESM, and through something that requires it as CommonJS. Their classes differ;
// what they make works together all the same.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What `body` tells, where `esm` and `cjs` are the two copies that were built. */
function told(body: string): unknown {
  const program = `
    import { createRequire } from 'node:module';
    import * as esm from 'rxsluice';
    const cjs = createRequire(process.cwd() + '/x.js')('rxsluice');
    if (esm.Operation === cjs.Operation) throw new Error('one copy only');
    const told = [];
    const tell = (who) => ({
      next: (value) => told.push([who, value]),
      error: (error) => told.push([who, error.name]),
    });
    for (const [mine, theirs] of [[esm, cjs], [cjs, esm]]) {
      ${body}
    }
    console.log(JSON.stringify(told));
  `;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' });
  return JSON.parse(out);
}

/** Both ways round it is the same. */
function twice(...lines: unknown[]): unknown[] {
  return [...lines, ...lines];
}

describe('the CommonJS copy', () => {
  it('assigns nothing to an export but what that is, at the end of a file', () => {
    const files = readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.cjs'));
    const found = files.flatMap((name) => {
      const lines = readFileSync(join(root, 'dist', name), 'utf8').split('\n');
      return lines.filter((line) => /[^\s;]\s*exports\.\w+ = |^\s+exports\.\w+ = /.test(line));
    });
    expect(files).toContain('index.cjs');
    expect(found).toEqual([]);
  });
});

describe('two copies of the library', () => {
  it('perform each other’s operations in a coroutine, and share one turn', () => {
    expect(
      told(`
        const ch = mine.channel();
        theirs.go(function* () {
          try {
            told.push(['their coroutine', yield* ch.receive()]);
            yield* ch.receive();
          } catch (error) {
            told.push(['their coroutine', error.name]);
          }
        });
        mine.go(function* () {
          yield* ch.send(1);
          told.push(['my coroutine', 'sent']);
        });
        ch.close();
      `),
    ).toEqual(twice(['my coroutine', 'sent'], ['their coroutine', 1], ['their coroutine', 'ClosedError']));
  });

  it('poll each other’s operations', () => {
    expect(
      told(`
        const ch = mine.channel(1);
        told.push([theirs.poll(ch.receive()), theirs.poll(ch.send(1)), theirs.poll(ch.receive())]);
        ch.close();
        told.push([theirs.poll(ch.receive()), theirs.poll(ch.receiveResult())]);
      `),
    ).toEqual(
      twice(
        [{ ok: false, closed: false }, { ok: true }, { ok: true, value: 1 }],
        [
          { ok: false, closed: true },
          { ok: true, value: { ok: false, closed: true } },
        ],
      ),
    );
  });

  it('select among operations and channels of both, ready or waiting', () => {
    expect(
      told(`
        const a = mine.channel();
        const b = theirs.channel();
        theirs.select({ a, b: b.receive() }).subscribe(tell('their select'));
        mine.select({ b: b.send(1) }).subscribe(tell('my select'));
        theirs.select({ a, b }, { order: 'priority' }).subscribe(tell('their second'));
        mine.select({ a: a.send(2), b }).subscribe(tell('my second'));
        told.push([a, b].map((ch) => ch.statistics().waitingReceivers + ch.statistics().waitingSenders));
      `),
    ).toEqual(
      twice(
        ['their select', { key: 'b', value: 1 }],
        ['my select', { key: 'b' }],
        ['their second', { key: 'a', value: 2 }],
        ['my second', { key: 'a' }],
        [0, 0],
      ),
    );
  });

  it('skip a channel of the other that is closed', () => {
    expect(
      told(`
        const a = mine.channel();
        const b = theirs.channel();
        theirs.select({ a, b }, { onClosed: 'skip' }).subscribe(tell('their select'));
        a.close();
        b.close();
      `),
    ).toEqual(twice(['their select', 'ClosedError']));
  });

  it('merge channels of both', () => {
    expect(
      told(`
        const a = mine.channel(1);
        const b = theirs.channel(1);
        const merged = mine.mergeSelect({ a, b }).subscribe(tell('merged'));
        a.trySend(1);
        b.trySend(2);
        merged.unsubscribe();
      `),
    ).toEqual(twice(['merged', { key: 'a', value: 1 }], ['merged', { key: 'b', value: 2 }]));
  });

  it('limit, map and wait for what the other made', () => {
    expect(
      told(`
        const ch = mine.channel();
        const task = theirs.go(ch.receive().map((n) => n * 10));
        const aborted = new AbortController();
        theirs.coroutine(function* () {
          yield* ch.receive().withSignal(aborted.signal);
        }).subscribe(tell('aborted'));
        ch.trySend(1);
        aborted.abort(new RangeError());
        mine.select({ task }).subscribe(tell('task'));
      `),
    ).toEqual(twice(['aborted', 'RangeError'], ['task', { key: 'task', value: 10 }]));
  });

  it('cancel coroutines that wait for the other’s coroutine, clean-up included', () => {
    expect(
      told(`
        const ch = mine.channel();
        const inner = mine.coroutine(function* () {
          try {
            yield* ch.receive();
          } finally {
            told.push('clean-up ' + (yield* ch.receive()));
          }
        });
        const task = theirs.go(function* () {
          try {
            yield* inner;
          } finally {
            told.push('outer finally');
          }
        });
        task.cancel().subscribe(tell('cancel'));
        ch.trySend(1);
        told.push(task.status);
      `),
    ).toEqual(twice('clean-up 1', 'outer finally', ['cancel', null], 'cancelled'));
  });
});
