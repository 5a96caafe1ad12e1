// npm run browser: packs what would be published, bundles programs with it as an application does, and runs them in Chromium; and
// the same scripts in Node, for they are for both. Without a Chromium that is no failure, but under CI.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { findChromium, installChromium, withChromium } from './chromium.mjs';
import { panelInBrowser } from './panel.mjs';
import { devtools } from './devtools.mjs';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'rxsluice-page-'));
const [expected, expectedHere] = ['expected.txt', 'expected-here.txt'].map((name) =>
  readFileSync(join(import.meta.dirname, name), 'utf8'),
);
let failures = 0;

function report(what, passed, told = '') {
  console.log(`${passed ? 'passed ' : 'FAILED '} ${what}${passed ? '' : `\n${told}`}`);
  if (!passed) failures++;
}

/** Unpacks what would be published, beside the scripts. */
function unpack() {
  execFileSync('npm', ['pack', root, '--silent', '--pack-destination', folder], { cwd: root });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  mkdirSync(join(folder, 'node_modules/rxsluice'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', 'node_modules/rxsluice'], { cwd: folder });
  for (const name of ['rxjs', 'tslib'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  for (const name of readdirSync(import.meta.dirname))
    copyFileSync(join(import.meta.dirname, name), join(folder, name));
}

async function bundle() {
  const entryPoints = ['page', 'crunch', 'shared', 'closing', 'ticking', 'tracks'].map((name) =>
    join(folder, `${name}.mjs`),
  );
  const options = { bundle: true, format: 'esm', platform: 'browser', logLevel: 'error', absWorkingDir: folder };
  const { metafile } = await build({ entryPoints, outdir: join(folder, 'site'), metafile: true, ...options });
  writeFileSync(join(folder, 'site/tracks.html'), '<script type="module" src="/tracks.js"></script>');
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
  report('a bundle for browsers finds nothing of Node', !imports.some((path) => path.startsWith('node:')));
}

const TYPES = { '.js': 'text/javascript', '.html': 'text/html', '.css': 'text/css' };

/** Serves a folder, and a page for `page.js`. */
export function serve(site) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    try {
      // A page that lets no thread be made of text.
      if (path === '/strict') response.setHeader('content-security-policy', "worker-src 'self'");
      const isPage = path === '/' || path === '/strict';
      const body = isPage ? '<script type="module" src="/page.js"></script>' : readFileSync(join(site, path));
      response.setHeader('content-type', TYPES[extname(path)] ?? 'text/html');
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}/` }));
  });
}

/** The example: blurs a picture, is cancelled in the middle, and is shown in the docs. */
async function imageInBrowser(browser) {
  const home = join(root, 'examples/worker/image-in-browser');
  const site = join(folder, 'image');
  mkdirSync(site);
  const entryPoints = ['main.ts', 'thread.ts'].map((name) => join(home, name));
  const alias = { 'rxsluice/worker': join(folder, 'node_modules/rxsluice/dist/worker/index.js') };
  alias.rxsluice = join(folder, 'node_modules/rxsluice/dist/index.js');
  const options = { bundle: true, format: 'esm', platform: 'browser', logLevel: 'error' };
  await build({ entryPoints, outdir: site, alias, nodePaths: [join(root, 'node_modules')], ...options });
  copyFileSync(join(home, 'index.html'), join(site, 'index.html'));
  const { server, url } = await serve(site);
  const page = await browser.newPage({});
  await page.setViewportSize({ width: 690, height: 420 });
  await page.goto(`${url}index.html`);
  const state = page.locator('#state');
  const sum = () => page.evaluate(() => globalThis.pixels());
  await page.addScriptTag({
    content: `globalThis.pixels = () => {
      const canvas = document.getElementById('picture');
      return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.reduce((a, b, i) => (a * 31 + b) | 0, 0);
    };`,
  });
  const before = await sum();
  await page.click('#start');
  await state.filter({ hasText: 'done' }).waitFor({ timeout: 60_000 });
  report('image-in-browser blurs the picture', (await sum()) !== before);
  if (process.argv.includes('--screenshot')) await page.screenshot({ path: join(root, 'docs/image-in-browser.png') });
  const shown = await page.screenshot();
  report('image-in-browser can be seen', shown.length > 10_000);
  // So much that it does not end by itself.
  await page.evaluate(() => (globalThis.document.getElementById('start').value = '300'));
  await page.click('#start');
  await state.filter({ hasText: 'at work' }).waitFor();
  await page.click('#stop');
  await state.filter({ hasText: 'cancelled' }).waitFor({ timeout: 60_000 });
  const told = await state.textContent();
  report('image-in-browser is cancelled, and its threads stop', told === 'cancelled; 0 threads are at work', told);
  server.close();
}

async function inNode() {
  const { program } = await import(pathToFileURL(join(folder, 'program.mjs')).href);
  const [crunch, missing] = ['crunch.mjs', 'missing.mjs'].map((name) => pathToFileURL(join(folder, name)));
  const told = `${(await program(crunch, missing)).join('\n')}\n`;
  report(`the program, in Node ${process.version}`, told === expected, told);
}

function within(ms, promise, why) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`late; ${why()}`)), ms).unref());
  return Promise.race([promise, late]);
}

async function inChromium(path) {
  const { server, url } = await serve(join(folder, 'site'));
  await withChromium(path, async (browser, version) => {
    const page = await browser.newPage();
    const errors = [];
    // That a thread crashed is told here too.
    page.on('pageerror', (error) => String(error).includes('crashed') || errors.push(String(error)));
    let last = 'nothing';
    await page.exposeFunction('heard', (what) => (last = what));
    await page.goto(url);
    await page.waitForFunction(() => typeof globalThis.run === 'function');
    const told = (act) =>
      within(60_000, page.evaluate(act), () => `the last it did was: ${last}\n${errors.join('\n')}`);
    const { byUrl, byFunction, made } = await told(() => globalThis.run());
    for (const [how, lines] of Object.entries({ 'by URL': byUrl, 'by a function': byFunction })) {
      const said = `${lines.join('\n')}\n`;
      report(`the program, in ${version}, ${how}`, said === expected, said);
    }
    report('threads are made as needed', made === 7, `${made} were made`);
    const here = `${(await told(() => globalThis.runHere())).join('\n')}\n`;
    report('what only browsers have', here === expectedHere, here);
    await page.goto(`${url}strict`);
    await page.waitForFunction(() => typeof globalThis.runStrictly === 'function');
    const strictly = (await told(() => globalThis.runStrictly())).join(' ');
    report('where a policy allows no thread of text, inThread fails', strictly === 'PeerGoneError 5', strictly);
    report('no error of the page is left', errors.length === 0, errors.join('\n'));
    await devtools(browser, url, report);
    await imageInBrowser(browser);
    await panelInBrowser({ root, folder, serve, report, browser });
  });
  server.close();
}

try {
  unpack();
  await bundle();
  await inNode();
  if (findChromium() === null) installChromium();
  const path = findChromium();
  if (path !== null) await inChromium(path);
  else if (process.env.CI) report('Chromium', false, 'none is installed, and it cannot be');
  else console.log('skipped Chromium: none is installed');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
