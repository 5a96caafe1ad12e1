// npm run build: makes `dist` of `src`. The entries are those of package.json's `exports`, and what they do not reach is left out.
//
//   dist/…/x.js, x.d.ts    ESM, one module per source file: a bundler takes what a page uses, and can split it by route
//   dist/bundle/*.js       the same as one file per entry, for Node, which opens few files faster than many
//   dist/*.cjs             CommonJS, also one file per entry
//   dist/…/x.d.cts         the types of CommonJS, which must be files of their own
//
// TypeScript compiles and tsup bundles, in a process of its own while TypeScript still checks and writes types. Within one format the entries share their classes: a bundle shares its chunks. What is `@internal` is not in the types, and a
// method `check` is not in the code: it asserts invariants, for the tests, which run on `src`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

const isBundling = process.argv[2] === 'bundles';
const { default: ts } = isBundling ? {} : await import('typescript');
const root = import.meta.dirname;
const dist = join(root, 'dist');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** `inspect/panel` → `dist/inspect/panel.js`, the module of that entry. */
const entries = Object.fromEntries(
  Object.entries(exports)
    .filter(([, target]) => target.import)
    .map(([key, target]) => [key === '.' ? 'index' : key.slice(2), join(root, target.import.default)]),
);

const RELATIVE = /((?:from|import) ?\(?)(["'])(\.{1,2}\/[^"']+)\.(?:ts|js)\2/g;
/** An example may import as well. */
const COMMENTS = /\/\*\*[^]*?\*\//g;

/** What files of `src` compile to, without a look at their types: JavaScript and maps, by path. */
function compiled(fileNames, options) {
  const files = new Map();
  const transformers = { before: [withoutChecks] };
  for (const fileName of fileNames) {
    const made = ts.transpileModule(readFileSync(fileName, 'utf8'), {
      fileName,
      compilerOptions: options,
      transformers,
    });
    const path = join(dist, relative(options.rootDir, fileName)).replace(/\.ts$/, '.js');
    files.set(path, made.outputText).set(`${path}.map`, made.sourceMapText);
  }
  return files;
}

/** The types, by path. Says what does not check: then null. */
function typesOf(program) {
  const files = new Map();
  const { diagnostics } = program.emit(undefined, (path, text) => files.set(path, text), undefined, true);
  const found = [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics(), ...diagnostics];
  if (found.length === 0) return files;
  const host = { getCurrentDirectory: () => root, getCanonicalFileName: (path) => path, getNewLine: () => '\n' };
  console.error(ts.formatDiagnostics(found, host));
  return null;
}

/** Leaves out every method that asserts invariants. */
function withoutChecks(context) {
  const isCheck = (node) => ts.isMethodDeclaration(node) && node.name.getText() === 'check';
  const visit = (node) => (isCheck(node) ? undefined : ts.visitEachChild(node, visit, context));
  return (file) => ts.visitNode(file, visit);
}

/** The files that are reached from the entries, by their imports. */
function reached(files, ending) {
  const found = new Set(Object.values(entries).map((path) => path.replace(/\.js$/, ending)));
  for (const path of found) {
    const text = files.get(path);
    if (text === undefined) throw new Error(`build: nothing in src compiles to ${relative(root, path)}`);
    for (const [, , , target] of text.replace(COMMENTS, '').matchAll(RELATIVE))
      found.add(join(dirname(path), target + ending));
  }
  return found;
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const REEXPORT = /^export \{([^}]*)\} from ["'](\.[^"']+)\.js["'];\n?/gm;

/**
 * Has the module of an entry name others by `export *`, each a file that lists what the entry gives of one module. Where a bundler
 * splits by route, esbuild takes whoever imports one of the names of an `export { … } from` to need all that the file names; through
 * `export *` it finds the one module.
 */
function spread(path, text) {
  const lists = new Map();
  for (const [, names, target] of text.matchAll(REEXPORT))
    if (names.trim() !== '') lists.set(target, [...(lists.get(target) ?? []), names.trim()]);
  for (const [target, names] of lists) {
    const list = join(dirname(path), `${target}.entry.js`);
    if (existsSync(list)) throw new Error(`build: two entries give of ${target}`);
    write(list, `export { ${names.join(', ')} } from './${basename(target)}.js';\n`);
  }
  const lines = [...lists.keys()].map((target) => `export * from '${target}.entry.js';\n`);
  return lines.join('') + text.replace(REEXPORT, '');
}

function renamed(text, extension) {
  return text.replace(RELATIVE, (_, before, quote, target) => `${before}${quote}${target}.${extension}${quote}`);
}

/**
 * Types that speak of `using`, or of what is Node's, name what they need: what a target has by default (es2022, in TypeScript 7 too)
 * is without the one, and TypeScript 7 takes the other only where it is named.
 */
function withLibraries(types) {
  const isDisposable = /\[Symbol\.(?:asyncD|d)ispose\]/.test(types);
  const isNodes = /from 'node:|\bNodeJS\.|: Buffer\b|\bBufferEncoding\b/.test(types.replace(COMMENTS, ''));
  const needs = [isDisposable && 'lib="esnext.disposable"', isNodes && 'types="node"'].filter(Boolean);
  return needs.map((need) => `/// <reference ${need} />\n`).join('') + types;
}

/**
 * In the bundle for Node alone: how every Node 20 gives its own modules to a room that browsers load too. Any path will do, on Windows
 * too, and `import.meta.url` is none where this is bundled once more, as CommonJS.
 */
const modulesOfNode = {
  name: 'modules of Node',
  setup({ onLoad }) {
    const contents = `
      import { createRequire } from 'node:module';
      export const moduleOfNode = (name) => process.getBuiltinModule?.(name) ?? createRequire('file:///C:/')(name);
    `;
    onLoad({ filter: /[\\/]core[\\/]module-of-node\.js$/ }, () => ({ contents, loader: 'js' }));
  },
};

/** One file per entry: tsup bundles, and what the entries of one format share stands in chunks of its own. */
async function bundle(format, outDir) {
  const { build: tsup } = await import('tsup');
  await tsup({
    config: false,
    silent: true,
    entry: entries,
    outDir,
    format,
    outExtension: () => ({ js: format === 'cjs' ? '.cjs' : '.js' }),
    target: 'es2022',
    platform: 'neutral',
    splitting: true,
    // Rollup then writes the CommonJS. What tsup does otherwise takes `this.#select = select` for an assignment to the export.
    treeshake: true,
    sourcemap: true,
    clean: false,
    dts: false,
    esbuildPlugins: format === 'esm' ? [modulesOfNode] : [],
    external: [/^node:/],
    tsconfig: join(root, 'tsconfig.build.json'),
  });
}

async function bundles() {
  await bundle('cjs', dist);
  await bundle('esm', join(dist, 'bundle'));
}

async function build() {
  rmSync(dist, { recursive: true, force: true });
  const { config } = ts.readConfigFile(join(root, 'tsconfig.build.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const modules = compiled(fileNames, options);
  for (const path of reached(modules, '.js')) {
    const isEntry = Object.values(entries).includes(path);
    write(path, isEntry ? spread(path, modules.get(path)) : modules.get(path));
    write(`${path}.map`, modules.get(`${path}.map`));
  }
  const bundling = once(spawn(process.execPath, [import.meta.filename, 'bundles'], { stdio: 'inherit' }), 'exit');
  const types = typesOf(ts.createProgram(fileNames, options));
  for (const path of types === null ? [] : reached(types, '.d.ts')) {
    const text = withLibraries(types.get(path));
    write(path, renamed(text, 'js'));
    write(path.replace(/\.d\.ts$/, '.d.cts'), renamed(text, 'cjs'));
  }
  const [code] = await bundling;
  if (types !== null && code === 0) return;
  // Half of a build would be taken for one.
  rmSync(dist, { recursive: true, force: true });
  process.exitCode = 1;
}

await (isBundling ? bundles() : build());
