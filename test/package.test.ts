// The built package as its users load it: by name, as ESM and as CommonJS. (A package may import itself by its name.)

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, { import?: { node: string; default: string } }>;
  dependencies?: object;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
};
const { exports } = packageJson;
const entries = Object.keys(exports).filter((key) => exports[key]?.import);

/** What `program` writes as JSON, run by a Node of its own. */
function run(program: string): unknown {
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' });
  return JSON.parse(out);
}

const show = (expression: string): string => `console.log(JSON.stringify(${expression}));`;

describe.each(entries.map((key) => key.replace(/^\./, 'rxsluice')))('the entry %s', (entry) => {
  it('exports the same names to import and to require', () => {
    const program = `
      import * as all from '${entry}';
      import { createRequire } from 'node:module';
      const same = createRequire(process.cwd() + '/x.js')('${entry}');
      ${show('[all, same].map((exported) => Object.keys(exported).sort())')}
    `;
    const [imported, required] = run(program) as [string[], string[]];
    expect(imported).not.toEqual([]);
    expect(required).toEqual(imported);
  });

  it('does nothing when loaded: no timer, no handle and no global is left', () => {
    // What a peer leaves is its own affair (Angular has a global).
    const text = readFileSync(join(root, exports[entry.replace('rxsluice', '.')]?.import?.node ?? ''), 'utf8');
    const peers = Object.keys(packageJson.peerDependencies).filter((name) => text.includes(name));
    const program = `
      for (const peer of ${JSON.stringify(peers)}) await import(peer);
      const globals = Object.getOwnPropertyNames(globalThis).length;
      await import('rxjs'); await import('rxjs/testing');
      await import('${entry}');
      const resources = process.getActiveResourcesInfo().filter((kind) => /Timeout|Immediate|Port/.test(kind));
      ${show('[resources, Object.getOwnPropertyNames(globalThis).length - globals]')}
    `;
    expect(run(program)).toEqual([[], 0]);
  });
});

describe('the package', () => {
  it('needs one peer, and nothing else at run time', () => {
    const { dependencies = {}, peerDependencies, peerDependenciesMeta = {} } = packageJson;
    const needed = Object.entries(peerDependencies).filter(([name]) => peerDependenciesMeta[name]?.optional !== true);
    expect([dependencies, needed]).toEqual([{}, [['rxjs', '^7.8.0']]]);
  });
});

describe('what is published', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const read = (path: string): string => readFileSync(join(dist, path), 'utf8');
  const modules = files.filter((path) => path.endsWith('.js') && !path.startsWith('bundle/'));
  const withoutComments = (text: string): string => text.replace(/\/\*\*[^]*?\*\//g, '');
  const types = files.filter((path) => /\.d\.c?ts$/.test(path));

  it('is one ES module for each source file, so that a bundler takes what is used', () => {
    expect(modules).toContain('index.js');
    expect(modules.filter((path) => !existsSync(join(root, 'src', path.replace(/(\.entry)?\.js$/, '.ts'))))).toEqual(
      [],
    );
    for (const key of entries) expect(modules.map((path) => `./dist/${path}`)).toContain(exports[key]?.import?.default);
  });

  it('is split as it is used: what only a lazy file uses of an entry is not in the first', async () => {
    const sources: Record<string, string> = {
      first:
        "import { sleep } from 'rxsluice'; import { injectTask } from 'rxsluice/angular'; console.log(sleep, injectTask); import('lazy');",
      lazy: "import { jobQueue } from 'rxsluice'; import { optimisticState } from 'rxsluice/angular'; console.log(jobQueue, optimisticState);",
    };
    const { outputs } = (
      await build({
        entryPoints: ['first'],
        bundle: true,
        splitting: true,
        format: 'esm',
        outdir: 'out',
        write: false,
        metafile: true,
        tsconfigRaw: {},
        external: ['rxjs', '@angular/core'],
        plugins: [
          {
            name: 'what uses it',
            setup(bundler) {
              bundler.onResolve({ filter: /^(first|lazy)$/ }, ({ path }) => ({ path, namespace: 'uses' }));
              bundler.onLoad({ filter: /./, namespace: 'uses' }, ({ path }) => ({
                contents: sources[path]!,
                resolveDir: root,
              }));
            },
          },
        ],
      })
    ).metafile;
    const fileOf = (module: string): string | undefined =>
      Object.keys(outputs).find((name) => (outputs[name]?.inputs[`dist/${module}.js`]?.bytesInOutput ?? 0) > 0);
    const lazy = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === 'uses:lazy');
    expect(lazy).toBeDefined();
    expect([fileOf('queue/job-queue'), fileOf('angular/optimistic-state')]).toEqual([lazy, lazy]);
    expect(fileOf('core/sleep')).toBeDefined();
    expect([fileOf('core/sleep'), fileOf('angular/inject-task')]).not.toContain(lazy);
  });

  it.each(['.js', '.d.ts', '.d.cts'])('as …%s imports only files that are there too', (ending) => {
    const importing = [...modules, ...types].filter((path) => path.endsWith(ending));
    const missing = importing.flatMap((path) =>
      [...withoutComments(read(path)).matchAll(/(?:from|import) ?\(?["'](\.[^"']*)["']/g)]
        .map(([, target]) => join(dirname(path), target!))
        .filter((target) => !files.includes(target.replace(/\.c?js$/, ending)))
        .map((target) => `${path}: ${target}`),
    );
    expect(importing).not.toEqual([]);
    expect(missing).toEqual([]);
  });

  it.each([
    [/\[Symbol\.\w*[dD]ispose\]/, 'lib="esnext.disposable"'],
    [/from 'node:/, 'types="node"'],
  ])('names in the types what %s needs beyond its target: %s', (sign, need) => {
    const needing = types.filter((path) => sign.test(withoutComments(read(path))));
    expect(needing.length).toBeGreaterThan(2);
    expect(needing.filter((path) => !read(path).startsWith(`/// <reference ${need} />`))).toEqual([]);
  });

  it('asks for nothing of Node but in the entry that is for Node', () => {
    const asking = types.filter((path) => read(path).includes('types="node"'));
    expect(asking.filter((path) => !path.startsWith('node/'))).toEqual([]);
  });

  it('is without the invariants that the tests assert, and its types without what is internal', () => {
    const code = files.filter((path) => /\.c?js$/.test(path));
    expect(code.filter((path) => /^\s*check\(\w*\) \{/m.test(read(path)))).toEqual([]);
    expect(types.filter((path) => read(path).includes('@internal'))).toEqual([]);
  });
});
