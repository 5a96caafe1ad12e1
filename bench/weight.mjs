// What the methods of the contract weigh. Prints JSON.
//
//   node bench/weight.mjs
//
// A bundler never shakes off a method: whoever imports `channel` takes along all that a channel, and an operation on it, can be
// asked to do. Here each part is taken out of what was built: its methods leave their classes, what only they need leaves with
// them, and what remains is weighed. Parts share code and words, so together they weigh less, or more, than one by one.

import { readFile } from 'node:fs/promises';
import { fileURLToPath, URL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import ts from 'typescript';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

const IMPORTS = ['channel', 'queueMap', 'stateOwner', 'channel, select, go, sleep', 'jobQueue', 'sleep'];

/** Methods by their file, or what stands in for a whole file. */
const PARTS = [
  { part: 'withRetry', without: { 'core/operation': ['withRetry'] } },
  { part: 'withTimeout, withSignal, promise', without: { 'core/operation': ['withTimeout', 'withSignal', 'promise'] } },
  {
    part: 'weigh, conflateBy',
    without: {
      'channel/store': 'export class LinkedStore {}',
      'channel/bound': 'export class Bound {} export const boundOf = () => null;',
    },
  },
  // Whoever imports `go` wants them; the others take what the user gives: it may be one.
  {
    part: 'coroutines',
    without: { 'core/fiber': 'export class Fiber {} export function launch() {}' },
    of: /queueMap|stateOwner|jobQueue/,
  },
  { part: 'for await', without: { 'core/pullable': ['[Symbol.asyncIterator]'] } },
  { part: 'tryReceive, receiveMany', without: { 'core/pullable': ['tryReceive', 'receiveMany'] } },
  { part: 'statistics, toString', without: { 'channel/channel': ['statistics', 'toString', 'particulars'] } },
];

function withoutMethods(text, names) {
  const missing = new Set(names);
  const drop = (context) => {
    const visit = (node) => {
      if (ts.isMethodDeclaration(node) && names.includes(node.name.getText())) {
        missing.delete(node.name.getText());
        return undefined;
      }
      return ts.visitEachChild(node, visit, context);
    };
    return (file) => ts.visitNode(file, visit);
  };
  const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(text, { compilerOptions: options, transformers: { before: [drop] } });
  if (missing.size > 0) throw new Error(`weight: no method ${[...missing].join(', ')} any more`);
  return outputText;
}

/** Bytes of `{ names }`, without rxjs. */
async function weigh(names, parts) {
  const without = {};
  for (const part of parts)
    for (const [file, change] of Object.entries(part.without))
      without[file] = Array.isArray(change) ? [...(without[file] ?? []), ...change] : change;
  const cut = {
    name: 'cut',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, async ({ path }) => {
        const change = without[path.slice(dist.length, -'.js'.length)];
        if (change === undefined) return undefined;
        if (typeof change === 'string') return { contents: change };
        return { contents: withoutMethods(await readFile(path, 'utf8'), change) };
      });
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names} } from './index.js'`, resolveDir: dist },
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['rxjs'],
    write: false,
    plugins: [cut],
  });
  return brotliCompressSync(outputFiles[0].contents).length;
}

const rows = [];
for (const names of IMPORTS) {
  const whole = await weigh(names, []);
  const parts = PARTS.filter(({ of = /./ }) => of.test(names));
  const weights = [];
  for (const part of parts) weights.push({ part: part.part, bytes: whole - (await weigh(names, [part])) });
  rows.push({ name: `{ ${names} }`, whole, parts: weights, rest: await weigh(names, parts) });
}
console.log(JSON.stringify(rows));
