// Measures `dist`: npm run bench [-- [--quick] [ROW…]]. Each row is a file of `rows/`; see there for what a row says. After
// them come `memory` (what waits weighs), `growth` (how costs grow), `budget` (what looking at the clock costs), `inspect` (what
// looking on costs), `size` (what an import weighs) and `weight` (of which what).
//
// A row is measured in a process of its own, so that what one row has taught the compiler does not slow the next. Figures are
// CPU time, which is what a busy machine takes least away from; wall time stands beside it. All of it, measured in full, is
// written to RESULTS.md; --quick, which is rough, only with --write.

import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';
import { census, isInstalled } from './peers.mjs';
import { describeMachine, sectionOf } from './report.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, write: { type: 'boolean' } },
});

/** By name, in the order of their places. */
const files = readdirSync(here('rows')).map((file) => file.replace(/\.mjs$/, ''));
const rows = await Promise.all(files.map(async (name) => ({ name, ...(await import(`./rows/${name}.mjs`)).row })));
const known = [
  ...rows.sort((a, b) => a.place - b.place).map(({ name }) => name),
  'memory',
  'growth',
  'budget',
  'inspect',
  'size',
  'weight',
];
/** `node` stands for every row `node-…`. */
const namedBy = (name) => known.filter((each) => each === name || each.startsWith(`${name}-`));
const unknown = positionals.filter((name) => namedBy(name).length === 0);
if (unknown.length > 0) {
  console.error(`no such row: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}

function measure(name) {
  const script = files.includes(name) ? ['measure.mjs', name] : [`${name}.mjs`];
  const args = [here(script[0]), ...script.slice(1), ...(values.quick ? ['--quick'] : [])];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
}

const { here: present, missing } = census();
const head = describeMachine(present, missing, values.quick);
console.log(head);
const sections = [];
const lacks = (name) => {
  const { needs } = rows.find((row) => row.name === name) ?? {};
  return needs !== undefined && !isInstalled(needs) ? needs : undefined;
};
for (const name of positionals.length > 0 ? positionals.flatMap(namedBy) : known) {
  if (lacks(name)) {
    console.log(`left out ${name}: ${lacks(name)} is not installed\n`);
    continue;
  }
  const section = sectionOf(name, measure(name));
  console.log(section);
  sections.push(section);
}
if (positionals.length === 0 && (values.write || !values.quick)) {
  writeFileSync(here('RESULTS.md'), [head, ...sections].join('\n'));
  console.log('written to bench/RESULTS.md');
}
