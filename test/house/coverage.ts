// What lines of `src` the tests reach, where Node loads `src` itself (see native.ts): Vitest's provider for V8, which is told of
// each file that Node ran as of the one in `src`. Lines and columns are the same.

import { readFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import v8 from '@vitest/coverage-v8';
import { compiledFrom, compiledTo } from './native.ts';

/** One in a process: this module may be loaded more than once in it. */
const process = globalThis as { rxsluiceCoverage?: Session };

export default {
  ...v8,
  /** Once in a process, however many files of tests it runs. */
  async startCoverage(): Promise<void> {
    if (process.rxsluiceCoverage !== undefined) return;
    const session = (process.rxsluiceCoverage = new Session());
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  },
  /** What was reached since the last time. */
  async takeCoverage(): Promise<unknown> {
    const taken = await process.rxsluiceCoverage?.post('Profiler.takePreciseCoverage');
    const result = taken?.result.flatMap((entry) => {
      const path = compiledFrom(entry.url);
      return path === null ? [] : [{ ...entry, url: pathToFileURL(path).href, startOffset: 0 }];
    });
    return { result: result ?? [] };
  },
  stopCoverage(): void {
    // Together with the process.
  },
  async getProvider(): Promise<unknown> {
    const provider = await v8.getProvider();
    const getSources = async (url: string): Promise<{ code: string }> => ({
      code: await readFile(compiledTo(fileURLToPath(url)), 'utf8'),
    });
    return Object.assign(provider, { getSources });
  },
};
