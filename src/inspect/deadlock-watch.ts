// Looks for deadlocks as the program runs: from each who begins to wait where only somebody known may come.
//
// A ring of locks, owners and tasks is told at once. One through the end of a channel is *surmised*: whoever has used the other end
// is in it, but somebody new may come, and what is called after this has its chance to bring one. So it is looked for anew when
// the rest of this macrotask has run, and once more whenever a task ends, which is one less that could come.
//
// Invariants (`check()` asserts them):
//   1. a task that is surmised, and has ended, is looked at no more once the look that is ahead is over
//   2. stopped  =>  no look is ahead

import type { Unsubscribable } from 'rxjs';
import * as advice from './advice.ts';
import { FAR, nodeName, type Ring, rings } from './deadlocks.ts';
import type { Findings } from './findings.ts';
import { isEnd, isTask, type Needs, type Node, nodesOf } from './needs.ts';
import { quietly } from './patience.ts';
import { type TaskRecord, type Tasks, waitOf } from './tasks.ts';

export class DeadlockWatch {
  readonly #surmised = new Set<TaskRecord>();
  /** The look that is ahead. */
  #ahead: Unsubscribable | null = null;
  readonly #needs: Needs;
  readonly #tasks: Tasks;
  readonly #findings: Findings;

  constructor(needs: Needs, tasks: Tasks, findings: Findings) {
    this.#needs = needs;
    this.#tasks = tasks;
    this.#findings = findings;
  }

  lookFrom(starts: readonly Node[]): void {
    for (const ring of rings(this.#needs, starts, FAR)) this.#found(ring);
    // Others may end without waiting once more, and then nobody is left who could come.
    for (const start of starts) if (isTask(start) && this.#isAlone(start)) this.#surmise(start);
  }

  /** Of all that runs. */
  lookAtAll(nodes: Iterable<Node>): Ring[] {
    const found = rings(this.#needs, nodes);
    for (const ring of found) this.#found(ring);
    return found;
  }

  /** Those in which tasks stand that are known to be stuck. */
  ringsOf(stuck: readonly TaskRecord[]): Ring[] {
    return rings(this.#needs, stuck, FAR);
  }

  /** There is one less who could come. */
  taskEnded(): void {
    if (this.#surmised.size > 0) this.#lookAgain();
  }

  stop(): void {
    this.#ahead?.unsubscribe();
    this.#ahead = null;
    this.#surmised.clear();
  }

  #found(ring: Ring): void {
    if (!ring.isSurmised) this.#tellOf(ring);
    else for (const node of ring.nodes) if (isTask(node)) this.#surmise(node);
  }

  #surmise(record: TaskRecord): void {
    this.#surmised.add(record);
    this.#lookAgain();
  }

  /** It waits where nobody has ever come. */
  #isAlone(record: TaskRecord): boolean {
    return nodesOf(this.#needs.of(record)).some((node) => isEnd(node) && this.#needs.isUntouched(node));
  }

  #lookAgain(): void {
    this.#ahead ??= quietly(0, () => {
      this.#ahead = null;
      const surmised = [...this.#surmised].filter(({ id }) => this.#tasks.byId(id) !== null);
      this.#surmised.clear();
      for (const record of surmised) if (this.#isAlone(record)) this.#surmised.add(record);
      for (const ring of rings(this.#needs, surmised, FAR)) this.#tellOf(ring);
    });
  }

  #tellOf({ nodes, names }: Ring): void {
    const tasks = nodes.filter(isTask);
    const key = `deadlock ${tasks.map(({ id }) => id).join()} ${names.join()}`;
    if (this.#findings.has(key)) return;
    const waits = tasks.map(({ name, fiber }) => `${name}: ${fiber === null ? '' : (waitOf(fiber) ?? '')}`);
    const place = nodes.find((node) => !isTask(node));
    const [task = null, at = null] = [tasks[0]?.name, place && nodeName(place)];
    this.#findings.raiseOfWait(tasks, key, advice.deadlock(names, waits, task, at));
  }

  check(): void {
    if (this.#ahead !== null) return;
    for (const { id, name, fiber } of this.#surmised)
      if (fiber !== null && this.#tasks.byId(id) === null)
        throw new Error(`deadlocks: ${name} has ended and is surmised, and nobody looks again`);
  }
}
