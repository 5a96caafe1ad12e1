// Drives the application in Chromium: npm run e2e [-- feature…]. The server is started here, for this run only; the application
// must have been built. Each `<feature>.mjs` here exports `default async (stage) => {}` (see `Stage`); and `alone = true` if it is not
// to run beside others.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { concat, from, lastValueFrom } from 'rxjs';
import { queueMap } from 'rxsluice';
import { findChromium, installChromium, withChromium } from '../../../test/browser/chromium.mjs';

const here = import.meta.dirname;
const shots = join(here, '../dist/screenshots');
/** The pictures of `docs/angular.md`: made anew with `--screenshots`. */
const pictures = join(here, '../../../docs/angular');
const isPicturing = process.argv.includes('--screenshots');
const wanted = process.argv.slice(2).filter((each) => !each.startsWith('--'));
let passed = 0;
let failures = 0;

const PICTURES = ['editor', 'uploads', 'prices', 'todo-saving', 'booking', 'search'];

/** Waiting is patient: the machine may be busy. */
const PATIENCE = 30_000;

/** What each file of tests is given. */
class Stage {
  /** Playwright's BrowserContext: `setOffline`. */
  browser;
  /** Where the server is, with a slash at the end. */
  url;
  /** What pages have said is wrong. A test that expects an error takes it from here. */
  errors = [];
  /** What the next dialogs of the browser (`beforeunload`) are answered: 'accept' or 'dismiss'. None is expected but these. */
  answers = [];

  constructor(browser, url) {
    this.browser = browser;
    this.url = url;
  }

  /** A new page at `path`, ready to be used. Its errors fail the test; but what the network says of itself. */
  async open(path) {
    const page = await this.browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => this.errors.push(String(error.stack ?? error)));
    page.on('console', (message) => {
      const told = message.text();
      if (message.type() === 'error' && !told.startsWith('Failed to load resource')) this.errors.push(told);
    });
    page.on('dialog', async (dialog) => {
      const answer = this.answers.shift();
      if (answer === undefined) this.errors.push(`a dialog: ${dialog.type()} ${dialog.message()}`);
      await (answer === 'accept' ? dialog.accept() : dialog.dismiss());
    });
    await page.goto(this.url + path);
    await page.locator('html[data-ready]').waitFor();
    return page;
  }

  /** Tells the server to be slow or to fail (`{ area, delay, fail }`), or to forget (`{ reset: true }`); its answer. */
  async control(order) {
    const response = await fetch(`${this.url}api/control`, { method: 'POST', body: JSON.stringify(order) });
    return response.json();
  }

  async api(path) {
    return (await fetch(`${this.url}api/${path}`)).json();
  }

  /** Until `condition` is truthy, which is returned. */
  async eventually(condition, what = 'it') {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const value = await condition();
      if (value) return value;
      if (Date.now() > end) throw new Error(`${what} did not come`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  equal(got, expected) {
    const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
    if (a !== b) throw new Error(`expected ${b}\n  received ${a}`);
  }

  /** Both themes, at dist/screenshots; the light one is a picture of the docs, too. */
  async screenshot(page, name) {
    if (isPicturing && PICTURES.includes(name)) await this.#picture(page, name);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) });
    }
  }

  /** As WebP, which takes a third of a PNG: by the browser itself. */
  async #picture(page, name) {
    const size = page.viewportSize();
    await page.setViewportSize({ width: 1080, height: 600 });
    await page.emulateMedia({ colorScheme: 'light' });
    const png = await page.screenshot();
    await page.setViewportSize(size);
    const url = await page.evaluate(async (base64) => {
      const bitmap = await globalThis.createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const canvas = Object.assign(globalThis.document.createElement('canvas'), {
        width: bitmap.width,
        height: bitmap.height,
      });
      canvas.getContext('2d').drawImage(bitmap, 0, 0);
      return canvas.toDataURL('image/webp', 0.9);
    }, png.toString('base64'));
    mkdirSync(pictures, { recursive: true });
    writeFileSync(join(pictures, `${name}.webp`), Buffer.from(url.split(',')[1], 'base64'));
  }

  /** One sentence, and what shows that it is so. */
  async test(sentence, body) {
    const begin = Date.now();
    this.errors = [];
    this.answers = [];
    try {
      await this.control({ reset: true });
      await body();
      if (this.answers.length > 0) throw new Error(`the browser did not ask; it was to be told: ${this.answers}`);
      if (this.errors.length > 0) throw new Error(`the page had errors:\n${this.errors.join('\n')}`);
      passed++;
      console.log(`passed  ${sentence} (${Date.now() - begin} ms)`);
    } catch (error) {
      failures++;
      console.log(`FAILED  ${sentence}\n  ${error.stack ?? error}\n${this.errors.join('\n')}`);
      for (const [i, page] of this.browser.pages().entries())
        await page.screenshot({ path: join(shots, `failed-${failures}-${i}.png`) }).catch(() => undefined);
    } finally {
      await this.browser.setOffline(false);
      for (const page of this.browser.pages()) if (page.url() !== 'about:blank') await page.close();
    }
  }
}

/** A browser and a server of its own for each. */
function withStage(path, tests) {
  return withServer((url) =>
    withChromium(path, async (browser) => {
      const sized = async (page) => page.setViewportSize({ width: 1120, height: 760 });
      browser.on('page', (page) => sized(page).catch(() => undefined));
      await tests(new Stage(browser, url));
    }),
  );
}

async function withServer(use) {
  const server = spawn(process.execPath, ['server/main.ts', '--port', '0'], {
    cwd: join(here, '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise((resolve, reject) => {
      createInterface(server.stdout).on('line', resolve);
      server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
      server.on('error', reject);
    });
    await use(url);
  } finally {
    const gone = new Promise((resolve) => server.on('exit', resolve));
    if (server.exitCode === null) {
      server.kill();
      await gone;
    }
  }
}

if (findChromium() === null) installChromium();
const path = findChromium();
if (path === null && process.env.CI) {
  console.log('FAILED  Chromium: none is installed, and it cannot be');
  process.exit(1);
} else if (path === null) console.log('skipped the end-to-end tests: no Chromium is installed');
else {
  rmSync(shots, { recursive: true, force: true });
  mkdirSync(shots, { recursive: true });
  const files = readdirSync(here).filter((name) => name.endsWith('.mjs') && name !== 'run.mjs');
  const names = files.map((name) => name.slice(0, -4));
  const features = names.filter((name) => wanted.length === 0 || wanted.includes(name));
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`there is no ${unknown}; there are ${names.join(', ')}`);
  const loaded = await Promise.all(features.map((feature) => import(`./${feature}.mjs`)));
  console.log(execFileSync(path, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
  // Most of the time they wait. What counts frames or bytes runs by itself.
  const side = loaded.filter(({ alone }) => !alone);
  const single = loaded.filter(({ alone }) => alone);
  const all = concat(
    from(side).pipe(queueMap(({ default: tests }) => withStage(path, tests), { concurrency: 3 })),
    from(single).pipe(queueMap(({ default: tests }) => withStage(path, tests), { concurrency: 1 })),
  );
  await lastValueFrom(all, { defaultValue: undefined });
  console.log(`\n${passed} passed, ${failures} failed`);
  process.exitCode = failures > 0 || passed === 0 ? 1 : 0;
}
