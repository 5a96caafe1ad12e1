// The pages of the site: which there are, under what theme, at what address. `pages.json` lists them; one that it does not list is
// an error, and so is one that it lists and that is not there.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';

export const docs = dirname(import.meta.dirname);
export const root = dirname(docs);

/** Pages that stand beside the themes, and are in no list. */
const APART = ['index.md', 'playground.md'];

export const read = (path) => readFileSync(join(root, path), 'utf8');

/** `docs/channels.md` → `channels`, `marbles/README.md` → `marbles/index`, `CHANGELOG.md` → `changelog`: the page's path in the site. */
export function addressOf(source) {
  return source
    .replace(/^docs\//, '')
    .replace(/\.md$/, '')
    .replace(/[^/]*$/, (name) => (name === 'README' ? 'index' : name.toLowerCase()));
}

/** What stands in the page's first heading; the first page has none but its name. */
export function titleOf(source) {
  if (source === 'docs/index.md') return 'rxsluice';
  const [, title] = /^# (.+)$/m.exec(read(source)) ?? [];
  if (title === undefined) throw new Error(`${source} has no heading`);
  return title.replaceAll('`', '');
}

/** @returns all pages, in the order of the list, by theme; @throws Error that names each page which is in the list or in the folder only */
export function pages() {
  const themes = JSON.parse(read('docs/pages.json'));
  const listed = Object.entries(themes).flatMap(([theme, names]) =>
    names.map((name) => ({ theme, source: posix.join('docs', name) })),
  );
  const all = [...APART.map((name) => ({ theme: null, source: `docs/${name}` })), ...listed];
  const missing = all.filter(({ source }) => !existsSync(join(root, source)));
  const known = new Set(all.map(({ source }) => source));
  const stray = markdownIn('docs').filter((source) => !known.has(source));
  const faults = [
    ...missing.map(({ source }) => `docs/pages.json lists ${source}, which is not there`),
    ...stray.map((source) => `${source} is not in docs/pages.json: give it a place there`),
  ];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return all.map((page) => ({ ...page, address: addressOf(page.source), title: titleOf(page.source) }));
}

/** The pages of a folder as they are committed: not what is generated or installed. */
function markdownIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    return entry.isDirectory() ? markdownIn(path) : entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Where `href`, as it stands in the file `source`, leads: a path from the root, and an anchor; null if it is no file's. */
export function targetOf(source, href) {
  if (/^[a-z][a-z+.-]*:|^\/\//i.test(href)) return null;
  const [path, anchor = ''] = href.split('#');
  const target = path === '' ? source : posix.normalize(posix.join(posix.dirname(source), decodeURIComponent(path)));
  return { path: target, anchor };
}

export const fromRoot = (path) => relative(root, path).replaceAll('\\', '/');
