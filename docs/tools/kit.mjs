// What the playground needs, in `.site/playground`: the kit, one text that holds rxjs, the library, the testing kit and what runs a
// program; and the programs that it opens with, the examples of the docs among them.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { build } from 'esbuild';
import { docs, read, root } from './pages.mjs';
import { playableExamples } from './playable.mjs';
import { entries } from './reference.mjs';
import { site } from './stage.mjs';

const IMPORT = /from '\.\/([^']+\.ts)'/g;

/** An example as the editor has it: `main.ts`, then what that imports of its own, each below a line with its name. */
function programOf(file) {
  const seen = new Set();
  const waiting = [posix.basename(file)];
  const parts = [];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const code = read(posix.join(posix.dirname(file), name)).trimEnd();
    parts.push(parts.length === 0 ? code : `// ---- ${name} ----\n\n${code}`);
    waiting.push(...[...code.matchAll(IMPORT)].map(([, other]) => other));
  }
  return `${parts.join('\n\n')}\n`;
}

/** The playground's own programs, then the examples: `{ name, title, code, expected }`. */
export function programs() {
  const folder = join(docs, 'playground/programs');
  const own = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => {
      const code = readFileSync(join(folder, name), 'utf8');
      const [, title = name] = /^\/\/ (.+?)[.:]/.exec(code) ?? [];
      return { name: name.replace(/^\d+-|\.ts$/g, ''), title, code, expected: null };
    });
  const examples = playableExamples().map((file) => ({
    name: file,
    title: posix.dirname(file).replace('examples/', '').replaceAll('-', ' ').replace('/', ': '),
    code: programOf(file),
    expected: read(posix.join(posix.dirname(file), 'expected.txt')),
  }));
  return [...own, ...examples];
}

/**
 * The testing kit notes, with the stack, where each timer was set. A program that sets hundreds of thousands of them would spend its
 * time on that, so here only the first ones are noted so.
 */
const fewTraces = {
  name: 'few traces',
  setup({ onLoad }) {
    onLoad({ filter: /dist[\\/]testing[\\/]site\.js$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      const contents = code.replace('Error.stackTraceLimit = 50', 'Error.stackTraceLimit = traces++ < 5000 ? 50 : 0');
      if (contents === code) throw new Error('src/testing/site.ts is not what it was');
      return { contents: `let traces = 0;\n${contents}` };
    });
  },
};

export async function kit() {
  const folder = join(site, 'playground');
  mkdirSync(folder, { recursive: true });
  const { exports } = JSON.parse(read('package.json'));
  const modules = entries().map(({ entry }) => [
    entry,
    join(root, exports[entry.replace('rxsluice', '.')].import.default),
  ]);
  // Longest first: an alias is for all that begins with it.
  const alias = Object.fromEntries(modules.sort(([a], [b]) => b.length - a.length));
  await build({
    entryPoints: [join(docs, 'playground/runtime.ts')],
    outfile: join(folder, 'kit.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'kit',
    target: 'es2022',
    platform: 'browser',
    alias,
    plugins: [fewTraces],
    logLevel: 'error',
  });
  const shown = programs().map(({ name, title, code }) => ({ name, title, code }));
  writeFileSync(join(folder, 'programs.json'), JSON.stringify(shown));
}
