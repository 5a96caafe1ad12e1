// Programs that are stuck, or not.

import { go, type Task } from '../../src/index.ts';
import type { Finding, Snapshot } from '../../src/inspect/index.ts';
import { look } from './looking.ts';

/** The deadlocks of `program`: what has been found in 100 ms, and what is seen then. */
export function seen(program: () => void): { findings: readonly Finding[]; cycles: Snapshot['cycles'] } {
  const { findings, snapshot } = look(program, {}, 100);
  return { findings: findings.filter(({ kind }) => kind === 'deadlock'), cycles: snapshot.cycles };
}

/** A task of that name, whose failure is nobody's. */
export function task(name: string, body: () => Generator<never, unknown>): Task<unknown> {
  const started = go<unknown>(body as never, { name });
  started.subscribe({ error: () => undefined });
  return started;
}
