// Running a program to its end.
//
// The exit of a process and the ends of its pipes come in any order. Nothing is told before all three have come, so nothing that
// the program wrote is missing. Cancelled, or failed on the way: SIGTERM, SIGKILL, exit, in a `finally` block, which is waited
// for by whoever must not go on before it.

import { Buffer } from 'node:buffer';
import type { Readable, Writable } from 'node:stream';
import type { Subscription } from 'rxjs';
import { checkLimit } from '../base/checks.ts';
import { describe, OverflowError } from '../base/errors.ts';
import { Deferred } from '../core/future.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import { isPullable, type ReceiveChannel } from '../core/pullable.ts';
import { coroutine } from '../task/coroutine.ts';
import { checkSwitch } from './checks.ts';
import { checkCommand, Launch, type ProcessOptions } from './launch.ts';
import { ProcessError, type ProcessExit, type ProcessResult } from './process-error.ts';
import { Lengthy, pump } from './pump.ts';
import { Settled } from '../core/settled.ts';

export interface RunOptions extends ProcessOptions {
  /** A failing exit is a `ProcessError` (default), or a result like any other. */
  check?: boolean;
  /** More than so many bytes on one pipe: killed, OverflowError (default Infinity). */
  maxBuffer?: number;
}

/**
 * Runs a program to its end.
 *
 * ```
 * the process    x--------exit
 * its pipes       -a--b------|
 * run            -------------(r|)      r: code, signal, stdout, stderr
 * ```
 *
 * Completes only after its exit and the end of both pipes, with everything that it wrote. No shell is involved. A failing exit is a
 * `ProcessError`, which carries the same; with `check: false` it is a result. A program that cannot be started: Node's error
 * (`ENOENT`, …). More than `maxBuffer` bytes on one pipe: it is killed, OverflowError.
 *
 * Each performance starts it anew. Withdrawn, or cancelled: SIGTERM, after `killAfter` ms SIGKILL, and the exit is waited for, as
 * clean-up. Without `input` stdin is empty. A program that closes its stdin early has not failed by that.
 *
 * @example
 * ```ts
 * const { stdout } = yield* run('git', ['rev-parse', 'HEAD']);
 * const sorted = yield* run('sort', [], { input: lines }).withTimeout(10_000);
 * ```
 *
 * After trio.run_process, and asyncio's subprocess.
 */
export function run(command: string, args: readonly string[] = [], options: RunOptions = {}): Operation<ProcessResult> {
  const own = checkCommand('run', command, args, options);
  const { input, check, maxBuffer = Infinity } = own;
  checkSwitch('run', 'check', check);
  checkLimit('run', 'maxBuffer', maxBuffer, 0);
  if (input !== undefined && typeof input !== 'string' && !ArrayBuffer.isView(input) && !isPullable(input))
    throw new TypeError(`run: input must be a string, bytes or a channel; got ${describe(input)}`);
  return new Lengthy(coroutine(() => running(command, args, own)));
}

function* running(command: string, args: readonly string[], options: RunOptions): Coroutine<ProcessResult> {
  const { input, check = true, maxBuffer = Infinity } = options;
  const launch = new Launch(command, args, options, input === undefined ? 'ignore' : 'pipe');
  const { stdin, stdout, stderr } = launch;
  /** How it ends, or what stops it on the way. */
  const outcome = new Deferred<ProcessExit>();
  outcome.observe();
  launch.over.subscribe({
    next: (exit) => outcome.resolve(exit),
    error: (error: unknown) => outcome.reject(error),
  });
  const out = new Collected(`stdout of ${command}`, stdout, maxBuffer, outcome);
  const err = new Collected(`stderr of ${command}`, stderr, maxBuffer, outcome);
  const feeding = feed(input, stdin, outcome);
  try {
    const { code, signal } = yield* outcome;
    const result = { code, signal, stdout: out.bytes(), stderr: err.bytes() };
    if (check && code !== 0) throw new ProcessError(command, result);
    return result;
  } finally {
    if (launch.over.status === 'pending') {
      launch.stop();
      feeding?.unsubscribe();
      // What it says from now on is for nobody; but a full pipe would keep it from ending.
      out.discard();
      err.discard();
      yield* new Settled(launch.exited);
      launch.letGo();
    }
    feeding?.unsubscribe();
  }
}

/** What a program fails a write with that it does not want to read. */
const STOPPED_READING: ReadonlySet<unknown> = new Set([
  ...['EPIPE', 'ECONNRESET', 'EOF'],
  ...['ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_WRITE_AFTER_END'],
]);

/** Writes all of `input`, and ends stdin. */
function feed(input: RunOptions['input'], stdin: Writable, outcome: Deferred<ProcessExit>): Subscription | undefined {
  if (!isPullable(input)) {
    stdin.end(input);
    return undefined;
  }
  const source = input;
  return pump(source as ReceiveChannel<unknown>, stdin).subscribe({
    error: (error: unknown) => {
      const cause = source.ended()?.error === error;
      if (cause || !STOPPED_READING.has((error as { code?: unknown } | null)?.code)) outcome.reject(error);
    },
  });
}

/** Everything that comes from one pipe. */
class Collected {
  #chunks: Buffer[] = [];
  #size = 0;
  #kept = true;

  constructor(name: string, pipe: Readable, most: number, outcome: Deferred<ProcessExit>) {
    pipe.on('data', (chunk: Buffer) => {
      if (!this.#kept) return;
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      if (this.#size > most) outcome.reject(new OverflowError(name, chunk));
    });
    pipe.on('error', (error) => outcome.reject(error));
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  discard(): void {
    this.#chunks = [];
    this.#kept = false;
  }
}
