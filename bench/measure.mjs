// Measures one row, and prints the figures as JSON: node bench/measure.mjs ROW [--quick].
//
// A row says
//   place             where it stands in the table
//   title, what, aim  what is measured, per what, and how little it is to take
//   n                 how often, in each round (--quick: a tenth)
//   expected(n)       what each contender must give for that: nothing may be optimised away, or lost
//   rxsluice(n)       does it, with the library as it is used; may give a promise
//   raw(n)            does it, with generators and no library; may be missing
//   others            more contenders, by name; may be missing
// and where it is measured as a whole rather than per item: `unit: 'ms'`, `whole: true`, and `fixed: true` for one n only.

import { subject } from './subject.mjs';

const [name, mode] = process.argv.slice(2);
const { row } = await import(`./rows/${name}.mjs`);
const quick = mode === '--quick';
const rounds = quick ? 3 : 15;
const n = quick && !row.fixed ? row.n / 10 : row.n;

const NANOSECONDS = { ns: 1, ms: 1e6 };
const contenders = {
  rxsluice: { run: row.rxsluice, n, unit: row.unit ?? 'ns', per: row.whole ? 1 : n, expected: row.expected(n) },
  'raw yield*': { run: row.raw, n, unit: row.unit ?? 'ns', per: row.whole ? 1 : n, expected: row.expected(n) },
  ...Object.fromEntries(
    Object.entries(row.others ?? {}).map(([contender, run]) => [
      contender,
      { run, n, unit: row.unit ?? 'ns', per: row.whole ? 1 : n, expected: row.expected(n) },
    ]),
  ),
  'Subject.next': { run: subject.run, n: subject.n, unit: 'ns', per: subject.n, expected: subject.expected(subject.n) },
};

/** Runs it once: nanoseconds of CPU and wall time. */
async function once(contender, { run, n, expected }) {
  const wallBefore = process.hrtime.bigint();
  const cpuBefore = process.cpuUsage();
  const got = await run(n);
  const { user, system } = process.cpuUsage(cpuBefore);
  const wall = Number(process.hrtime.bigint() - wallBefore);
  if (got !== expected) throw new Error(`${name}, ${contender}: got ${got} instead of ${expected}`);
  return { cpu: (user + system) * 1000, wall };
}

function summary(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1) };
}

const entries = Object.entries(contenders).filter(([, { run }]) => run !== undefined);
const taken = new Map(entries.map(([contender]) => [contender, []]));
for (let round = -2; round < rounds; round++) {
  // Whoever goes first pays for what the last one left to collect: take turns at that, too.
  const turn = Math.abs(round) % entries.length;
  for (const [contender, what] of [...entries.slice(turn), ...entries.slice(0, turn)]) {
    const time = await once(contender, what);
    // The first rounds are for the compiler.
    if (round >= 0) taken.get(contender).push(time);
  }
}

const figures = entries.map(([contender, { unit, per }]) => {
  const scale = per * NANOSECONDS[unit];
  const times = taken.get(contender);
  const cpu = summary(times.map((time) => time.cpu / scale));
  const wall = summary(times.map((time) => time.wall / scale));
  // What is measured as a whole is not so many of anything.
  return [contender, { cpu, wall, perItem: per === 1 ? null : cpu.median }];
});
const { title, unit = 'ns', what, aim } = row;
console.log(
  JSON.stringify({ title, unit: what ? `${unit} per ${what}` : unit, aim, contenders: Object.fromEntries(figures) }),
);
