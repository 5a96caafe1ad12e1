// The tests that mutants are held against: those of the room that is mutated, and the models. They are fast, and start no
// other Node. Those that do something a hundred thousand times are left out: each mutant would wait for them.

import { defineConfig } from 'vitest/config';

process.env['RXSLUICE_RUNS'] = '60';
const rooms = process.env['MUTANTS_ROOMS'] ?? '{base,core,channel,select,task,sync,queue,state}';

export default defineConfig({
  test: {
    include: [`test/${rooms}/**/*.test.ts`, 'test/models/**/*.test.ts'],
    exclude: ['**/{leaks,scale,group-scale,stack,starvation}.test.ts'],
    testTimeout: 30_000,
  },
});
