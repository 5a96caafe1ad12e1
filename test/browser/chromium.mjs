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

// So that tests need no patience, Playwright has its pages think that they are seen, and their timers never held back.
const UNHURRIED = [
  '--disable-backgrounding-occluded-windows',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
];

/** Runs `use` with what opens tabs as a reader has them: of several only the last one shown is visible. */
export async function withTabs(path, use) {
  const options = { executablePath: path, headless: true, args: [...FLAGS, ...MORE], ignoreDefaultArgs: UNHURRIED };
  const browser = await chromium.launch(options);
  try {
    const devtools = await browser.newBrowserCDPSession();
    const answers = new Map();
    devtools.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, ...answer } = JSON.parse(message);
      answers.get(id)?.(answer);
      answers.delete(id);
    });
    await use((url) => openTab(devtools, answers, url));
  } finally {
    await browser.close();
  }
}

let asked = 0;

/** One that Playwright does not know of, and so does not change. */
async function openTab(devtools, answers, url) {
  const { targetId } = await devtools.send('Target.createTarget', { url });
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: false });
  const ask = async (method, params) => {
    const id = ++asked;
    const answer = new Promise((resolve) => answers.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await devtools.send('Target.sendMessageToTarget', { sessionId, message });
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  return {
    show: () => devtools.send('Target.activateTarget', { targetId }),
    async evaluate(body, ...args) {
      const expression = `(${body})(...${JSON.stringify(args)})`;
      const how = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await ask('Runtime.evaluate', how);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
  };
}
