// Measures `dist`: npm run bench [-- [--quick] [ROW…]]. Each row is a file of `rows/`; see there for what a row says.
//
// A row is measured in a process of its own, so that what one row has taught the compiler does not slow the next. Within it
// the contenders take turns, round by round, beside plain `Subject.next`: a machine that is busy for a while is busy for
// all of them. Figures are CPU time, which is what a busy machine takes least away from; wall time stands beside it.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import { parseArgs } from 'node:util';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean' } } });

/** By name, in the order of their places. */
const names = readdirSync(here('rows')).map((file) => file.replace(/\.mjs$/, ''));
const rows = await Promise.all(names.map(async (name) => ({ name, ...(await import(`./rows/${name}.mjs`)).row })));
const known = rows.sort((a, b) => a.place - b.place).map(({ name }) => name);
const unknown = positionals.filter((row) => !known.includes(row));
if (unknown.length > 0) {
  console.error(`no such row: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}

const line = (cells) => {
  const [row, contender, ...numbers] = cells;
  return [row.padEnd(46), contender.padEnd(14), ...numbers.map((cell) => cell.padStart(13))].join(' ').trimEnd();
};
const short = (number) => number.toFixed(number < 100 ? 1 : 0);
const spread = ({ median, min, max }) => [short(median), `${short(min)}–${short(max)}`];

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}${values.quick ? ', quick: figures are rough' : ''}`,
);
console.log(line(['', '', 'CPU median', 'min–max', 'wall median', '× Subject', 'aim']));
for (const name of positionals.length > 0 ? positionals : known) {
  const args = [here('measure.mjs'), name, ...(values.quick ? ['--quick'] : [])];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(1);
  const { title, unit, aim, contenders } = JSON.parse(stdout);
  const subject = contenders['Subject.next'];
  for (const [contender, { cpu, wall, perItem }] of Object.entries(contenders)) {
    const ours = contender === 'rxsluice';
    const ratio = perItem === null ? '' : short(perItem / subject.perItem);
    console.log(
      line([
        ours ? `${title}, ${unit}` : '',
        contender,
        ...spread(cpu),
        short(wall.median),
        ratio,
        ours ? `≤ ${aim}` : contender === 'Subject.next' ? 'ns per next' : '',
      ]),
    );
  }
}
