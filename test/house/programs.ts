// The programs of `examples`, of the pages, and of tests, ready for Node: compiled as they are, file by file, in a folder that is
// the package to them, as it was built. A program so starts in a third of the time that it takes with a loader of TypeScript; and
// in half of that where RxJS, which is two hundred files, is few.

import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  const home = packageFor(user);
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
  const home = packageFor(user);
  const path = ({ page, line }: Block): string => join(home, `${page.replace(/\.md$/, '')}.${line}.js`);
  for (const block of blocks) {
    const { code } = transformSync(block.code, { loader: 'ts', format: 'esm', target: 'node20' });
    write(path(block), code);
  }
  return path;
}

/** A folder that is the package to what is in it, and to programs that are run there as text. */
export function packageFor(user: string): string {
  const home = empty(user);
  copyFileSync(join(root, 'package.json'), join(home, 'package.json'));
  // A copy: what stands in it finds the same RxJS as the programs do.
  cpSync(join(root, 'dist/bundle'), join(home, 'dist/bundle'), { recursive: true });
  const rxjs = join(home, 'node_modules/rxjs');
  bundle(RXJS, rxjs);
  const exports = Object.fromEntries(Object.keys(RXJS).map((name) => [`.${name.slice(4)}`, `./${name}.js`]));
  write(join(rxjs, 'package.json'), JSON.stringify({ name: 'rxjs', type: 'module', exports }));
  return home;
}

/** A file that exports what each of `entries` of `src` does, under the name that it has here. */
export function sourceFor(user: string, entries: Readonly<Record<string, string>>): string {
  const home = empty(user);
  const names = Object.entries(entries).map(
    ([name, path]) => `export * as ${name} from ${JSON.stringify(join(root, path))};`,
  );
  write(join(home, 'package.json'), '{ "type": "module" }');
  write(join(home, 'entries.js'), names.join('\n'));
  bundle({ source: join(home, 'entries.js') }, home);
  return join(home, 'source.js');
}

/**
 * RxJS as bundlers take it: its ES modules. They are the code that Node loads; but as CommonJS in one file it takes longer to start
 * than Node does.
 */
const RXJS = Object.fromEntries(
  ['rxjs', 'rxjs/operators', 'rxjs/testing'].map((name) => [
    name,
    join(root, 'node_modules', name.replace('rxjs', 'rxjs/dist/esm5'), 'index.js'),
  ]),
);

function bundle(entryPoints: Record<string, string>, outdir: string): void {
  buildSync({
    entryPoints,
    outdir,
    alias: RXJS,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // They are printed.
    keepNames: true,
    logLevel: 'error',
  });
}

function empty(user: string): string {
  const home = join(root, 'node_modules/.programs', user);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  return home;
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
