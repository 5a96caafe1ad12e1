// Every link and picture, and every anchor that a link names: in the repository, as a code host shows it, and in the site, as it was
// built. Addresses of other sites are not asked; they have to be https.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { anchorsOf, linksOf } from './markdown.mjs';
import { docs, pages, read, root, targetOf } from './pages.mjs';

const ALSO = ['README.md', 'SECURITY.md'];

const { homepage } = JSON.parse(read('package.json'));

/** The README is read on the registry too, so its links are absolute: here, from where it stands. */
function withinRepository(source, href) {
  const [, path] =
    /^\/(?:blob|raw)\/main\/(.+)/.exec(href.startsWith(homepage) ? href.slice(homepage.length) : '') ?? [];
  return path === undefined ? href : posix.relative(posix.dirname(source), path);
}

/** @returns what is wrong with the files of the repository, a line each */
export function checkSources() {
  const sources = new Set([
    ...ALSO.filter((path) => existsSync(join(root, path))),
    ...pages().map(({ source }) => source),
  ]);
  const faults = [];
  let count = 0;
  for (const source of sources) {
    // Front matter and components of the site are the site's.
    if (source === 'docs/index.md') continue;
    for (const { href, isPicture, alt } of linksOf(read(source))) {
      count++;
      const say = (what) => faults.push(`${source}: ${href} ${what}`);
      const target = targetOf(source, withinRepository(source, href));
      if (target === null) {
        if (!/^(https|mailto):/.test(href)) say('is not https');
        continue;
      }
      if (isPicture && alt.trim() === '') say('has no text for those who do not see it');
      const path = join(root, target.path);
      if (!existsSync(path)) say('leads nowhere');
      else if (target.anchor !== '' && !statSync(path).isDirectory() && target.path.endsWith('.md')) {
        if (!anchorsOf(read(target.path)).includes(target.anchor)) say('names a heading that is not there');
      }
    }
  }
  return { faults, count };
}

const dist = join(docs, '.vitepress/dist');
const unescaped = (text) => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');

/** @returns what is wrong with the site that was built, a line each */
export function checkSite(base = '/') {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const pagesOfSite = files.filter((path) => path.endsWith('.html') && path !== '404.html');
  const anchors = new Map();
  const hrefs = new Map();
  for (const page of pagesOfSite) {
    const html = readFileSync(join(dist, page), 'utf8');
    anchors.set(page, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => unescaped(id))));
    hrefs.set(page, new Set([...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, href]) => unescaped(href))));
  }
  const faults = [];
  let count = 0;
  for (const [page, all] of hrefs) {
    for (const href of all) {
      count++;
      if (/^[a-z][a-z+.-]*:|^\/\//i.test(href)) continue;
      const [address, hash = ''] = href.split('#');
      const [path] = address.split('?');
      const from = path.startsWith(base) ? `/${path.slice(base.length)}` : posix.join('/', posix.dirname(page), path);
      let target = path === '' ? page : decodeURIComponent(from).slice(1);
      if (target === '' || target.endsWith('/')) target += 'index.html';
      if (!existsSync(join(dist, target))) faults.push(`${page}: ${href} leads nowhere`);
      // What stands behind the `#` of the playground is code.
      else if (hash !== '' && target !== 'playground.html' && anchors.has(target)) {
        if (!anchors.get(target).has(decodeURIComponent(hash)))
          faults.push(`${page}: ${href} names an anchor that is not there`);
      }
    }
  }
  return { faults, count };
}
