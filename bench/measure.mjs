// Measures one row, and prints the figures as JSON: node bench/measure.mjs ROW [--quick].
//
// A row says
//   place             where it stands in the table
//   title, what, aim  what is measured, per what, and how little it is to take
//   n                 how often, in each round (--quick: a tenth, or `quick`)
//   expected(n)       what each contender must give for that: nothing may be optimised away, or lost
//   rxsluice(n)       does it, with the library as it is used; may give a promise
//   raw(n)            does it, with generators and no library; may be missing
//   others            more contenders, by name; may be missing
//   needs             a package of `bench/package.json` without which it cannot be measured; may be missing
// and where it is measured as a whole rather than per item: `unit: 'ms'`, `whole: true`, and `fixed: true` for one n only.
//
// Each contender runs in a process of its own, for what one has taught the compiler, and left to collect, is not to slow the
// next. They take turns, round by round, in an order that is drawn anew: a machine that is busy for a while is busy for all.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath, URL } from 'node:url';
import { peersOf } from './peers.mjs';
import { Random } from './random.mjs';
import { subject } from './subject.mjs';

const [name, mode] = process.argv.slice(2);
const { row } = await import(`./rows/${name}.mjs`);
const quick = mode === '--quick';
const n = quick ? (row.quick ?? (row.fixed ? row.n : row.n / 10)) : row.n;
const ROUNDS = quick ? 5 : 15;
/** Of a tenth it takes more to teach the compiler as much; slow contenders take part in fewer. */
const WARM_UPS = quick ? 15 : 2;
/** Nanoseconds after which a slow contender has been measured enough: if it was three times, or took twice that. */
const ENOUGH = quick ? 5e8 : 10e9;

const NANOSECONDS = { ns: 1, ms: 1e6 };
const expected = row.expected(n);
const per = row.whole ? 1 : n;
const unit = row.unit ?? 'ns';
const contenders = [
  { name: 'rxsluice' },
  ...(row.raw === undefined ? [] : [{ name: 'raw yield*' }]),
  ...Object.keys(row.others ?? {}).map((name) => ({ name })),
  ...(await peersOf(name)),
].map((contender) => ({ n, unit, per, expected, ...contender }));
contenders.push({
  name: 'Subject.next',
  n: subject.n,
  unit: 'ns',
  per: subject.n,
  expected: subject.expected(subject.n),
});
for (const contender of contenders) {
  Object.assign(contender, {
    times: [],
    spent: 0,
    failure: null,
    process: contender.run ? null : await start(contender),
  });
}

async function start({ name: contender, n, expected, file }) {
  const script = fileURLToPath(new URL('contend.mjs', import.meta.url));
  const args = [name, contender, n, expected, ...(file === undefined ? [] : [file])];
  const child = fork(script, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  return child;
}

/** Runs it once: nanoseconds of CPU and wall time. */
async function runOnce({ run, n, expected, process: child }) {
  if (child !== null) {
    child.send('round');
    const [{ failure, ...time }] = await once(child, 'message');
    if (failure !== undefined) throw new Error(failure);
    return time;
  }
  const { got, ...time } = await run(n);
  if (got !== expected) throw new Error(`gave ${got} instead of ${expected}`);
  return time;
}

const enough = (spent, rounds) => spent > ENOUGH && (rounds >= 3 || (rounds > 0 && spent > 2 * ENOUGH));

/** One round of one contender. The first rounds are for the compiler. */
async function take(contender, isWarmUp) {
  if (contender.failure !== null) return;
  const { spent, times, external } = contender;
  if (isWarmUp ? external || spent > ENOUGH / 5 : enough(spent, times.length)) return;
  try {
    const time = await runOnce(contender);
    contender.spent += time.wall;
    if (!isWarmUp) contender.times.push(time);
  } catch (error) {
    // Of our own rows, none may be wrong.
    if (contender.name === 'rxsluice') throw new Error(`${name}: ${error.message}`, { cause: error });
    contender.failure = error.message;
  }
}

const chance = new Random(1);

function shuffled(list) {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = chance.below(i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

for (let round = -WARM_UPS; round < ROUNDS; round++) {
  for (const contender of shuffled(contenders)) await take(contender, round < 0);
}

function summary(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1) };
}

function figuresOf({ name, unit, per, times, failure }) {
  if (failure !== null) return { name, failure };
  const scale = per * NANOSECONDS[unit];
  const cpu = summary(times.map((time) => time.cpu / scale));
  const wall = summary(times.map((time) => time.wall / scale));
  // What is measured as a whole is not so many of anything.
  return { name, cpu, wall, rounds: times.length, perItem: per === 1 ? null : cpu.median };
}

const { title, what, aim } = row;
console.log(
  JSON.stringify({
    title: quick && row.quick ? `${title} (quick: ${n})` : title,
    unit: what ? `${unit} per ${what}` : unit,
    aim,
    contenders: contenders.map(figuresOf),
  }),
);
for (const { process: child } of contenders) child?.kill();
process.exit();
