// What can be known of the pages without a site: that links lead somewhere, that every page is found, and that nothing is left
// out. The programs in them are run by `examples.test.ts`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, destination, exists, home, linksOf, pages, textOf } from './house/pages.ts';
import { README_TABLE, recorded, table } from './house/size.ts';

const docs = pages.filter((page) => page.startsWith('docs/'));
/** Pages of the site alone: its front page, from which all others are reached, and where programs are tried. */
const APART = ['docs/index.md', 'docs/playground.md'];

describe('links', () => {
  it.each(pages)('of %s lead to files, and to headings, that exist', (page) => {
    const broken = linksOf(page).filter((link) => {
      const to = destination(link);
      if (to === undefined) return false;
      if (!exists(to.file)) return true;
      return to.anchor !== undefined && to.file.endsWith('.md') && !anchorsOf(to.file).includes(to.anchor);
    });
    expect(broken.map(({ href }) => `${page}: ${href}`)).toEqual([]);
  });

  it('of the README are absolute, pictures too: it is read on the registry', () => {
    const relative = linksOf('README.md').filter(({ href }) => !href.startsWith('https://'));
    expect(relative).toEqual([]);
  });

  it('of the README, and the fields of package.json, agree on where the repository is', () => {
    const { bugs, repository } = JSON.parse(textOf('package.json')) as { bugs: string; repository: { url: string } };
    expect([bugs, repository.url]).toEqual([`${home}/issues`, `git+${home}.git`]);
    const inside = linksOf('README.md').filter((link) => link.href.startsWith(home));
    expect(inside.filter((link) => destination(link) === undefined)).toEqual([]);
    expect(inside.length).toBeGreaterThan(20);
  });

  it('of pictures have a text, for those who do not see them', () => {
    const silent = pages.filter((page) => textOf(page).includes('![]('));
    expect(silent).toEqual([]);
  });
});

describe('pages', () => {
  it('are all reached from the README', () => {
    const reached = new Set<string>(['README.md']);
    for (const page of reached) {
      for (const link of linksOf(page)) {
        const file = destination(link)?.file;
        if (file !== undefined && pages.includes(file)) reached.add(file);
      }
    }
    expect(pages.filter((page) => !reached.has(page) && !APART.includes(page))).toEqual([]);
  });

  it('are all in llms.txt, each in a line', () => {
    const text = readFileSync(join(import.meta.dirname, '../docs/llms.txt'), 'utf8');
    const listed = [...text.matchAll(/^- \[[^\]]+\]\(([^)]+)\): .+$/gm)].map(([, target]) => `docs/${target!}`);
    expect(listed.sort()).toEqual(docs.filter((page) => page !== 'docs/index.md'));
  });

  it('begin with one heading of the first level', () => {
    const headless = docs.filter((page) => !/^(---\n[^]*?\n---\n+)?# .+/.test(textOf(page)));
    expect(headless.filter((page) => !APART.includes(page))).toEqual([]);
  });
});

