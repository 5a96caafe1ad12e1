// The site as its readers have it, in Chromium: every page without an error, what is found by search, what is reached by keyboard
// alone, and what axe-core says of it, light and dark.

/* global document, innerWidth, location -- of the page, where what is given to `evaluate` runs */

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { withChromium } from '../../test/browser/chromium.mjs';
import { docs, pages } from './pages.mjs';
import { playground } from './try-playground.mjs';

const dist = join(docs, '.vitepress/dist');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Serves the site that was built, as any server of files would. */
export function serve() {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const file = join(dist, path.endsWith('/') ? `${path}index.html` : path);
    if (!file.startsWith(dist) || !existsSync(file)) {
      response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
      return;
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'text/html; charset=utf-8');
    response.end(readFileSync(file));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` }));
  });
}

/** What a page complains of, from now on. */
export function complaintsOf(page) {
  const said = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('requestfailed', (request) => {
    // A page that is left gives up what it was fetching ahead.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED')
      said.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) said.push(`${response.url()}: ${response.status()}`);
  });
  return () => said.splice(0);
}

export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run({ resultTypes: ['violations'] });
    return violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n      ${nodes
          .map(({ html }) => html.slice(0, 150))
          .slice(0, 3)
          .join('\n      ')}`,
    );
  });
  return found;
}

/** Every page of the site, by its address. */
const addresses = () =>
  readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.html') && path !== '404.html')
    .sort();

/** One page of each kind that is generated; the others differ by their text. */
const SAMPLES = [
  'reference/index.html',
  'reference/rxsluice/index.html',
  'reference/rxsluice/classes/Channel.html',
  'reference/rxsluice/functions/queueMap.html',
  'reference/rxsluice/interfaces/ChannelOptions.html',
  'reference/rxsluice/type-aliases/Overflow.html',
];

export async function open(page, url, dark) {
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => document.querySelector('#app')?.__vue_app__ !== undefined);
}

/** @param report told of each thing that was looked at: what, whether it is right, and what was found */
export async function inBrowser(path, report, screenshots = null) {
  const { server, url } = await serve();
  try {
    await withChromium(path, async (browser, version) => {
      console.log(`in ${version}`);
      // A machine may be busy with much else.
      browser.setDefaultTimeout(60_000);
      await everyPage(browser, url, report);
      await narrow(browser, url, report);
      await search(browser, url, report);
      await keyboard(browser, url, report);
      await playground(browser, url, report);
      if (screenshots !== null) await shoot(browser, url, screenshots);
    });
  } finally {
    server.close();
  }
}

/** Goes there by a link, as a reader does who is in the site already: the page is not loaded, its text is. */
async function follow(page, path) {
  await page.evaluate((href) => {
    const link = Object.assign(document.createElement('a'), { href });
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await page.waitForFunction((path) => location.pathname === path && document.querySelector('main h1') !== null, path);
}

/** What is wrong with one page, a line each: what it says in the console, and what axe-core says of it, light and dark. */
async function faultsOf(page, url, address, complaints, looked) {
  // What is generated differs by its text only.
  if (looked.has(address) || page.url() === 'about:blank') await open(page, `${url}/${address}`, false);
  else await follow(page, `/${address.replace(/(^|\/)index\.html$/, '$1')}`);
  const faults = complaints();
  for (const scheme of looked.has(address) ? ['light', 'dark'] : []) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForFunction(
      (dark) => document.documentElement.classList.contains('dark') === dark,
      scheme === 'dark',
    );
    for (const what of await violations(page)) faults.push(`${scheme}: ${what}`);
  }
  return [...faults, ...complaints()].map((what) => `${address}: ${what}`);
}

async function everyPage(browser, url, report) {
  const looked = new Set([...pages().map(({ address }) => `${address}.html`), ...SAMPLES]);
  const all = addresses();
  const queue = [...all];
  const faults = [];
  // Two at a time: while one loads, another is looked at.
  const visit = async () => {
    const page = await browser.newPage();
    const complaints = complaintsOf(page);
    for (let address = queue.pop(); address !== undefined; address = queue.pop())
      faults.push(...(await faultsOf(page, url, address, complaints, looked)));
    await page.close();
  };
  await Promise.all([visit(), visit()]);
  report(
    `${all.length} pages: no error, and in ${looked.size} nothing that axe-core complains of`,
    faults.length === 0,
    faults.join('\n'),
  );
}

/** On a telephone: nothing is wider than the screen. */
async function narrow(browser, url, report) {
  const page = await browser.newPage();
  await page.setViewportSize({ width: 390, height: 800 });
  const faults = [];
  for (const { address } of pages()) {
    await open(page, `${url}/${address}.html`, false);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) faults.push(`${address}: ${wide} pixels too wide`);
    if (address === 'index') for (const what of await violations(page)) faults.push(`${address}: ${what}`);
  }
  await page.close();
  report('every page fits into a narrow screen', faults.length === 0, faults.join('\n'));
}

