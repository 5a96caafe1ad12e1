// The programs of `examples`, and of the pages, ready for Node: compiled as they are, file by file, in a folder that is the package to them, as
// it was built. A program so starts in a third of the time that it takes with a loader of TypeScript; and in half of that where
// RxJS, which is two hundred files, is one.

import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildSync, transformSync } from 'esbuild';
import type { Block } from './pages.ts';

const root = join(import.meta.dirname, '../..');

/** The files of `examples`; what has a package.json of its own has its own ways to be run. */
function files(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return existsSync(join(root, path, 'package.json')) ? [] : files(path);
  });
}

/** Those that print what their `expected.txt` says. */
export const programs = files('examples')
  .filter((path) => path.endsWith('expected.txt'))
  .map((path) => join(dirname(path), 'main.ts'))
  .sort();

/** Compiles all, in a folder for `user`: gives the path of what a path became. */
export function compiled(user: string): (path: string) => string {
  const home = folderOf(user);
  const all = files('examples');
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: all.filter(isTypeScript),
    outbase: root,
    outdir: home,
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    write: false,
  });
  for (const { path, text } of outputFiles) write(path, text.replace(TYPESCRIPT, '$1$2.js$1'));
  for (const path of all) if (!isTypeScript(path)) write(join(home, path), readFileSync(join(root, path)));
  return (path) => join(home, path.replace(/\.ts$/, '.js'));
}

/** Compiles blocks of pages, in the same way: gives the path of what a block became. */
export function compiledBlocks(user: string, blocks: readonly Block[]): (block: Block) => string {
  const home = folderOf(user);
  const path = ({ page, line }: Block): string => join(home, `${page.replace(/\.md$/, '')}.${line}.js`);
  for (const block of blocks) {
    const { code } = transformSync(block.code, { loader: 'ts', format: 'esm', target: 'node20' });
    write(path(block), code);
  }
  return path;
}

/** A folder that is the package to what is in it. */
function folderOf(user: string): string {
  const home = join(root, 'node_modules/.programs', user);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  copyFileSync(join(root, 'package.json'), join(home, 'package.json'));
  // A copy: what stands in it finds the same RxJS as the programs do.
  cpSync(join(root, 'dist/bundle'), join(home, 'dist/bundle'), { recursive: true });
  bundleRxjs(join(home, 'node_modules/rxjs'));
  return home;
}

const RXJS = { '.': 'rxjs', './operators': 'rxjs/operators', './testing': 'rxjs/testing' };

/** RxJS as Node loads it, in one file, with an entry for each of its own. */
function bundleRxjs(folder: string): void {
  const load = createRequire(import.meta.url);
  const specifiers = Object.values(RXJS);
  buildSync({
    absWorkingDir: root,
    stdin: {
      contents: specifiers.map((name) => `exports['${name}'] = require('${name}');`).join('\n'),
      resolveDir: root,
    },
    outfile: join(folder, 'all.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  const exports = Object.fromEntries(Object.keys(RXJS).map((key, i) => [key, `./${i}.js`]));
  specifiers.forEach((name, i) => {
    const names = Object.keys(load(name) as object).join(', ');
    write(join(folder, `${i}.js`), `import all from './all.cjs';\nexport const { ${names} } = all['${name}'];\n`);
  });
  write(join(folder, 'package.json'), JSON.stringify({ name: 'rxjs', type: 'module', exports }));
}

function isTypeScript(path: string): boolean {
  return path.endsWith('.ts');
}

/** Another file, imported or only named: `new URL('./thread.ts', import.meta.url)`. */
const TYPESCRIPT = /(["'])(\.{1,2}\/[^"'\n]+)\.ts\1/g;

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
