// What the library adds to the application, as it was built: node bytes.mjs. By file, from what the build notes (`browser-stats.json`);
// and by page: all that its sources import of the library, bundled, minified and compressed alone, and on top of what is there for
// every page. A page whose file has code of another page, and a file that could not be told, fail.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = import.meta.dirname;
const pages = readdirSync(join(here, 'src/app'), { withFileTypes: true })
  .filter((each) => each.isDirectory() && !['shell', 'home'].includes(each.name))
  .map(({ name }) => name);
const stats = JSON.parse(readFileSync(join(here, 'dist/browser-stats.json'), 'utf8'));
const kB = (bytes) => (bytes / 1000).toFixed(1);
let failures = 0;
const fail = (what) => {
  failures++;
  console.log(`FAILED  ${what}`);
};

const print = (title, heads, rows) => {
  console.log(`\n${title}\n`);
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i].length)));
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  console.log([heads, rule, ...rows].map(line).join('\n'));
};

// ───────────────────────────────────────────────────────────── by file

const isOurs = (path) => path.includes('node_modules/rxsluice/');
const files = Object.entries(stats.outputs)
  .filter(([name]) => name.endsWith('.js'))
  .map(([name, { inputs, entryPoint }]) => {
    const text = readFileSync(join(here, 'dist/browser', name));
    const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    const sum = (some) => some.reduce((all, [, { bytesInOutput }]) => all + bytesInOutput, 0);
    // What is noted is before the last of what makes it smaller.
    const part = sum(used.filter(([path]) => isOurs(path))) / Math.max(1, sum(used));
    const gzip = gzipSync(text, { level: 9 }).length;
    return { name, bytes: text.length, gzip, part, entryPoint, paths: used.map(([path]) => path) };
  });
const labelOf = ({ name, entryPoint, paths }) => {
  if (entryPoint === 'src/main.ts') return 'main';
  if (entryPoint !== undefined) return `page ${entryPoint.split('/')[2]}`;
  return paths.some(isOurs)
    ? 'shared by pages'
    : paths.some((path) => path.includes('@angular'))
      ? 'Angular, RxJS'
      : name;
};
print(
  'By file of the build, kB:',
  ['file', 'minified', 'gzip', 'of that rxsluice, about'],
  files
    .map((file) => [labelOf(file), kB(file.bytes), kB(file.gzip), kB(file.gzip * file.part)])
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
for (const { entryPoint, paths } of files) {
  const page = pages.find((each) => entryPoint?.startsWith(`src/app/${each}/`));
  if (page === undefined) continue;
  for (const path of paths)
    if (
      !path.startsWith(`src/app/${page}/`) &&
      !path.startsWith('src/app/shell/') &&
      !path.startsWith('angular:') &&
      !isOurs(path)
    )
      fail(`the file of ${page} carries ${path}`);
}
for (const page of pages)
  if (!files.some(({ entryPoint }) => entryPoint?.startsWith(`src/app/${page}/`))) fail(`no file for ${page}`);

// ───────────────────────────────────────────────────────────── by page

/** By entry, the names that the sources of a folder import. */
function importsOf(folder) {
  const names = new Map();
  for (const file of readdirSync(join(here, 'src/app', folder), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
    const text = readFileSync(join(here, 'src/app', folder, file), 'utf8');
    for (const [, list, entry] of text.matchAll(/import \{([^}]*)\} from '(rxsluice[^']*)'/g)) {
      const values = list
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '' && !each.startsWith('type '));
      names.set(entry, new Set([...(names.get(entry) ?? []), ...values]));
    }
  }
  return names;
}

const merged = (...all) => {
  const names = new Map();
  for (const each of all)
    for (const [entry, set] of each) names.set(entry, new Set([...(names.get(entry) ?? []), ...set]));
  return names;
};

/** Minified and compressed, without Angular and RxJS, which are there anyway. */
async function weigh(imports) {
  const contents = [...imports]
    .map(([entry, names]) => `export { ${[...names].join(', ')} } from '${entry}';`)
    .join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external: ['@angular/*', 'rxjs', 'rxjs/*'],
    define: { ngDevMode: 'false', ngServerMode: 'false' },
    logLevel: 'error',
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

const everywhere = merged(new Map([['rxsluice/angular', new Set(['provideRxsluice'])]]), importsOf('shell'));
const base = await weigh(everywhere);
const rows = [['every page (the frame)', [...everywhere.values()].flatMap((set) => [...set]).join(', '), kB(base), '']];
for (const page of pages) {
  const imports = importsOf(page);
  if (imports.size === 0) continue;
  const [alone, together] = [await weigh(imports), await weigh(merged(everywhere, imports))];
  rows.push([page, [...imports.values()].flatMap((set) => [...set]).join(', '), kB(alone), kB(together - base)]);
}
print(
  'By page, what it imports of rxsluice, kB, minified and gzip; alone, and on top of what is there for every page:',
  ['page', 'imports', 'alone', 'on top'],
  rows,
);
// ───────────────────────────────────────────────────────────── what the docs say of it

const told = readFileSync(join(here, '../../docs/angular.md'), 'utf8');
for (const [page, , alone, onTop] of rows) {
  const name = page.split(' ')[0];
  const row = new RegExp(`^\\| ${name === 'every' ? 'frame' : name} .*\\| +([\\d.]+) \\| +([\\d.]*) \\|$`, 'm').exec(
    told,
  );
  const isNear = (a, b) => Math.abs(Number(a) - Number(b)) <= 0.3 + Number(b) / 20;
  if (row === null || !isNear(row[1], alone) || !isNear(row[2], onTop))
    fail(`docs/angular.md tells of ${name}: ${row?.slice(1) ?? 'nothing'}; it is ${alone}, ${onTop}`);
}
process.exitCode = failures > 0 ? 1 : 0;
