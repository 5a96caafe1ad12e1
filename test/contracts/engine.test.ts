// The engine in memory keeps the contract of engines.

import { vi } from 'vitest';
import { memoryEngine, type Operation, until } from '../../src/index.ts';
import { engineContract } from './engine.ts';

const pass = (ms: number): Operation<void> => until(vi.advanceTimersByTimeAsync(ms).then(() => undefined));

engineContract('the engine in memory', {
  make: () => {
    const engine = memoryEngine();
    return [engine, engine];
  },
  // A handler may sleep for a millisecond or two.
  settle: () => pass(5),
  pass,
  run: async (body) => {
    vi.useFakeTimers();
    try {
      await body();
    } finally {
      vi.useRealTimers();
    }
  },
  differences: { releaseCounts: false, ownersConflate: false },
});
