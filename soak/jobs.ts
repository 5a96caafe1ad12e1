import { Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Random } from '../src/base/random.ts';
import { type Coroutine, type Job, jobQueue, type JobQueueOptions, type JobState, poll, sleep } from '../src/index.ts';
import type { Program } from './program.ts';

const counts = { programs: 0, steps: 0, jobs: 0, done: 0, failed: 0, dropped: 0, cancelled: 0, attempts: 0 };

interface Work {
  readonly id: number;
  readonly key: number;
  readonly ms: number;
  readonly cleansUp: number;
  readonly fails: number;
}

/** Which states may follow which: 5.7. */
const NEXT: Readonly<Record<JobState, readonly JobState[]>> = {
  waiting: ['running', 'failed', 'dropped', 'cancelled'],
  running: ['retrying', 'done', 'failed', 'cancelled'],
  retrying: ['running', 'dropped', 'cancelled'],
  done: [],
  failed: [],
  dropped: [],
  cancelled: [],
};

/** Jobs are started, submitted, cancelled and cleared at random, under random rules: each ends once, in a state that may follow. */
export const jobs: Program = {
  name: 'jobs',
  counts,
  run(random: Random, steps: number): void {
    counts.programs++;
    new TestScheduler(() => undefined).run(({ flush }) => {
      const look = play(random, steps);
      flush();
      look();
    });
  },
};

function rulesBy(random: Random): JobQueueOptions<Work> {
  const one = <V>(...values: V[]): V => values[random.below(values.length)] as V;
  const debounce = one(undefined, undefined, 5);
  const least = debounce === undefined ? 0 : 1;
  const overflow = one('suspend', 'dropOldest', 'dropNewest', 'fail') as NonNullable<JobQueueOptions<Work>['overflow']>;
  const room = (): number => Math.max(one(0, 1, 3, Infinity), overflow === 'dropOldest' ? 1 : least);
  const keyed = random.below(2) === 0;
  return {
    concurrency: 1 + random.below(4),
    capacity: room(),
    overflow,
    order: one<NonNullable<JobQueueOptions<Work>['order']>>('fifo', 'lifo', (a, b) => (a.id % 3) - (b.id % 3)),
    timeout: one(Infinity, 12),
    ...(debounce !== undefined && { debounce }),
    ...(keyed && { key: ({ key }: Work) => key, capacityPerKey: room() }),
    ...(random.below(2) === 0 && {
      retry: { attempts: 1 + random.below(3), backoff: (n: number) => random.below(4) * n },
    }),
  };
}

function play(random: Random, steps: number): () => void {
  const rules = rulesBy(random);
  const running = new Set<Work>();
  const ends = new Map<Work, number>();
  const submitted: Work[] = [];
  const started: Job<Work, number>[] = [];
  const leave: (() => void)[] = [];
  /** What a handler or an observer has seen: thrown there, it would be theirs. */
  const faults: string[] = [];
  let concurrency = rules.concurrency ?? 1;
  let most = concurrency;

  function enter(work: Work): void {
    counts.attempts++;
    if (rules.key !== undefined && [...running].some(({ key }) => key === work.key))
      faults.push(`two of key ${work.key} run`);
    running.add(work);
    if (running.size > most) faults.push(`${running.size} run, of ${most}`);
  }

  const queue = jobQueue<Work, number>(function* (work): Coroutine<number> {
    enter(work);
    let left = true;
    try {
      yield* sleep(work.ms);
      left = false;
      if (random.below(10) < work.fails) throw new Error('failed');
      return work.id;
    } finally {
      if (left && work.cleansUp > 0) yield* sleep(work.cleansUp);
      running.delete(work);
    }
  }, rules);
  queue.outcomes$.subscribe(({ input, status }) => {
    counts[status]++;
    ends.set(input, (ends.get(input) ?? 0) + 1);
    if ((ends.get(input) as number) > 1) faults.push(`${input.id} has ended twice`);
  });

  function follow(job: Job<Work, number>): void {
    let state: JobState | null = null;
    job.state$.subscribe((next) => {
      if (state !== null && !NEXT[state].includes(next)) faults.push(`${String(job)}: from ${state} to ${next}`);
      state = next;
    });
  }

  function submit(id: number): void {
    const work = { id, key: random.below(3), ms: random.below(8), cleansUp: random.below(4), fails: random.below(8) };
    counts.jobs++;
    submitted.push(work);
    if (random.below(2) === 0) {
      const job = queue.start(work);
      started.push(job);
      follow(job);
      leave.push(() => job.cancel());
    } else {
      const subscription = queue.submit(work).subscribe({ error: () => undefined });
      leave.push(() => subscription.unsubscribe());
    }
  }

  function look(): void {
    (queue as unknown as { check(): void }).check();
    if (faults.length > 0) throw new Error(faults.join('; '));
    const open = submitted.filter((work) => !ends.has(work));
    const idle = poll(queue.whenIdle()).ok;
    if (idle !== (open.length === 0 && running.size === 0))
      throw new Error(`${idle ? 'idle' : 'not idle'}, ${open.length} open, ${running.size} run: ${String(queue)}`);
  }

  function act(step: number): void {
    counts.steps++;
    const what = random.below(24);
    if (what < 12) submit(step);
    else if (what < 16) leave[random.below(Math.max(1, leave.length))]?.();
    else if (what === 16) queue.pause();
    else if (what < 19) queue.resume();
    else if (what === 19) queue.flush();
    else if (what === 20) queue.clear();
    else if (what === 21) {
      concurrency = 1 + random.below(4);
      most = Math.max(most, concurrency);
      queue.concurrency = concurrency;
    }
    look();
  }

  const ticks = new Subject<number>();
  ticks.subscribe(act);
  let time = 0;
  for (let step = 0; step < steps; step++) {
    time += random.below(4);
    sleep(time).subscribe(() => ticks.next(step));
  }
  sleep(time + 1).subscribe(() => {
    queue.resume();
    queue.close();
  });
  return () => {
    look();
    const open = submitted.filter((work) => !ends.has(work));
    if (open.length > 0) throw new Error(`${open.length} hang: ${String(queue)}`);
    for (const job of started) if (job.status === 'pending') throw new Error(`${String(job)} hangs`);
  };
}
