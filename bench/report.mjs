// What was measured, as Markdown: the same on the terminal and in RESULTS.md.

import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, totalmem } from 'node:os';
import { createRequire } from 'node:module';

const short = (number) =>
  number < 100 ? number.toFixed(1) : Math.round(number).toLocaleString('en').replaceAll(',', ' ');
const git = (...args) =>
  execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Columns of the same width: the first to the left, the others to the right. */
function table(head, rows) {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((row) => row[i].length)));
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function commit() {
  try {
    return describeCommit();
  } catch {
    return 'unknown: not a checkout';
  }
}

function describeCommit() {
  const changed =
    git('status', '--porcelain', '--', '../src', '.') === '' ? '' : ', with changes that are not committed';
  return git('rev-parse', '--short', 'HEAD') + changed;
}

export function describeMachine(present, missing, quick) {
  const [cpu] = cpus();
  const rxjs = createRequire(import.meta.url)('rxjs/package.json').version;
  const lines = [
    '# What it costs',
    '',
    quick
      ? 'Quick: a tenth of everything, and few rounds. Figures are rough.'
      : 'Written by `npm run bench`; `npm run bench -- --quick` takes two minutes and only prints.',
    '',
    `- Machine: ${cpu?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${arch()}; load before the run: ${loadavg()[0].toFixed(1)}`,
    `- Node ${process.version}, V8 ${process.versions.v8}, RxJS ${rxjs}`,
    `- Commit: ${commit()}`,
    `- Beside it: ${present.join(', ') || 'nothing'}`,
    ...missing.map((line) => `- Left out: ${line}`),
    '',
    'CPU and wall time are medians over the rounds, in which all contenders take turns. Every contender must give the same sum.',
    '`raw yield*` is a loop of generators written by hand for that row: it knows no close, no cancel and no error.',
    '',
  ];
  return lines.join('\n');
}

export function sectionOf(name, figures) {
  const section = { size, weight, memory, growth, budget, inspect }[name] ?? row;
  return section(figures);
}

function row({ title, unit, aim, contenders }) {
  const ours = contenders.find(({ name }) => name === 'rxsluice');
  const rows = contenders.map(({ name, failure, cpu, wall, rounds }) => {
    // Another unit, where the row is not of nanoseconds per item.
    const ratio = name === 'Subject.next' && ours.perItem === null ? '' : ratioOf(cpu, ours.cpu);
    if (failure) return [name, failure, '', '', '', ''];
    return [name, short(cpu.median), `${short(cpu.min)}–${short(cpu.max)}`, short(wall.median), ratio, String(rounds)];
  });
  const aimed = typeof aim === 'number' ? `${aim}` : `what ${aim} takes`;
  return [
    `## ${title}`,
    '',
    `CPU ${unit}; the aim is at most ${aimed}.`,
    '',
    table(['', 'CPU', 'min–max', 'wall', '× rxsluice', 'rounds'], rows),
    '',
  ].join('\n');
}

function ratioOf(cpu, ours) {
  return cpu === undefined ? '' : (cpu.median / ours.median).toFixed(2);
}

function memory(contenders) {
  const ours = contenders.find(({ name }) => name === 'rxsluice');
  const rows = contenders.map(({ name, bytes, n }) => [name, short(bytes), (bytes / ours.bytes).toFixed(2), short(n)]);
  return [
    '## a task that is blocked on receive',
    '',
    'Bytes for each task; the aim is at most 500.',
    '',
    table(['', 'bytes', '× rxsluice', 'tasks'], rows),
    '',
  ].join('\n');
}

/** As code: what stands in braces is an attribute to the site's Markdown. */
const importOf = (name) => (name.startsWith('{') ? `\`${name}\`` : name);

function size(imports) {
  const rows = imports.map(({ name, size: bytes, aim }) => [
    importOf(name),
    short(bytes),
    aim === null ? '' : short(aim),
  ]);
  return [
    '## What an import weighs',
    '',
    'Bytes, minified and compressed with brotli, without rxjs.',
    '',
    table(['', 'bytes', 'aim'], rows),
    '',
  ].join('\n');
}

function weight(imports) {
  const names = [...new Set(imports.flatMap(({ parts }) => parts.map(({ part }) => part)))];
  const head = ['', ...imports.map(({ name }) => importOf(name))];
  const rows = names.map((name) => [
    name,
    ...imports.map(({ parts }) => short(parts.find(({ part }) => part === name)?.bytes ?? 0).replace(/^0\.0$/, '')),
  ]);
  return [
    '## What the methods weigh',
    '',
    'Bytes, as above. A bundler never shakes off a method, so each import carries what its objects can be asked to do. Without',
    'one part at a time, an import is lighter by this; parts share code and words, so together they weigh less, or more.',
    '',
    table(head, [
      ['all of it', ...imports.map(({ whole }) => short(whole))],
      ...rows,
      ['without all these', ...imports.map(({ rest }) => short(rest))],
    ]),
    '',
  ].join('\n');
}

function growth(series) {
  const sections = series.map(({ title, what, by, points, exponent }) => [
    `### ${title}`,
    '',
    `Grows with the number of ${by} to the power of ${exponent.toFixed(2)}.`,
    '',
    table(
      [by, ...points.map(({ size }) => short(size).replace('.0', ''))],
      [[what, ...points.map(({ cost }) => short(cost))]],
    ),
    '',
  ]);
  return [
    '## Growth',
    '',
    'Wall time. An exponent of 0: it costs the same however many there are.',
    '',
    ...sections.flat(),
  ].join('\n');
}

function inspect(rows) {
  const [{ ways }] = rows;
  const cells = rows.map(({ title, ways, ratio }) => [
    title,
    ...ways.map(({ cpu }) => short(cpu)),
    `${((ratio - 1) * 100).toFixed(1)} %`,
  ]);
  return [
    '## Looking on',
    '',
    'CPU ns while nobody inspects (off); of a copy without the hooks for that, which off is to be within 1 % of; and while',
    'an inspector is on, and records it all. What off costs: the median of the rounds’ own ratios.',
    '',
    table(['', ...ways.map(({ way }) => way), 'off costs'], cells),
    '',
  ].join('\n');
}

function budget(rows) {
  const [{ ways }] = rows;
  const cells = ways.map(({ way }, i) => [way, ...rows.map((row) => short(row.ways[i].cpu))]);
  return [
    '## The budget of a turn',
    '',
    'CPU ns per item of a turn that looks at the clock and gives way every 10 ms; with a budget without end; in virtual time,',
    'where the clock stands still; and of a copy in which nothing is counted at all.',
    '',
    table(['', ...rows.map(({ title }) => title)], cells),
    '',
  ].join('\n');
}
