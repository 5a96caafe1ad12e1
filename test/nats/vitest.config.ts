// Tests that need a NATS server; `npm run nats` gets one and runs them.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'nats',
    include: ['test/nats/live/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Servers and worker processes enough.
    fileParallelism: false,
  },
});
