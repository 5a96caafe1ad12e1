// The program: its body, its signals, its exit code.
//
//   running ──signal──► cancelled, cleaning up ──► ended          a second signal ends the process at once
//      └──returned or failed──► ended

import process from 'node:process';
import { constants } from 'node:os';
import type { TaskContext } from '../core/context.ts';
import type { Coroutine } from '../core/operation.ts';
import { checkFunction } from '../base/checks.ts';
import { go, type Task } from '../task/task.ts';
import { keepAsyncContext } from './keep-async-context.ts';
import { Settled } from '../core/settled.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The longest that a timer can be. */
const LONG = 2_147_483_647;

/**
 * Runs `body` as the program.
 *
 * ```
 * main          x-----------(resolved)
 * body          -----!
 * its finally        -------|
 * SIGINT             x                 exit code 130
 * ```
 *
 * SIGINT and SIGTERM cancel it, and its clean-up is waited for; any second one of them ends the process at once. Sets the exit code: 0;
 * 1 after an error, of the clean-up too, which is printed; else 130 or 143. A code that the body has set itself stays if all
 * went well. The process is kept alive while the body runs, also where it waits for nothing of Node's; then Node's own
 * rules hold. Resolves when all has ended, and never rejects. Every coroutine keeps the AsyncLocalStorage context in which it was
 * started.
 *
 * @example
 * ```ts
 * void main(function* () {
 *   const service = serve(createServer().listen(8080), handle);
 *   try {
 *     yield* sleep(Infinity);
 *   } finally {
 *     yield* service.shutdown({ grace: 10_000 });
 *   }
 * });
 * ```
 *
 * After asyncio.run.
 */
export function main(body: (context: TaskContext) => Coroutine<unknown>): Promise<void> {
  checkFunction('main', 'the body', body);
  keepAsyncContext();
  const program = new Program();
  const task = program.run(body);
  return new Settled(task).promise().then(() => program.ended(task));
}

class Program {
  #task: Task<unknown> | null = null;
  /** The signal that has cancelled it. */
  #signal: NodeJS.Signals | null = null;
  #keepAlive: NodeJS.Timeout | null = null;

  run(body: (context: TaskContext) => Coroutine<unknown>): Task<unknown> {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    this.#keepAlive = setInterval(() => undefined, LONG);
    const task = go(body, { name: 'main' });
    task.observe();
    this.#task = task;
    // By a signal that the body has sent to itself.
    if (this.#signal !== null) void task.cancel(this.#signal);
    return task;
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.#signal = signal;
    // Without a listener the system itself acts on the next one, also while this thread is busy.
    this.#ignoreSignals();
    for (const name of SIGNALS) if (process.listenerCount(name) > 0) process.on(name, endAtOnce);
    process.on('newListener', endBesides);
    void this.#task?.cancel(signal);
  };

  #ignoreSignals(): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }

  ended(task: Task<unknown>): void {
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
    this.#ignoreSignals();
    process.off('newListener', endBesides);
    for (const signal of SIGNALS) process.off(signal, endAtOnce);
    if (task.status === 'resolved') {
      process.exitCode ??= 0;
    } else if (task.status === 'cancelled' && this.#signal !== null) {
      process.exitCode = 128 + constants.signals[this.#signal];
    } else {
      process.exitCode = 1;
      console.error(failureOf(task));
    }
  }
}

function failureOf(task: Task<unknown>): unknown {
  try {
    return task.result();
  } catch (error) {
    return error;
  }
}

/** Somebody listens for a signal only now, as the clean-up itself may. */
function endBesides(name: string | symbol, listener: unknown): void {
  const signal = SIGNALS.find((one) => one === name);
  if (signal !== undefined && listener !== endAtOnce && process.listenerCount(signal) === 0)
    process.on(signal, endAtOnce);
}

/** Others listen for the signal: their listeners must not keep it from ending the process. */
function endAtOnce(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
