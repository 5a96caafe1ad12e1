// A plugin of Vite that lets Node load `src` itself, as JavaScript, where Vite would run it module by module through its own
// loader: every use of an import is a call there, and the library half as fast or less. Types are blanked out, so that each
// line and column stays what it is; what a stack names is below `node_modules/.native/src`, at the place it has in `src`.

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import blankTypes from 'ts-blank-space';
import type { Plugin } from 'vitest/config';

const root = join(import.meta.dirname, '../..');
const home = join(root, 'node_modules/.native');

/** Only compiles `src`, as it is when tests begin: for the programs that tests start. */
export function compiledSource(): Plugin {
  return { name: 'compiled-source', buildStart: compile };
}

export function nativeSource(): Plugin {
  const src = join(root, 'src');
  return {
    name: 'native-source',
    enforce: 'pre',
    buildStart: compile,
    async resolveId(source, importer, options) {
      if (!source.startsWith('.') && !source.startsWith(src)) return null;
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
      if (!resolved?.id.startsWith(src)) return null;
      const [path = '', query] = resolved.id.split('?');
      // `./x.ts?again` is another copy.
      return { id: `${compiledTo(path)}${query === undefined ? '' : `?${query}`}`, external: true };
    },
  };
}

/** Each project loads the configuration, and so this module, anew. */
const here = globalThis as { [key: symbol]: unknown };
const COMPILED = Symbol.for('rxsluice.compiled-source');

function compile(): void {
  if (here[COMPILED] === true) return;
  here[COMPILED] = true;
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.ts')) compileFile(join(root, 'src', name));
  }
  write(join(home, 'package.json'), '{ "type": "module" }\n');
}

function compileFile(path: string): void {
  const text = blankTypes(readFileSync(path, 'utf8'));
  write(compiledTo(path), text.replace(/(from|import)( ?\(?["']\.{1,2}\/[^"'\n]+)\.ts(["'])/g, '$1$2.js$3'));
}

/** Where the JavaScript of a file of `src` is. */
export function compiledTo(path: string): string {
  return join(home, path.slice(root.length).replace(/\.ts$/, '.js'));
}

/** The file of `src` that a URL of Node's stands for; null: none. */
export function compiledFrom(url: string): string | null {
  const prefix = pathToFileURL(`${home}/src/`).href;
  const [path = ''] = url.split('?');
  return path.startsWith(prefix) ? join(root, 'src', path.slice(prefix.length).replace(/\.js$/, '.ts')) : null;
}

/** What is there already may be being read, by another run; and it may be a hard link, which another checkout has, too. */
function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    if (readFileSync(path, 'utf8') === text) return;
  } catch {
    // Not there yet.
  }
  const made = `${path}.${process.pid}`;
  writeFileSync(made, text);
  renameSync(made, path);
}
