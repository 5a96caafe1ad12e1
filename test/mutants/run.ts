// npm run mutants [-- ROOM…]: changes the code of a room, one place at a time, and looks whether a test fails. Takes two to ten
// minutes for each room. Fails where less than 90 % die, and where one survives that `test/mutants/ROOM.md` does not explain.
// Stryker, which does it, is a third of all packages and needed by nothing else: it is installed here, by the first run.

import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { explained, print, type Report, score, without } from './survivors.ts';

const ROOMS = ['base', 'core', 'channel', 'select', 'task', 'sync', 'queue', 'state'];
const HOME = 'test/mutants';
const STRYKER = `${HOME}/node_modules/@stryker-mutator/core/bin/stryker.js`;
const REPORT = 'node_modules/.mutants/mutants.json';
const rooms = process.argv.length > 2 ? process.argv.slice(2) : ROOMS;

/** Whose tests a room is held against, beside the models. The lower ones are tested by what stands on them, too. */
const TESTS: Readonly<Record<string, string>> = {
  base: '{base,core,channel}',
  core: '{core,channel,select,task}',
  channel: '{channel,core,task}',
  select: '{select,core}',
};

/** A method `check()`, as prettier lays it out: it asserts invariants for the tests, and no test is to hold it. */
const CHECK = /^ {2}(?:override )?check\([^)]*\): void \{\n[^]*?\n {2}\}$/gm;

/** The parts of a file that are mutated: what stands between its methods `check()`. */
function partsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const lineAt = (index: number): number => text.slice(0, index).split('\n').length;
  const parts: string[] = [];
  let from = 1;
  for (const { 0: check, index } of text.matchAll(CHECK)) {
    parts.push(`${path}:${from}-${lineAt(index) - 1}`);
    from = lineAt(index + check.length) + 1;
  }
  return [...parts, `${path}:${from}-${lineAt(text.length)}`];
}

/** When a file was written; 0: never. */
function dateOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (dateOf(`${HOME}/node_modules/.package-lock.json`) < dateOf(`${HOME}/package-lock.json`)) {
  console.log(`Installs Stryker in ${HOME}.`);
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', HOME], { stdio: 'inherit' });
}

const failures: string[] = [];
for (const room of rooms) {
  const parts = readdirSync(`src/${room}`).flatMap((file) => partsOf(`src/${room}/${file}`));
  const args = [STRYKER, 'run', `${HOME}/stryker.config.mjs`, '--mutate', parts.join(',')];
  const env = { ...process.env, MUTANTS_ROOMS: TESTS[room] ?? room };
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);

  const { mutants, dead, survivors } = score(JSON.parse(readFileSync(REPORT, 'utf8')) as Report);
  const unexplained = without(survivors, explained(room));
  const died = without(explained(room), survivors);
  const percent = (100 * dead) / mutants;
  const line = `${room}: ${mutants} mutants, ${dead} dead, ${percent.toFixed(1)} %; ${unexplained.length} of ${survivors.length} survivors not explained`;
  console.log(line);
  if (unexplained.length > 0)
    console.log(`\nTo be killed, or explained in test/mutants/${room}.md:\n${print(unexplained)}`);
  if (died.length > 0) console.log(`\nExplained in test/mutants/${room}.md, and dead or gone:\n${print(died)}`);
  if (percent < 90 || unexplained.length > 0) failures.push(line);
}
if (failures.length > 0) {
  console.error(`\n${failures.join('\n')}`);
  process.exitCode = 1;
}
