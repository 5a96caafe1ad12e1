// A Chromium to run pages in. Where there is none it is installed, if that can be done: by root, on Debian.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const MORE = ['--disable-component-update', '--disable-sync'];
// Debian's script has things to say of the machine.
const VERSION = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };

/** The path of a Chromium, or null. */
export function findChromium() {
  const paths = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return paths.find((path) => path && existsSync(path)) ?? null;
}

export function installChromium() {
  if (process.getuid?.() !== 0) return;
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: 'ignore', timeout: 600_000 });
}

/** Runs `use` with a browser of its own profile, and its version. */
export async function withChromium(path, use) {
  const profile = mkdtempSync(join(tmpdir(), 'rxsluice-browser-'));
  const options = { executablePath: path, headless: true, args: [...FLAGS, ...MORE] };
  const browser = await chromium.launchPersistentContext(profile, options);
  try {
    return await use(browser, execFileSync(path, ['--version'], VERSION).split(' built')[0].trim());
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
