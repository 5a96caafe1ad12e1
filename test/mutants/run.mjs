// npm run mutants [-- ROOM…]: changes the code of a room, one place at a time, and looks whether a test fails. Takes about ten
// minutes for each room. What survives, and why, stands in `test/mutants.md`.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const ROOMS = ['base', 'core', 'channel', 'select', 'task', 'sync', 'queue', 'state'];
const rooms = process.argv.length > 2 ? process.argv.slice(2) : ROOMS;

/** Whose tests a room is held against, beside the models. The lower ones are tested by what stands on them, too. */
const TESTS = { base: '{base,core,channel}', core: '{core,channel,select,task}', channel: '{channel,core,task}' };

/** A method `check()`, as prettier lays it out: it asserts invariants for the tests, and no test is to hold it. */
const CHECK = /^ {2}(?:override )?check\(\): void \{\n[^]*?\n {2}\}$/m;

/** The parts of a file that are mutated. */
function partsOf(path) {
  const text = readFileSync(path, 'utf8');
  const found = CHECK.exec(text);
  if (found === null) return [path];
  const before = text.slice(0, found.index).split('\n').length;
  const after = before + found[0].split('\n').length - 1;
  const last = text.split('\n').length;
  return [`${path}:1-${before - 1}`, ...(after < last - 1 ? [`${path}:${after + 1}-${last}`] : [])];
}

for (const room of rooms) {
  const parts = readdirSync(`src/${room}`).flatMap((file) => partsOf(`src/${room}/${file}`));
  const args = ['stryker', 'run', 'test/mutants/stryker.config.mjs', '--mutate', parts.join(',')];
  const env = { ...process.env, MUTANTS_ROOMS: TESTS[room] ?? room };
  const { status } = spawnSync('npx', args, { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}
