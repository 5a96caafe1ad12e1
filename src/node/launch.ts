// A child process: from its start to its exit and the end of its pipes, and how it is stopped.
//
//   started ──exit──► exited ──end of both pipes──► over          not started (ENOENT, …): failed
//
// Invariants:
//   1. `exited` and `over` settle once, `exited` not after `over`
//   2. stopping sends SIGTERM, and SIGKILL when `killAfter` has run out before the exit; each once

import { type ChildProcess, spawn } from 'node:child_process';
import type { Subscription } from 'rxjs';
import { describe } from '../base/errors.ts';
import { after } from '../core/clock.ts';
import { Deferred } from '../core/future.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { checkMs, checkOptions, checkString } from './checks.ts';
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
export function checkCommand(what: string, command: string, args: readonly string[], options: ProcessOptions): void {
  checkString(what, 'the command', command);
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string'))
    throw new TypeError(`${what}: the arguments must be an array of strings; got ${describe(args)}`);
  checkOptions(what, options);
  if (options.killAfter !== undefined) checkMs(what, 'killAfter', options.killAfter);
}

export class Launch {
  readonly child: ChildProcess;
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
    this.child = spawn(command, args, {
      stdio: [stdin, 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    });
    // A program that stops reading has not failed by that.
    this.child.stdin?.on('error', DEAF);
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
    this.child.kill('SIGTERM');
    this.#killing = after(this.#killAfter, () => this.child.kill('SIGKILL'));
  }

  /** The same; and pipes that others hold beyond the exit are given as long again. */
  stopAll(): void {
    this.stop();
    if (this.#closing !== null || this.over.status !== 'pending') return;
    this.#closing = after(2 * this.#killAfter, () => this.letGo());
  }

  /** Nobody wants what it still has to say, nor will anybody tell it more. */
  letGo(): void {
    for (const pipe of [this.child.stdin, this.child.stdout, this.child.stderr]) pipe?.destroy();
  }
}
