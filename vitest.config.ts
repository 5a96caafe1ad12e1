import { defineConfig } from 'vitest/config';
import { compiledSource, nativeSource } from './test/house/native.ts';

/** Tests that face a platform: they share processes, but not with those that face none. */
const PLATFORMS = ['test/{node,worker,angular,inspect,nats,examples}/**/*.test.ts'];
/** Tests that are about the process they run in: its stack, heap, timers, handles. */
const ALONE = [
  'test/**/{leaks,queue-leaks,scale,group-scale,stack,starvation,host-time}.test.ts',
  'test/testing/{runners,run-marbles-async,beside-real-time,animation-frames,linear,angular-zone,angular-zoneless}.test.ts',
  // They name things by their number, the first of its kind.
  'test/testing/{failures,places}.test.ts',
  'test/{copies,package,examples,soak}.test.ts',
  // It has zone.js patch the globals.
  'test/angular/zone.test.ts',
];
const FIXTURES = ['test/testing/runners/**', '**/node_modules/**'];
/** They need a server: `npm run nats`. */
const LIVE = ['test/nats/live/**'];

/** Whoever watches files needs Vite's own way to load them. */
const isWatching = !process.argv.includes('run');

export default defineConfig({
  plugins: [isWatching ? compiledSource() : nativeSource()],
  test: {
    maxWorkers: '100%',
    // Generous: some tests start a Node of their own, on machines that do other things too.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts', 'marbles/**/*.test.ts'],
          exclude: [...ALONE, ...PLATFORMS, ...FIXTURES, ...LIVE],
          // A process and its modules for many files: what they load takes longer than what most of them do.
          isolate: false,
          setupFiles: ['test/seed.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'platforms', include: PLATFORMS, exclude: [...ALONE, ...LIVE], isolate: false },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, exclude: [...FIXTURES, ...LIVE] },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          // Errors elsewhere are for `npm run typecheck` to find.
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'test/types/tsconfig.json',
            ignoreSourceErrors: true,
          },
        },
      },
    ],
    coverage: {
      // With `npm run coverage`, and in `.ci/run`.
      enabled: process.env.RXSLUICE_COVERAGE !== undefined,
      provider: 'custom',
      customProviderModule: './test/house/coverage.ts',
      include: ['src/**/*.ts'],
      // What needs a server is tested by `npm run nats`.
      exclude: ['src/nats/**'],
      // What `check()` does where an invariant is broken is not for tests to reach.
      ignoreClassMethods: ['check'],
      reporter: ['text-summary', 'html', 'json-summary'],
      thresholds: { lines: 98, branches: 95 },
    },
    // `.ci/run` counts the tests from the JSON.
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: 'node_modules/.vitest/results.json' }]]
      : ['default'],
  },
});
