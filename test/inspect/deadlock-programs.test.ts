// Semantics 14.2, by programs that nobody has thought of: of tasks that lock, hold permits, ask owners, wait for each other, have
// children and jobs, hand out work, and give up after a while. What such a program comes to says who is right: whoever was told to
// be in a ring must not go on, and where somebody is stuck in the end there must be a ring. (Channels are left out: who will come
// to one is not to be known.)

import { asyncScheduler, config } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Coroutine,
  coroutine,
  gather,
  go,
  jobQueue,
  mutex,
  type Operation,
  type Queue,
  queue,
  select,
  semaphore,
  sleep,
  stateOwner,
  type Task,
  taskGroup,
  until,
  work,
} from '../../src/index.ts';
import { Random } from '../../src/base/random.ts';
import { inspection, type InspectionEvent } from '../../src/core/inspection.ts';
import { inspect } from '../../src/inspect/index.ts';
import { at, virtual } from '../virtual.ts';
import { checking } from './looking.ts';

type Body = () => Coroutine<unknown>;

/** What a task does, one after the other: made of chance before it runs, so that how it runs changes nothing. */
class Program {
  readonly #random: Random;
  readonly #locks = ['L0', 'L1'].map((name) => mutex({ name }));
  readonly #permits = [1, 2].map((n) => semaphore(n, { name: `S${n}` }));
  readonly #owners = ['O0', 'O1'].map((name) => stateOwner(0, { name }));
  readonly #jobs = [1, 2].map((concurrency) =>
    jobQueue((body: Body) => body(), { name: `J${concurrency}`, concurrency }),
  );
  readonly #work: Queue<Body> = queue({ name: 'W', capacity: 1, maxAttempts: 1 });
  readonly #tasks: Task<unknown>[] = [];
  #names = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    work(this.#work, (body) => body()).subscribe({ error: () => undefined });
    const bodies = Array.from({ length: 2 + this.#below(3) }, () => this.#body(3));
    for (const [i, body] of bodies.entries())
      at(this.#below(3), () => {
        this.#tasks[i] = this.#start(`t${i}`, body);
      });
  }

  #below(n: number): number {
    return this.#random.below(n);
  }
  #one<V>(of: readonly V[]): V {
    return of[this.#below(of.length)] as V;
  }

  #start(name: string, body: Body): Task<unknown> {
    const task = go(body, { name });
    task.subscribe({ error: () => undefined });
    return task;
  }

  #body(depth: number): Body {
    const steps = Array.from({ length: 1 + this.#below(3) }, () => this.#step(depth));
    return function* () {
      for (const step of steps) yield* step();
    };
  }

  /** Each makes an operation anew. */
  #step(depth: number): () => Operation<unknown> {
    const ms = 1 + this.#below(4);
    const other = this.#below(4);
    const join = (): Operation<unknown> => this.#tasks[other] ?? sleep(ms);
    if (depth === 0) return this.#one([() => sleep(ms), join]);
    const [body, another] = [this.#body(depth - 1), this.#body(depth - 1)];
    const [lock, permits, owner] = [this.#one(this.#locks), this.#one(this.#permits), this.#one(this.#owners)];
    const [jobs, limit, name] = [this.#one(this.#jobs), 1 + this.#below(2), `c${++this.#names}`];
    return this.#one<() => Operation<unknown>>([
      () => sleep(ms),
      join,
      () => lock.withLock(body),
      () => coroutine(() => locked(lock, body)),
      () => permits.withPermit(body),
      () => coroutine(() => permitted(permits, body)),
      () =>
        owner.update(function* (n) {
          yield* coroutine(body);
          return n + 1;
        }),
      () => owner.read((n) => n),
      () => gather([coroutine(body), coroutine(another)]),
      () => this.#start(name, body),
      () =>
        taskGroup(
          (group) => {
            group.go(body, { name });
            group.go(() => sleep(ms), { name: `${name}'` });
            return another();
          },
          { limit },
        ),
      () => until(jobs.submit(body)),
      () => jobs.start(body),
      () => jobs.whenIdle(),
      () => this.#work.send(body),
      () => this.#work.join(),
      () => coroutine(() => inTime(body, 5 * ms)),
      () => select({ body: coroutine(body), late: sleep(5 * ms) }),
      () => select({ one: coroutine(body), other: coroutine(another) }),
    ]);
  }
}

function* inTime(body: Body, ms: number): Coroutine<unknown> {
  try {
    return yield* coroutine(body).withTimeout(ms);
  } catch {
    return undefined;
  }
}

function* permitted(permits: ReturnType<typeof semaphore>, body: Body): Coroutine<unknown> {
  yield* permits.acquire();
  try {
    return yield* coroutine(body);
  } finally {
    permits.release();
  }
}

function* locked(lock: ReturnType<typeof mutex>, body: Body): Coroutine<unknown> {
  yield* lock.lock();
  try {
    return yield* coroutine(body);
  } finally {
    lock.unlock();
  }
}

/** What is wrong with what was found in it. */
function faultsOf(seed: number): string[] {
  const faults: string[] = [];
  virtual(() => {
    const inspector = inspect();
    const rings: { readonly names: string; readonly parties: readonly string[] }[] = [];
    inspector.findings$.subscribe(({ kind, message }) => {
      const names = /^a deadlock: (.*?);/.exec(message)?.[1] ?? '';
      if (kind === 'deadlock') rings.push({ names, parties: names.split(' → ') });
    });
    const hear = (event: InspectionEvent): void => {
      // Those of the program have names of their own: others could be anybody's.
      if (event.kind !== 'resumed' || !/^[tc]\d/.test(event.name)) return;
      for (const { names, parties } of rings)
        if (parties.includes(event.name)) faults.push(`${event.name} goes on in ${event.at}, after: ${names}`);
    };
    inspection.listeners.add(hear);
    const checked = checking();
    new Program(seed);
    at(500, () => {
      const { tasks, cycles } = inspector.snapshot();
      if (tasks.length > 0 && cycles.length === 0)
        faults.push(`no ring: ${tasks.map(({ name, waitingFor }) => `${name}, ${String(waitingFor)}`).join('; ')}`);
      inspection.listeners.delete(hear);
      checked();
      inspector.stop();
    });
  });
  return faults;
}

const outer = config.onUnhandledError;
beforeAll(() => {
  config.onUnhandledError = () => undefined;
});
afterAll(() => {
  config.onUnhandledError = outer;
});

const first = Number(process.env.SEED ?? 1);
it.each(Array.from({ length: Number(process.env.SEEDS ?? 25) }, (_, i) => first + i))(
  'whoever is told to be in a ring never goes on, and who is stuck is in one or waits for one (seed %i)',
  (seed) => {
    expect(faultsOf(seed)).toEqual([]);
    expect(asyncScheduler.now(), 'real time is back').toBeGreaterThan(1e12);
  },
);
