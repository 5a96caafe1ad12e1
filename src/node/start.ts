import type { Readable } from 'node:stream';
import { reject } from '../base/checks.ts';
import { Channel, type SendChannel } from '../channel/channel.ts';
import type { Future } from '../core/future.ts';
import type { Operation } from '../core/operation.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { ReadableChannel } from './from-readable.ts';
import { checkCommand, Launch, type ProcessOptions } from './launch.ts';
import type { ProcessExit } from './process-error.ts';
import { pump } from './pump.ts';
import { isBytes } from './write.ts';
import { Settled } from '../core/settled.ts';

export type StartOptions = Omit<ProcessOptions, 'input'>;

/** A program that runs, with its pipes as channels. */
export interface RunningProcess {
  /** The process's number; -1 if it was not started. */
  readonly pid: number;
  /** What the program reads; closing it is the end of its input. Sends on it fail once the program is gone or has closed its stdin. */
  readonly stdin: SendChannel<string | Uint8Array>;
  readonly stdout: ReceiveChannel<Buffer>;
  readonly stderr: ReceiveChannel<Buffer>;
  /** Settles after the exit and the end of both pipes. Not started (ENOENT, …): rejected, and the channels have that cause. */
  readonly exit: Future<ProcessExit>;
  /** Sends it a signal (default SIGTERM): false if it is gone. */
  kill(signal?: NodeJS.Signals): boolean;
  /** SIGTERM, after `killAfter` SIGKILL, now; completes as `exit` does. Never fails. */
  stop(): Operation<void>;
}

/**
 * Starts a program and leaves its pipes to you, paced: a program whose output nobody takes is made to wait.
 *
 * ```
 * start        x
 * stdin         ---a--b|
 * stdout        -----A--B--|
 * exit          -------------(r|)
 * ```
 *
 * It is started by this call, and no shell is involved. `exit` settles after its exit and the end of both pipes. What the program
 * wrote and nobody has received when it exits is kept (up to 1 MiB of each pipe), so `exit` does not wait for you to receive it.
 *
 * @example
 * ```ts
 * const tail = start('tail', ['-f', path]);
 * try {
 *   yield* forEach(tail.stdout, (chunk) => show(chunk));
 * } finally {
 *   yield* tail.stop();
 * }
 * ```
 *
 * After asyncio's create_subprocess_exec.
 */
export function start(command: string, args: readonly string[] = [], options: StartOptions = {}): RunningProcess {
  return new Running(command, new Launch(command, args, checkCommand('start', command, args, options), 'pipe'));
}

class Running implements RunningProcess {
  readonly #launch: Launch;
  readonly #stdin: Channel<string | Uint8Array>;
  readonly #stdout: Pipe;
  readonly #stderr: Pipe;

  constructor(command: string, launch: Launch) {
    this.#launch = launch;
    const { stdin, stdout, stderr } = launch;
    this.#stdin = new Input({ name: `stdin of ${command}` });
    this.#stdout = new Pipe(`stdout of ${command}`, stdout);
    this.#stderr = new Pipe(`stderr of ${command}`, stderr);
    // A program that stops reading has not failed; its senders hear of it.
    if (launch.started) pump(this.#stdin, stdin).subscribe({ error: () => undefined });
    launch.exited.subscribe({
      next: () => this.#exited(),
      error: (cause: unknown) => this.#failed(cause),
    });
  }

  get pid(): number {
    return this.#launch.child.pid ?? -1;
  }
  get stdin(): SendChannel<string | Uint8Array> {
    return this.#stdin;
  }
  // Who looks at what it says learns there that it was not started.
  get stdout(): ReceiveChannel<Buffer> {
    this.#launch.over.observe();
    return this.#stdout;
  }
  get stderr(): ReceiveChannel<Buffer> {
    this.#launch.over.observe();
    return this.#stderr;
  }
  get exit(): Future<ProcessExit> {
    return this.#launch.over;
  }

  #exited(): void {
    this.#stdin.cancel();
    this.#stdout.keepRest();
    this.#stderr.keepRest();
  }

  #failed(cause: unknown): void {
    this.#stdin.cancel(cause);
    this.#stdout.fail(cause);
    this.#stderr.fail(cause);
    this.#launch.letGo();
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): boolean {
    return this.#launch.kill(signal);
  }

  stop(): Operation<void> {
    this.#launch.stopAll();
    return new Settled(this.#launch.over);
  }
}

/** What the program is told: text and bytes. */
class Input extends Channel<string | Uint8Array> {
  override send(value: string | Uint8Array): Operation<void> {
    if (!isBytes(value)) reject(TypeError, this, 'what is sent', 'a string or bytes', value);
    return super.send(value);
  }
  override trySend(value: string | Uint8Array): boolean {
    return isBytes(value) && super.trySend(value);
  }
}

/** Chunks of a pipe are of 64 KiB at most. */
const REST = 16;

/** One of the program's pipes: a chunk is read ahead, and when the program is gone, all that is left. */
class Pipe extends ReadableChannel<Buffer> {
  #most = 1;

  constructor(name: string, pipe: Readable) {
    super(pipe, { capacity: Infinity, name });
  }

  protected override hasRoom(): boolean {
    // Asked by the base's constructor, too.
    return this.size < (#most in this ? this.#most : 1);
  }

  keepRest(): void {
    this.#most += REST;
    this.feedMore();
  }
}
