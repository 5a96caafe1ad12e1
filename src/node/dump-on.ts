import process from 'node:process';
import { Subscription } from 'rxjs';
import { formatSnapshot } from '../inspect/format-snapshot.ts';
import { inspect } from '../inspect/inspect.ts';
import { checkSignals } from './checks.ts';

/**
 * Prints what runs, and who waits for what, to stderr, each time the process gets `signal`.
 *
 * ```
 * kill -USR2 4711
 *
 * 2 tasks
 * └─ server: waits 3 min 20 s for sleep
 *    └─ GET /report: waits 12.4 s for acquire on pool
 * …
 * ```
 *
 * It turns inspection on, as `inspect()` of `rxsluice/inspect` does, for what is made from now on: so call it first of all. Unsubscribing
 * from what it returns ends both, and the signal has its usual effect again. Calls are independent of each other. As any listener for
 * signals, it does not keep the process alive, nor does a signal end the process while it listens. A name that is no signal here, or of
 * one that cannot be caught: TypeError.
 *
 * @example
 * ```ts
 * dumpOn('SIGUSR2');
 * void main(program);
 * ```
 *
 * After `python -m asyncio pstree PID`, and Java's thread dumps.
 */
export function dumpOn(signal: NodeJS.Signals): Subscription {
  checkSignals('dumpOn', [signal]);
  const inspector = inspect();
  const dump = (): void => {
    process.stderr.write(`${formatSnapshot(inspector.snapshot())}\n`);
  };
  process.on(signal, dump);
  return new Subscription(() => {
    process.off(signal, dump);
    inspector.stop();
  });
}
