// What VitePress is given: `docs/.site`, written anew each time and never committed. The pages as they stand in the repository, with
// their links turned into those of the site; the pictures; a page for each file of the repository that a page leads to; the
// reference, made by TypeDoc of the published types.

import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, posix } from 'node:path';
import { mapLinks } from './markdown.mjs';
import { isPlayable } from './playable.mjs';
import { docs, pages, read, root, targetOf } from './pages.mjs';

export const site = join(docs, '.site');
const PICTURE = /\.(svg|png|webp)$/;

function write(path, text) {
  mkdirSync(dirname(join(site, path)), { recursive: true });
  writeFileSync(join(site, path), text);
}

function copy(path) {
  const to = join(site, 'public', path);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(join(root, path), to);
}

/** Where in the site a file of the repository is to be seen, by its path. */
class Site {
  #pages;
  #copied = new Set();
  #shown = new Set();

  constructor(all) {
    this.#pages = new Map(all.map(({ source, address }) => [source, `/${address.replace(/(^|\/)index$/, '$1')}`]));
    this.#pages.set('README.md', '/');
  }

  /** `href`, as it stands in `source`, as it has to stand in the site. */
  map(source, href) {
    const target = targetOf(source, href);
    if (target === null) return href;
    const { path, anchor } = target;
    const hash = anchor === '' ? '' : `#${anchor}`;
    if (!existsSync(join(root, path))) throw new Error(`${source}: ${href} leads to ${path}, which is not there`);
    const page = this.#pages.get(path);
    if (page !== undefined) return page.endsWith('/') ? `${page}${hash}` : `${page}.md${hash}`;
    if (PICTURE.test(path)) return this.#picture(path);
    if (statSync(join(root, path)).isDirectory()) throw new Error(`${source}: ${href} leads to a folder`);
    return `${this.#source(path)}.md`;
  }

  #picture(path) {
    if (!this.#copied.has(path)) copy(path);
    this.#copied.add(path);
    return `/${path}`;
  }

  /** A page that shows a file of the repository. */
  #source(path) {
    const address = `source/${path.replace(/\.md$/, '')}`; // VitePress takes `.md` from a name as often as it is there
    if (!this.#shown.has(path)) {
      this.#shown.add(path);
      const language = extname(path).slice(1) || 'text';
      const text = `---\nsearch: false\n---\n\n# ${posix.basename(path)}\n\n\`${path}\`, as it is in the repository.\n\n`;
      write(`${address}.md`, `${text}\`\`\`\`${language}\n${read(path).trimEnd()}\n\`\`\`\`\n`);
    }
    return `/${address}`;
  }
}

/** A page as VitePress gets it: links mapped, and below each block that the playground can run, what opens it there. */
function staged(where, { source }) {
  const text = mapLinks(read(source), (href) => where.map(source, href));
  return text.replace(/^<!-- (examples\/\S+) -->\n+```\w+\n.*?^```$/gms, (block, file) =>
    isPlayable(file) ? `${block}\n\n<OpenInPlayground file="${file}" />` : block,
  );
}

export function stage() {
  rmSync(site, { recursive: true, force: true });
  const all = pages();
  const where = new Site(all);
  for (const page of all) write(`${page.address}.md`, staged(where, page));
  // For those who read by machine: at the root of the site, where they look, and leading to its pages.
  write('public/llms.txt', read('docs/llms.txt').replaceAll('.md)', '.html)'));
  return all;
}
