// npm run docs: installs what the site is made with, builds the library if it has changed, makes the reference and the site, checks
// every link and every code block, and looks at the result in Chromium. Without a Chromium that last part is left out, but under CI.
//
//   --screenshots FOLDER   and what it looks like
//   --fast                 not the browser

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const here = import.meta.dirname;
const root = join(here, '..');
const began = performance.now();
let failures = 0;

function report(what, passed, told = '') {
  console.log(`${passed ? 'passed ' : 'FAILED '} ${what}${passed ? '' : `\n${told}`}`);
  if (!passed) failures++;
}

const run = (cwd, command, ...args) => execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });

const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Installed once for each lockfile. */
function install() {
  if (changed(join(here, 'node_modules/.package-lock.json')) >= changed(join(here, 'package-lock.json'))) return;
  run(here, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline');
}

/** Built once for each state of `src`. */
function library() {
  const src = join(root, 'src');
  const made = [
    join(root, 'build.mjs'),
    join(root, 'package.json'),
    ...readdirSync(src, { recursive: true }).map((name) => join(src, name)),
  ];
  if (changed(join(root, 'dist/bundle/index.js')) < Math.max(...made.map(changed))) run(root, 'npm', 'run', 'build');
}

/** Tells of a check how many things it looked at, and what is wrong with them. */
function held(what, { faults, count }) {
  report(`${count} ${what}`, faults.length === 0, faults.join('\n'));
}

install();
library();
const { stage } = await import('./tools/stage.mjs');
const { reference } = await import('./tools/reference.mjs');
const { kit } = await import('./tools/kit.mjs');
const { checkBlocks } = await import('./tools/blocks.mjs');
const { checkSite, checkSources } = await import('./tools/links.mjs');
const { findChromium, installChromium } = await import('../test/browser/chromium.mjs');

held('links of the repository lead somewhere', checkSources());
const blocks = checkBlocks();
held(`code blocks compile, and ${blocks.parsed} parse`, blocks);
run(here, 'npx', 'tsc', '-p', 'playground');
stage();
await reference();
await kit();
run(here, 'npx', 'vitepress', 'build', '.');
held('links of the site lead somewhere', checkSite());

if (!process.argv.includes('--fast')) {
  if (findChromium() === null) installChromium();
  const path = findChromium();
  const at = process.argv.indexOf('--screenshots');
  if (path !== null) {
    const { inBrowser } = await import('./tools/browser.mjs');
    await inBrowser(path, report, at < 0 ? null : process.argv[at + 1]);
  } else if (process.env.CI) report('Chromium', false, 'none is installed, and it cannot be');
  else console.log('skipped Chromium: none is installed');
}
console.log(
  `${failures === 0 ? 'The site is in docs/.vitepress/dist' : `${failures} failed`}, after ${Math.round((performance.now() - began) / 1000)} s`,
);
process.exitCode = failures > 0 ? 1 : 0;
