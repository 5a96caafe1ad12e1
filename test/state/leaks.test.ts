// Every way to be withdrawn, and what is left behind by very many.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Observable, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type Coroutine,
  go,
  keyedStateOwner,
  type Operation,
  sleep,
  type StateOwner,
  stateOwner,
} from '../../src/index.ts';
import { WITHDRAWALS } from '../core/withdrawals.ts';
import { check } from '../record.ts';
import { at, reportsOf, virtual } from '../virtual.ts';

const MANY = 100_000;
const inc = (n: number): number => n + 1;

const REQUESTS: readonly [string, (owner: StateOwner<number>) => Operation<unknown>][] = [
  ['a read', (owner) => owner.read((n) => n)],
  ['a write', (owner) => owner.write(9)],
  ['an update', (owner) => owner.update(inc)],
  ['a modify', (owner) => owner.modify((n) => [n + 1, n])],
  ['a compareAndSet', (owner) => owner.compareAndSet(0, 9)],
];

describe.each(WITHDRAWALS)('7.4 by $how', ({ perform }) => {
  it.each(REQUESTS)('%s that waits is withdrawn, and the next is served', (_, ask) => {
    const owner = stateOwner(0);
    const got: unknown[] = [];
    virtual(() => {
      owner.update(() => sleep(9).map(() => 0)).subscribe();
      perform(ask(owner), (value) => got.push(value));
      owner.update(inc).subscribe();
      at(6, () => {
        check(owner);
        expect(owner.pending).toBe(2);
      });
    });
    expect([got, owner.value, owner.pending]).toEqual([[], 1, 0]);
    check(owner);
  });

  it('a step that runs is cancelled, and the next is served when it has been cleaned up', () => {
    const owner = stateOwner(0);
    const got: unknown[] = [];
    const log: string[] = [];
    const observable = (): Observable<number> => new Observable(() => () => log.push('unsubscribed'));
    const coroutine = function* (): Coroutine<number> {
      try {
        yield* sleep(9);
        return 9;
      } finally {
        yield* sleep(2);
        log.push('cleaned');
      }
    };
    for (const step of [observable, coroutine]) {
      virtual(() => {
        perform(owner.update(step), (value) => got.push(value));
        owner.update((n) => (log.push(`next from ${n}`), n)).subscribe();
      });
    }
    expect([got, log]).toEqual([[], ['unsubscribed', 'next from 0', 'cleaned', 'next from 0']]);
    check(owner);
  });

  it('a `when` leaves', () => {
    const owner = stateOwner(0);
    const got: unknown[] = [];
    virtual(() => {
      perform(
        owner.when((n) => n === 1),
        (value) => got.push(value),
      );
      at(6, () => owner.write(1).subscribe());
    });
    expect([got, owner.serializer.audience.first]).toEqual([[], null]);
  });
});

describe('4.2 a clean-up that fails', () => {
  const step = function* (): Coroutine<number> {
    try {
      yield* sleep(9);
      return 1;
    } finally {
      yield* sleep(1);
      yield* sleep(1).map(() => {
        throw new Error('in finally');
      });
    }
  };

  it('is the failure of the coroutine that waits for it, and is reported once', () => {
    const owner = stateOwner(0);
    const log: string[] = [];
    const reported = reportsOf(() => {
      owner
        .update(step)
        .withTimeout(1)
        .subscribe({ error: () => log.push('late') });
      owner.read((n) => n).subscribe(() => log.push('next')); // prettier-ignore
    });
    expect([log, reported]).toEqual([['late', 'next'], [new Error('in finally')]]);
    check(owner);
  });

  it('is that of a task that was cancelled in it, and is reported nowhere else', () => {
    const owner = stateOwner(0);
    const failures: unknown[] = [];
    const reported = reportsOf(() => {
      const task = go(() => owner.update(step));
      task.subscribe({ error: (error: unknown) => failures.push(error) });
      at(1, () => task.cancel());
    });
    expect([failures, reported]).toEqual([[new Error('in finally')], []]);
    check(owner);
  });
});

describe('1.13 nothing is left behind', () => {
  it('after 100 000 requests, listeners and steps that were withdrawn', () => {
    const owner = stateOwner(0);
    const running = owner.update(() => new Observable<number>()).subscribe();
    for (let i = 0; i < MANY; i++) {
      owner.update(inc).subscribe().unsubscribe();
      owner.when((n) => n === 1).subscribe().unsubscribe(); // prettier-ignore
      owner.subscribe().unsubscribe();
    }
    check(owner);
    expect([owner.pending, owner.serializer.waiting, owner.serializer.audience.first]).toEqual([1, 0, null]);
    running.unsubscribe();
    for (let i = 0; i < MANY; i++) owner.update(() => new Observable<number>()).subscribe().unsubscribe(); // prettier-ignore
    expect(String(owner)).toMatch(/\(0 pending, idle\)$/);
  });

  it('withdraws from among 100 000 in no time, from wherever it stands', () => {
    const owner = stateOwner(0);
    const running = owner.update(() => new Observable<number>()).subscribe();
    const waiting = Array.from({ length: MANY }, () => owner.update(inc).subscribe());
    // Each leaves from the middle of those that are left: a search through the line would take minutes.
    for (let i = 0; i < MANY; i++) waiting[(i * 7919) % MANY]?.unsubscribe();
    expect(owner.serializer.waiting).toBe(0);
    running.unsubscribe();
    check(owner);
  });

  it('of keys that came and went, and of the steps of requests that were served', async () => {
    const keyed = keyedStateOwner(() => 0);
    const handles: WeakRef<object>[] = [];
    const steps: WeakRef<object>[] = [];
    const owner = stateOwner(0);
    for (let i = 0; i < 1000; i++) {
      const handle = keyed.of(`key ${i}`);
      handle.write(1).subscribe();
      handle.write(0).subscribe();
      handles.push(new WeakRef(handle));
      const step = (n: number): Observable<number> => of(n + 1);
      owner.update(step).subscribe();
      owner.tell(step);
      steps.push(new WeakRef(step));
    }
    expect(keyed.size).toBe(0);
    setFlagsFromString('--expose-gc');
    // What a WeakRef was made of lives to the end of the job.
    await new Promise((resolve) => setImmediate(resolve));
    (runInNewContext('gc') as () => void)();
    const alive = (refs: readonly WeakRef<object>[]): number => refs.filter((ref) => ref.deref() !== undefined).length;
    // A few may still be in a register of the machine, or in code that is being compiled.
    expect(alive(handles)).toBeLessThan(10);
    expect(alive(steps)).toBeLessThan(10);
  });
});
