// What is mutated, and how: see `run.ts`.

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutants/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // A mutant of what runs once, as a module is loaded, would need every test.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 5_000,
  ignorePatterns: ['/*', '!/src', '!/test', '!/marbles', '!/package.json', '!/tsconfig.json', '/test/examples'],
  // Messages are for a person; those that matter are compared as a whole.
  mutator: { excludedMutations: ['StringLiteral'] },
  thresholds: { high: 95, low: 90, break: null },
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'node_modules/.mutants/mutants.json' },
  tempDirName: 'node_modules/.mutants/tmp',
  cleanTempDir: 'always',
};