describe('the public API', () => {
  const api = readFileSync(join(import.meta.dirname, 'golden/api.txt'), 'utf8');
  const entries = api.split('\n// mentioned, not exported\n')[0]!.split(/^\/\/ (rxsluice.*)$/m);
  const namesOf = (text: string): string[] =>
    [...text.matchAll(/^(?:abstract )?(?:class|function|interface|type|const) (\w+)/gm)].map(([, name]) => name!);
  const root = namesOf(entries[entries.indexOf('rxsluice') + 1]!);
  const others = namesOf(entries.slice(entries.indexOf('rxsluice') + 2).join('\n'));

  it.each([...new Set(root)])('has %s on the cheat sheet', (name) => {
    expect(textOf('docs/cheat-sheet.md')).toMatch(new RegExp(`\\b${name}\\b`));
  });

  const errors = [...new Set([...root, ...others])].filter((name) => name.endsWith('Error'));
  it.each(errors)('has %s in the glossary of errors, under its own heading, to which its TSDoc leads', (name) => {
    expect(textOf('docs/errors.md')).toContain(`\n## ${name}\n`);
    const sources = ERROR_SOURCES.map((path) => readFileSync(join(import.meta.dirname, '..', path), 'utf8'));
    const [source] = sources.filter((text) => new RegExp(`export class ${name}\\b`).test(text));
    expect(source).toContain(`@see [${name}](../../docs/errors.md#${name.toLowerCase()})`);
  });

  it('has each function of the other entries on some page', () => {
    const all = docs.map(textOf).join('\n');
    const functions = [...api.matchAll(/^(?:function|const) (\w+)/gm)].map(([, name]) => name!);
    const mentioned = others.filter((name) => functions.includes(name));
    expect(mentioned.filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([]);
  });
});

const ERROR_SOURCES = [
  'src/base/errors.ts',
  'src/worker/errors.ts',
  'src/node/client-gone-error.ts',
  'src/node/process-error.ts',
  'src/nats/version.ts',
  'src/testing/deadlock-error.ts',
  'src/testing/explore.ts',
  'src/testing/marble-error.ts',
];

describe('the README', () => {
  it('says what an import costs, as golden/sizes.txt has it', () => {
    expect(README_TABLE.exec(textOf('README.md'))?.[0].trim()).toBe(table(recorded()));
  });

  it('shows its problem, its program and its picture on the first screen', () => {
    const screen = textOf('README.md').split('\n').slice(0, 36).join('\n');
    expect([screen.includes('examples/save/main.ts'), screen.includes('marbles/queue/save.svg')]).toEqual([true, true]);
  });
});

describe('what the pages say of costs', () => {
  const results = textOf('bench/RESULTS.md');
  /** The first figure of a row: CPU time, or bytes. */
  const figure = (section: string, row: string): number => {
    const part = results.split(/^## /m).find((text) => text.startsWith(`${section}\n`)) ?? '';
    const line = part.split('\n').find((text) => text.split('|')[1]?.trim() === row) ?? '';
    return Number(line.split('|')[2]?.replaceAll(' ', '').replaceAll('\u00a0', ''));
  };
  const ratio = (section: string, a: string, b: string): number => figure(section, a) / figure(section, b);
  const pool = 'pool of 16 async jobs';
  const promises = 'yield* until(promise) in 16 coroutines';

  it.each([
    ['an item costs about as much as Subject.next', ratio('buffered 1→1', 'rxsluice', 'Subject.next'), 0.7, 1.4],
    ['a meeting takes half of the time of Go', ratio('rendezvous', 'rxsluice', 'Go'), 0.4, 0.65],
    ['… and a fiftieth of that of asyncio', ratio('rendezvous', 'asyncio', 'rxsluice'), 40, 70],
    [
      'a buffered item takes a quarter of a meeting',
      figure('buffered 1→1', 'rxsluice') / figure('rendezvous', 'rxsluice'),
      0.2,
      0.33,
    ],
    [
      'a select made once takes two thirds',
      ratio('select over 4 fed channels', 'rxsluice, select made once', 'rxsluice'),
      0.55,
      0.75,
    ],
    [
      'three stages cost three times three maps',
      ratio('3 map stages over capacity 64', 'rxsluice', 'RxJS map, no buffers'),
      2.5,
      4,
    ],
    [
      'an Observable in queueMap takes less than half of a coroutine',
      ratio(pool, 'queueMap, Observables', 'queueMap, coroutines'),
      0,
      0.5,
    ],
    ['a pool of coroutines takes the least', ratio(pool, 'rxsluice', 'queueMap, Observables'), 0, 1],
    [
      'a job costs ten times the work of a queue',
      figure('jobQueue, 16 at a time', 'rxsluice') / figure('work, 16 at a time', 'rxsluice'),
      7,
      14,
    ],
    ['… which takes about the time that fastq takes', ratio('work, 16 at a time', 'rxsluice', 'fastq'), 0.6, 1.3],
    ['until takes not quite three times an await', ratio(promises, 'rxsluice', 'a bare await'), 2.2, 3],
    ['a task that waits takes less than 500 bytes', figure('a task that is blocked on receive', 'rxsluice'), 1, 500],
  ])('is in RESULTS.md: %s', (_, measured, least, most) => {
    expect(measured).toBeGreaterThanOrEqual(least);
    expect(measured).toBeLessThanOrEqual(most);
  });
});
