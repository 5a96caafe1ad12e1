import { readFile } from 'node:fs/promises';
import { defineConfig } from 'tsup';

/** A method `check()` that is `@internal`, with its comment, as prettier lays it out. */
const CHECK = /^ {2}\/\*\* @internal\b[^/]*\*\/\n {2}(?:override )?check\(\): void \{\n[^]*?\n {2}\}$/gm;

export default defineConfig({
  entry: { index: 'src/index.ts', testing: 'src/testing/index.ts' },
  tsconfig: 'tsconfig.build.json',
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  // The entries of one format share their classes only if they share their chunks.
  splitting: true,
  // Rollup then writes the CommonJS. What tsup does otherwise takes `this.#select = select` for an assignment to the export.
  treeshake: true,
  sourcemap: true,
  clean: true,
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  esbuildOptions(options) {
    // Lets whoever bundles us drop the constants that they do not use.
    options.pure = ['Object.freeze'];
  },
  esbuildPlugins: [
    {
      // The tests assert invariants, and run on `src`: what is published does without.
      name: 'without-checks',
      setup(build) {
        build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
          const text = await readFile(path, 'utf8');
          return { contents: text.replace(CHECK, (check) => check.replace(/.+/g, '')), loader: 'ts' };
        });
      },
    },
  ],
});
