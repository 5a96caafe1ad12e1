// Every spec is a test; every picture is what its spec draws today; everything that can be waited for has a spec.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as library from '../src/index.ts';
import { drawSvg } from '../src/testing/index.ts';
import { waitable } from './coverage.ts';
import { drawAll, hold, home, index, pictureOf, placeOf, type Sheet, sheets } from './sheets.ts';
import { spec } from './spec.ts';

const all = await sheets();
const picturesOf = (sheet: Sheet): string[] => sheet.specs.map((_, i) => pictureOf(sheet, i));
const drawn = all.filter((sheet) => picturesOf(sheet).every((path) => existsSync(join(home, path))));

describe.for(all.map((sheet) => [sheet.path, sheet] as const))('%s', ([, sheet]) => {
  it.for(sheet.specs.map((spec, i) => [spec.title, spec, i] as const))('%s', ([, spec, i]) => {
    const timeline = hold(sheet, spec);
    const path = pictureOf(sheet, i);
    expect(existsSync(join(home, path)), `marbles/${path} is missing: npm run marbles`).toBe(true);
    const same = readFileSync(join(home, path), 'utf8') === drawSvg(timeline);
    expect(same, `marbles/${path} is not what happens today: npm run marbles`).toBe(true);
  });
});

describe('marbles', () => {
  it('are listed in the index (if not: npm run marbles)', () => {
    const readme = readFileSync(join(home, 'README.md'), 'utf8');
    // A picture that is missing has been told.
    expect(readme).toBe(readme === index(drawn) ? readme : index(all));
  });

  it('have no picture without a spec', () => {
    const pictures = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.svg'));
    const known = new Set(all.flatMap(picturesOf));
    expect(pictures.filter((path) => !known.has(path.replaceAll('\\', '/')))).toEqual([]);
  });

  it('have a title each, which stands in a line of their own', () => {
    const strange = all.flatMap((sheet) => {
      const places = sheet.specs.map((spec) => placeOf(sheet, spec));
      return places.filter((place, i) => !/:\d+$/.test(place) || places.indexOf(place) !== i);
    });
    expect(strange).toEqual([]);
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
    const known = new Set(all.flatMap(picturesOf).map((path) => join(home, path)));
    expect(shown.filter((svg) => !known.has(svg))).toEqual([]);
    expect(shown.length).toBeGreaterThan(20);
  });
});

describe('npm run marbles', () => {
  /** A folder of two sheets, of which the second holds or not. */
  function gallery(second: string): { folder: string; failures: readonly string[]; files: string[] } {
    const folder = mkdtempSync(join(tmpdir(), 'marbles-'));
    const sheetOf = (name: string, output: string): Sheet => {
      mkdirSync(join(folder, 'room'), { recursive: true });
      writeFileSync(join(folder, `room/${name}.marbles.ts`), `\n\n  title: 'it is ${name}',\n`);
      const run = ({ a }: { a: unknown }): { out: never } => ({ out: a as never });
      const one = spec({
        title: `it is ${name}`,
        of: [],
        drawn: name,
        inputs: { a: '-a|' },
        run,
        outputs: { out: output },
      });
      return { path: `room/${name}`, room: 'room', specs: [one] };
    };
    try {
      const failures = drawAll([sheetOf('first', '-a|'), sheetOf('second', second)], folder);
      return { folder, failures, files: readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort() };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const specs = ['room', 'room/first.marbles.ts', 'room/second.marbles.ts'];

  it('draws what holds, and writes the index', () => {
    const { failures, files } = gallery('-a|');
    expect([failures, files]).toEqual([[], [...specs, 'README.md', 'room/first.svg', 'room/second.svg'].sort()]);
  });

  it('tells the title and the line of what does not hold, and then writes no index', () => {
    const { failures, files } = gallery('--a|');
    expect(failures).toEqual([
      expect.stringMatching(/^marbles\/room\/second\.marbles\.ts:3: it is second\n[^]*expected/),
    ]);
    expect(files).toEqual([...specs, 'room/first.svg'].sort());
  });
});

/** `sleep`, `Channel.trySend`: a spec may also show what does not wait. */
function isExported(name: string): boolean {
  const [owner = '', method] = name.split('.');
  const its = (library as Record<string, unknown>)[owner];
  return method === undefined ? its !== undefined : typeof its === 'function' && method in (its.prototype as object);
}
