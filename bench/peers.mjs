// The contenders from elsewhere. A file of `peers/` says for each row that its library can do how it does it, as the library's
// own documentation would write it. What is not installed is left out, and said to be.

import { readFileSync } from 'node:fs';
import { URL } from 'node:url';
import { asyncio, go } from './peers/processes.mjs';

const LIBRARIES = {
  'thi-ng': ['@thi.ng/csp'],
  effect: ['effect'],
  'js-csp': ['js-csp'],
  effection: ['effection'],
  limiters: ['async-mutex', 'p-queue', 'bottleneck', 'fastq'],
};
const INSTALL = 'npm ci --ignore-scripts --prefix bench';

/** What is installed, as `name version`; and what is missing, with the reason. */
export function census() {
  const here = [];
  const missing = [];
  const absent = Object.values(LIBRARIES).flatMap((names) => names.filter((name) => !versionOf(name)));
  for (const name of Object.values(LIBRARIES).flat()) if (versionOf(name)) here.push(`${name} ${versionOf(name)}`);
  if (absent.length > 0) missing.push(`${absent.join(', ')}: not installed (${INSTALL})`);
  for (const { name, version, missing: why } of [go, asyncio]) {
    const found = version();
    if (found === undefined) missing.push(`${name}: ${why}`);
    else here.push(`${name} (${found})`);
  }
  return { here, missing };
}

function versionOf(name) {
  try {
    return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
  } catch {
    return undefined;
  }
}

/** Whether what a row itself needs is there. */
export function isInstalled(name) {
  return versionOf(name) !== undefined;
}

/** Everybody who can do `row`: by name, and in which file; those that are no JavaScript by how (`external`). */
export async function peersOf(row) {
  const peers = [];
  const installed = Object.entries(LIBRARIES).filter(([, names]) => names.every(versionOf));
  for (const file of ['rxjs', ...installed.map(([file]) => file)]) {
    const { peers: all } = await import(`./peers/${file}.mjs`);
    for (const [name, rows] of Object.entries(all)) if (rows[row]) peers.push({ name, file });
  }
  for (const { name, version, load } of [go, asyncio]) {
    const run = version() === undefined ? undefined : load()[row];
    if (run) peers.push({ name, run, external: true });
  }
  return peers;
}

/** How one of them does it. */
export async function runOf({ name, file, run }, row) {
  return run ?? (await import(`./peers/${file}.mjs`)).peers[name][row];
}
