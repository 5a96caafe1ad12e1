// npm run nestjs: packs what would be published, installs it into the NestJS application here, and runs its tests. Needs an npm
// registry.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const here = import.meta.dirname;
const root = join(here, '../..');
const target = join(here, 'node_modules/rxsluice');

const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

npm(here, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline');
// As a user would have it; what it is made of must not be part of the application's lockfile.
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const tarball = npm(root, 'pack', '--silent', '--ignore-scripts', '--pack-destination', target)
  .trim()
  .split('\n')
  .at(-1);
execFileSync('tar', ['-xzf', tarball, '--strip-components=1'], { cwd: target, stdio: 'inherit' });
execFileSync('npm', ['test'], { cwd: here, stdio: 'inherit' });
process.exitCode = 0;
