// What is not JavaScript: each run is a process of its own, which takes its own time.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';

const ROWS = [
  'item',
  'round-trip',
  'four-to-four',
  'select',
  'merge-select',
  'spawn',
  'sieve',
  'map-stages',
  'pool',
  'state-owner',
  'blocked',
];
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What a command prints; undefined where there is no such command. */
function output(command, args, options = {}) {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (error?.code === 'ENOENT') return undefined;
  if (error || status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error ?? stderr}`);
  return stdout.trim();
}

const row = (command, args) => (n) => JSON.parse(output(command, [...args, String(n)]));
const rows = (command, args) => Object.fromEntries(ROWS.map((name) => [name, row(command, [...args, name])]));

export const asyncio = {
  name: 'asyncio',
  version: () => output('python3', ['--version']),
  missing: 'python3 is not on PATH',
  load: () => rows('python3', [here('asyncio_rows.py')]),
};

export const go = {
  name: 'Go',
  version: () => output('go', ['env', 'GOVERSION']),
  missing: 'go is not on PATH',
  load() {
    const binary = join(tmpdir(), `rxsluice-bench-go-${process.pid}`);
    output('go', ['build', '-o', binary, '.'], { cwd: here('../go') });
    process.on('exit', () => rmSync(binary, { force: true }));
    return rows(binary, []);
  },
};
