// A child process: from its start to its exit and the end of its pipes, and how it is stopped.
//
//   started ──exit──► exited ──end of both pipes──► over          not started (ENOENT, …): failed
//
// Invariants:
//   1. `exited` and `over` settle once, `exited` not after `over`
//   2. stopping sends SIGTERM, and SIGKILL when `killAfter` has run out before the exit; each once

import { ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import process from 'node:process';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import type { Subscription } from 'rxjs';
import { checkObject } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { after } from '../core/clock.ts';
import { Deferred } from '../core/future.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { checkMs, checkOptions, checkString, checkSystemText } from './checks.ts';
import { DEAF } from './ear.ts';
import type { ProcessExit } from './process-error.ts';

export interface ProcessOptions {
  /** Where it runs (default: where this process does). */
  cwd?: string;
  /** Its environment (default: that of this process). */
  env?: NodeJS.ProcessEnv;
  /** Written to stdin, which is then ended. A channel is cancelled when the program stops reading; its cause kills the program and is the failure. */
  input?: string | Uint8Array | ReceiveChannel<string | Uint8Array>;
  /** Milliseconds from SIGTERM to SIGKILL when it is cancelled (default 5000). */
  killAfter?: number;
}

const KILL_AFTER = 5000;

/** Rejects, at the call, what cannot be a program. */
export function checkCommand<O extends ProcessOptions>(
  what: string,
  command: string,
  args: readonly string[],
  options: O,
): O {
  checkString(what, 'the command', command);
  checkSystemText(what, 'the command', command);
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string'))
    throw new TypeError(`${what}: the arguments must be an array of strings; got ${describe(args)}`);
  for (const arg of args) checkSystemText(what, 'an argument', arg);
  const own = checkOptions(what, options);
  const { cwd, env, killAfter } = own;
  if (cwd !== undefined && !isUrl(cwd)) checkSystemText(what, 'cwd', cwd);
  if (env !== undefined) checkObject(what, 'env', env);
  if (killAfter !== undefined) checkMs(what, 'killAfter', killAfter);
  return own;
}

function isUrl(given: unknown): boolean {
  return given instanceof URL;
}

/** Those that the system refuses to start, too, are told of by `error`, as the others are. */
function spawned(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn(command, args, options);
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException | null)?.errno !== 'number') throw error;
    const child = new ChildProcess();
    process.nextTick(() => child.emit('error', error));
    return child;
  }
}

export class Launch {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited = new Deferred<ProcessExit>();
  readonly over = new Deferred<ProcessExit>();
  readonly #killAfter: number;
  #killing: Subscription | null = null;
  #closing: Subscription | null = null;

  constructor(
    command: string,
    args: readonly string[],
    { cwd, env, killAfter = KILL_AFTER }: ProcessOptions,
    stdin: 'pipe' | 'ignore',
  ) {
    this.#killAfter = killAfter;
    this.exited.observe();
    this.child = spawned(command, args, {
      stdio: [stdin, 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    });
    // Without a process, and where files have run out, there are no pipes.
    const { stdin: input, stdout, stderr } = this.child as Partial<ChildProcess>;
    this.stdin = input ?? new PassThrough();
    this.stdout = stdout ?? new PassThrough();
    this.stderr = stderr ?? new PassThrough();
    // A program that stops reading has not failed by that.
    this.stdin.on('error', DEAF);
    this.child.on('exit', this.#onExit);
    this.child.on('close', this.#onClose);
    this.child.on('error', this.#onError);
  }

  get started(): boolean {
    return this.child.pid !== undefined;
  }

  readonly #onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
    this.#killing?.unsubscribe();
    this.exited.resolve({ code, signal });
  };

  readonly #onClose = (code: number | null, signal: NodeJS.Signals | null): void => {
    this.#closing?.unsubscribe();
    // Of one that was not started the code is an errno.
    if (this.started) this.over.resolve({ code, signal });
  };

  /** Also of a kill that was not allowed; then it goes on. */
  readonly #onError = (error: unknown): void => {
    if (this.started) return;
    this.exited.reject(error);
    this.over.reject(error);
  };

  /** SIGTERM, after `killAfter` SIGKILL, now. */
  stop(): void {
    if (this.#killing !== null || this.exited.status !== 'pending') return;
    this.kill('SIGTERM');
    this.#killing = after(this.#killAfter, () => this.kill('SIGKILL'));
  }

  /** False if it is gone, or was not started. */
  kill(signal: NodeJS.Signals): boolean {
    return this.started && this.child.kill(signal);
  }

  /** The same; and pipes that others hold beyond the exit are given as long again. */
  stopAll(): void {
    this.stop();
    if (this.#closing !== null || this.over.status !== 'pending') return;
    this.#closing = after(2 * this.#killAfter, () => this.letGo());
  }

  /** Nobody wants what it still has to say, nor will anybody tell it more. */
  letGo(): void {
    for (const pipe of [this.stdin, this.stdout, this.stderr]) pipe.destroy();
  }
}
