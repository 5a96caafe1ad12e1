// npm run angular: packs what would be published, installs it into the Angular application here, builds that without a warning,
// says what the library adds to it, and runs its unit tests and, in Chromium, its end-to-end tests. Needs an npm registry.
//
//   npm run angular -- --serve         builds, and serves the application instead
//   npm run angular -- --screenshots   makes the pictures of docs/angular.md anew, too
//   npm run angular -- editor          runs the end-to-end tests of some features only

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const here = import.meta.dirname;
const root = join(here, '../..');
const target = join(here, 'node_modules/rxsluice');
const env = { ...process.env, NG_CLI_ANALYTICS: 'false', NO_UPDATE_NOTIFIER: '1' };
const [options, features] = [process.argv.slice(2), process.argv.slice(2).filter((each) => !each.startsWith('--'))];

const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** What has been installed already is left as it is: there is much of it. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex');
  const note = join(here, 'node_modules/.installed');
  if (existsSync(note) && readFileSync(note, 'utf8') === lock) return;
  // That the Node of whoever installs is older does not matter: the application brings its own.
  npm(here, 'ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error');
  // Where the scripts of packages are off, that of this one is needed even so.
  if (!existsSync(join(here, 'node_modules/node/bin'))) npm(here, 'rebuild', 'node', '--ignore-scripts=false');
  writeFileSync(note, lock);
}

function installLibrary() {
  // As a user would have it; what it is made of must not be part of the application's lockfile.
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const tarball = npm(root, 'pack', '--silent', '--ignore-scripts', '--pack-destination', target)
    .trim()
    .split('\n')
    .at(-1);
  execFileSync('tar', ['-xzf', join(target, tarball), '--strip-components=1'], { cwd: target, stdio: 'inherit' });
}

/** Ends this process if it fails. */
function run(script, ...args) {
  const { status } = spawnSync('npm', ['run', '--silent', script, '--', ...args], { cwd: here, env, stdio: 'inherit' });
  // Null: by a signal, as when the server is stopped.
  if (status !== 0) process.exit(status ?? 130);
}

/** A warning is a failure. */
function build() {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: here,
    env,
    encoding: 'utf8',
  });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (status === 0 && !/warning/i.test(stdout + stderr)) return;
  console.error('FAILED  the build is to pass without a warning');
  process.exit(1);
}

install();
installLibrary();
build();
if (options.includes('--serve')) run('start');
else {
  run('bytes');
  run('test');
  run('e2e', ...features, ...options.filter((each) => each === '--screenshots'));
}