/** What somebody types, and the page that has to be among the first that are found. */
const FOUND = {
  dropOldest: /channels|backpressure|queues/,
  'save the latest': /backpressure|queues|jobs|save/,
  queueMap: /backpressure|queueMap/,
  'virtual time': /testing/,
  semaphore: /semaphore|Semaphore|coming-from|locks/,
};

async function search(browser, url, report) {
  const page = await browser.newPage();
  const complaints = complaintsOf(page);
  for (const [words, expected] of Object.entries(FOUND)) {
    await open(page, `${url}/index.html`, false);
    await page.keyboard.press('/');
    await page.locator('#localsearch-input').fill(words);
    await page.locator('.results .result').first().waitFor();
    const hrefs = await page
      .locator('.results .result')
      .evaluateAll((all) => all.slice(0, 8).map((one) => one.getAttribute('href')));
    report(
      `search finds '${words}'`,
      hrefs.some((href) => expected.test(href)),
      hrefs.join('\n'),
    );
  }
  await page.keyboard.press('Enter');
  await page.waitForURL((now) => now.pathname !== '/index.html');
  report('Enter goes to what was found', true);
  const said = complaints();
  report('search says nothing in the console', said.length === 0, said.join('\n'));
  await page.close();
}

/** What the keyboard is at: its text, or what it is called. */
const focused = (page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    return (at?.getAttribute('aria-label') ?? at?.textContent ?? '').trim().replace(/\s+/g, ' ');
  });

async function keyboard(browser, url, report) {
  const page = await browser.newPage();
  await page.setViewportSize({ width: 1400, height: 900 });
  await open(page, `${url}/channels.html`, false);
  const reached = [];
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab');
    reached.push(await focused(page));
  }
  const wanted = ['Skip to content', 'Search', 'Guides', 'Reference', 'Playground', 'Backpressure'];
  const missed = wanted.filter((name) => !reached.some((at) => at.startsWith(name)));
  report(
    'Tab alone reaches search, navigation and sidebar',
    missed.length === 0,
    `not reached: ${missed}\n${reached.join(' | ')}`,
  );
  await page.close();
}

const SHOTS = [
  'index',
  'channels',
  'backpressure',
  'playground',
  'reference/index',
  'reference/rxsluice/functions/queueMap',
  'marbles/index',
];

async function shoot(browser, url, folder) {
  mkdirSync(folder, { recursive: true });
  const page = await browser.newPage();
  for (const dark of [false, true]) {
    await page.setViewportSize({ width: 1400, height: 1000 });
    for (const name of SHOTS) {
      await open(page, `${url}/${name}.html`, dark);
      await page.waitForTimeout(500);
      await page.screenshot({ path: join(folder, `${name.replaceAll('/', '-')}-${dark ? 'dark' : 'light'}.png`) });
    }
  }
  await page.close();
}
