// For tests on real streams and sockets: waiting in promises, without bounds on how long things take.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { sourceFor } from '../house/programs.ts';

export { pause };

/** Lets everything that is under way in this process happen: ticks, microtasks, I/O that is there. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until `holds`; what never comes is found by the timeout of the test. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(2);
}

/** Listens on a free port of this machine. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

export async function all<T>(readable: Readable): Promise<T[]> {
  const values: T[] = [];
  for await (const value of readable) values.push(value as T);
  return values;
}

/** The events that `emitter` is listened to for, with the number of listeners. */
export function listeners(emitter: {
  eventNames(): (string | symbol)[];
  listenerCount(name: string | symbol): number;
}): {
  [name: string]: number;
} {
  return Object.fromEntries(
    // A PassThrough listens to itself.
    emitter
      .eventNames()
      .filter((name) => name !== 'prefinish')
      .map((name) => [String(name), emitter.listenerCount(name)]),
  );
}

const root = join(import.meta.dirname, '../..');

export interface Ran {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `src` in one file, and only for those who run programs. */
let source: string | undefined;
function ourSource(): string {
  source ??= sourceFor(`source-${process.env.VITEST_POOL_ID}`, { lib: 'src/index.ts', node: 'src/node/index.ts' });
  return pathToFileURL(source).href;
}

/** Runs a program of ours, as text (JavaScript), in a Node of its own; warnings come with their traces. `during` has its process. */
export function program(
  text: string,
  during: (child: ReturnType<typeof execFile>) => void = () => undefined,
): Promise<Ran> {
  const head = `
    import { lib, node } from '${ourSource()}';
    const { go, sleep, channel, forEach, until, select, taskGroup, semaphore } = lib;
    const { main, serve, serveSockets, run, start, event, events, write, end, pump, fromReadable, toReadable, signals, keepAsyncContext } = node;
  `;
  return new Promise((resolve) => {
    const args = ['--trace-warnings', '--input-type=module', '-e', head + text];
    const child = execFile(process.execPath, args, { cwd: root, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, signal: error?.signal ?? null, stdout, stderr });
    });
    during(child);
  });
}
