// Every spec is a test; every picture is what its spec draws today; everything that can be waited for has a spec.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as library from '../src/index.ts';
import { waitable } from './coverage.ts';
import { record } from './record.ts';
import { draw, home, index, sheets } from './sheets.ts';

const all = await sheets();
const read = (path: string): string => (existsSync(join(home, path)) ? readFileSync(join(home, path), 'utf8') : '');

describe.each(all)('$path', (sheet) => {
  it.each(sheet.specs)('$title', (spec) => {
    record(spec);
  });

  it('looks as its committed picture (if not: npm run marbles)', () => {
    expect(read(`${sheet.path}.svg`) === draw(sheet)).toBe(true);
  });
});

describe('marbles', () => {
  it('are listed in the index', () => {
    expect(read('README.md')).toBe(index(all));
  });

  it('have no picture without a spec', () => {
    const drawn = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.svg'));
    expect(drawn.map((path) => path.replaceAll('\\', '/')).sort()).toEqual(all.map(({ path }) => `${path}.svg`).sort());
  });

  it('show every operation and every operator that the library exports, and nothing that it does not', () => {
    const exported = waitable(join(home, '../src/index.ts'));
    const shown = new Set(all.flatMap(({ specs }) => specs.flatMap(({ of }) => of)));
    expect(exported.filter((name) => !shown.has(name))).toEqual([]);
    expect([...shown].filter((name) => !isExported(name))).toEqual([]);
  });

  it('that the docs of the source show are there', () => {
    const src = join(home, '../src');
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
    const shown = files.flatMap((path) =>
      [...readFileSync(join(src, path), 'utf8').matchAll(/\]\((\S+\.svg)\)/g)].map(([, svg]) =>
        join(src, path, '..', svg!),
      ),
    );
    expect(shown.filter((svg) => !existsSync(svg))).toEqual([]);
    expect(shown.length).toBeGreaterThan(20);
  });
});

/** `sleep`, `Channel.trySend`: a spec may also show what does not wait. */
function isExported(name: string): boolean {
  const [owner = '', method] = name.split('.');
  const its = (library as Record<string, unknown>)[owner];
  return method === undefined ? its !== undefined : typeof its === 'function' && method in (its.prototype as object);
}
