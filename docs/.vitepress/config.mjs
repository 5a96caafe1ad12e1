// The site. What it shows is written by `tools/stage.mjs`; `npm run docs` in the root does it all.

import { defineConfig } from 'vitepress';
import { slug } from '../tools/markdown.mjs';
import { pages } from '../tools/pages.mjs';
import { referenceSidebar } from '../tools/reference.mjs';

const all = pages();
const themes = [...new Set(all.flatMap(({ theme }) => theme ?? []))];
const linkOf = ({ address, title }) => ({ text: title, link: `/${address.replace(/(^|\/)index$/, '$1')}` });
const group = (text) => ({ text, items: all.filter(({ theme }) => theme === text).map(linkOf) });
const groups = themes.map(group);
const firstOf = (theme) => ({
  text: theme,
  ...group(theme)
    .items.slice(0, 1)
    .map(({ link }) => ({ link }))[0],
});

const guide = groups.map((one) =>
  one.text === 'Reference' ? { ...one, items: [{ text: 'All names', link: '/reference/' }, ...one.items] } : one,
);

/**
 * VitePress's sidebar has a button within a button: the caret of a group that folds. It is the group that is pressed, so the caret
 * need not be one.
 */
const oneButton = {
  name: 'one button',
  enforce: 'pre',
  transform(code, id) {
    if (!/VPSidebarItem\.vue$/.test(id)) return undefined;
    const mended = code.replace(/class="caret"\s+role="button"[^>]*>/, 'class="caret" aria-hidden="true">');
    if (mended === code) throw new Error('VPSidebarItem.vue is not what it was');
    return mended;
  },
};

/** A corner of a table that says nothing is no header. */
function withoutEmptyHeaders({ tokens }) {
  tokens.forEach((token, i) => {
    if (token.type === 'th_open' && tokens[i + 1].content === '') token.tag = tokens[i + 2].tag = 'td';
  });
}

export default defineConfig({
  title: 'rxsluice',
  description: 'Channels, select, coroutines and structured concurrency for RxJS',
  lang: 'en',
  srcDir: '.site',
  base: process.env.DOCS_BASE ?? '/',
  // An address names a file, so that any server of files will do.
  cleanUrls: false,
  lastUpdated: false,
  // Every link is checked in what comes out, anchors too: `tools/links.mjs`.
  ignoreDeadLinks: false,
  markdown: {
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    image: { lazyLoading: true },
    config: (md) => md.core.ruler.push('empty headers', withoutEmptyHeaders),
  },
  themeConfig: {
    nav: [
      ...['Guides', 'Platforms', 'Coming from'].map(firstOf),
      { text: 'Reference', link: '/reference/' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar: {
      '/': [...guide, { text: 'Try it', items: [{ text: 'Playground', link: '/playground' }] }],
      '/reference/': [{ text: 'Reference', items: [{ text: 'Entries', link: '/reference/' }] }, ...referenceSidebar()],
    },
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: {
        // A page that explains comes before one that lists.
        miniSearch: { searchOptions: { boostDocument: (id) => (id.includes('/reference/') ? 0.25 : 1) } },
      },
    },
    socialLinks: [],
    docFooter: { prev: 'Before', next: 'Next' },
  },
  vite: {
    plugins: [oneButton],

    // Pictures stay files: a page has many, and loads those that are seen.
    build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
    logLevel: 'warn',
  },
});
