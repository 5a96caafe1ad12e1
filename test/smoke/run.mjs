// npm run smoke [-- --all]: packs what would be published, installs it with rxjs as a user does, in a folder of its own, and
// runs a program with it: as ESM and as CommonJS, under this Node, and in a Chromium where there is one (CHROMIUM=path, or
// on PATH). --all: under every Node that is supported, too, from the npm registry. Says what it ran and what it left out.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { EXPECTED } from './program.mjs';

const root = join(import.meta.dirname, '../..');
const all = process.argv.includes('--all');
const OTHERS = ['20.0.0', 20, 22, 24, 26];
const CHROMIUM = `--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
  --disable-component-update --disable-sync --virtual-time-budget=20000 --dump-dom`.split(/\s+/);

const folder = mkdtempSync(join(tmpdir(), 'rxsluice-smoke-'));
let failures = 0;

/** Runs a command in the folder: what it wrote, and whether it ended well. */
function run(command, ...args) {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { ok: !error && status === 0, out: stdout ?? '', told: `${error ?? ''}${stdout ?? ''}${stderr ?? ''}`.trim() };
}

function must(command, ...args) {
  const { ok, out, told } = run(command, ...args);
  if (!ok) throw new Error(`${command} ${args.join(' ')}:\n${told}`);
  return out.trim();
}

function report(what, { ok, told }, expected) {
  const passed = ok && told.includes(expected);
  console.log(`${passed ? 'passed ' : 'FAILED '} ${what}${passed ? '' : `\n${told}`}`);
  if (!passed) failures++;
}

const skip = (what, why) => console.log(`skipped ${what}: ${why}`);

function install() {
  const tarball = must('npm', 'pack', root, '--silent', '--pack-destination', folder).split('\n').at(-1);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/rxjs/package.json'), 'utf8'));
  must('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`, `rxjs@${version}`);
  for (const file of readdirSync(import.meta.dirname))
    copyFileSync(join(import.meta.dirname, file), join(folder, file));
}

function runUnder(name, command, ...args) {
  for (const file of ['esm.mjs', 'commonjs.cjs'])
    report(`${name}, ${file}`, run(command, ...args, file), `: ${EXPECTED}`);
}

function runUnderOthers() {
  for (const version of OTHERS) {
    const found = run('npm', 'view', `node@${version}`, 'version');
    if (!found.ok || found.out === '') skip(`Node ${version}`, 'not to be had from the npm registry');
    else runUnder(`Node ${version}`, 'npx', '--yes', `--package=node@${version}`, 'node');
  }
}

async function runInChromium() {
  const chromium = [process.env.CHROMIUM, '/usr/bin/chromium', 'chromium'].find(
    (path) => path && run(path, '--version').ok,
  );
  if (chromium === undefined) return skip('Chromium', 'none is installed');
  const entryPoints = [join(folder, 'browser.mjs')];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'iife', write: false });
  writeFileSync(join(folder, 'index.html'), `<title>nothing</title><script>${outputFiles[0].text}</script>`);
  const version = must(chromium, '--version').replace(/ (built|running).*/s, '');
  const profile = `--user-data-dir=${join(folder, 'profile')}`;
  report(version, run(chromium, ...CHROMIUM, profile, `file://${folder}/index.html`), `<title>${EXPECTED}</title>`);
}

try {
  install();
  runUnder(`Node ${process.version.slice(1)}`, process.execPath);
  if (all) runUnderOthers();
  else skip(`Node ${OTHERS.join(', ')}`, 'run them with `-- --all`');
  await runInChromium();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);
