// @vitest-environment jsdom
// After `provideRxsluice`, nothing that the library calls makes an effect depend on what it reads.

import { bed, useTestBed } from './bed.ts';
import { computed, effect, provideZonelessChangeDetection, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { defer, type Observable, of, take, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { provideRxsluice } from '../../src/angular/index.ts';
import {
  boundedBuffer,
  broadcast,
  channel,
  type Channel,
  channelFrom,
  coroutine,
  type Coroutine,
  deferred,
  flow,
  forEach,
  gate,
  gather,
  go,
  jobQueue,
  keyedStateOwner,
  memoryEngine,
  mutex,
  poll,
  produce,
  queue,
  queueMap,
  request,
  select,
  semaphore,
  type SendChannel,
  sendTo,
  shareBroadcast,
  singleFlight,
  sleep,
  stateOwner,
  taskGroup,
  taskScope,
  trySelect,
  until,
  withPermit,
  work,
} from '../../src/index.ts';
import { runMarblesAsync } from '../../src/testing/index.ts';
import { turn } from '../../src/core/turn.ts';

useTestBed(provideZonelessChangeDetection(), provideRxsluice());

const read = signal(0);
let looks = 0;
const look = (): number => {
  looks++;
  return read();
};

function watch(...all: Observable<unknown>[]): void {
  for (const each of all) each.subscribe({ next: look, complete: look });
}

/** What an effect does, whose only dependency is none. */
const deeds: Record<string, () => void> = {
  'a coroutine': () =>
    void go(function* () {
      look();
      yield* sleep(1);
    }),
  'an operation’s coroutine': () =>
    void coroutine(function* (): Coroutine<void> {
      look();
    }).subscribe(),
  'an observer of an operation': () => void until(of(1)).subscribe(look),
  'a projection': () => void until(of(1)).map(look).subscribe(),
  'an observer of a channel': () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    ch.subscribe(look);
    ch.trySend(2);
  },
  'an observer of a select': () => void select({ a: of(1) }).subscribe(look),
  'a body of forEach': () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    forEach(ch, () => void look()).subscribe();
  },
  'a step of an owner': () => {
    const owner = stateOwner(0);
    owner.tell(look);
    owner.update(look).subscribe(look);
    owner.subscribe(look);
  },
  'a handler of a job queue': () => void jobQueue(() => of(look())).start(1),
  'what a job queue asks about a job': () => {
    const jobs = jobQueue((n: number) => of(n), {
      key: look,
      order: look,
      retry: { attempts: 2, when: () => look() < 0 },
    });
    jobs.pause();
    for (const n of [1, 2, 3]) jobs.start(n);
    jobs.resume();
  },
  'a projection of queueMap': () =>
    void of(1, 2)
      .pipe(queueMap(() => of(look())))
      .subscribe(),
  'a handler of work': () => {
    const jobs = queue<number>();
    work(jobs, () => of(look())).subscribe();
    jobs.send(1).subscribe();
  },
  'what becomes of values that nobody receives': () => {
    channel<number>({ capacity: 1, overflow: 'dropNewest', onUndelivered: look }).cancel();
    const ch = channel<number>({ capacity: 1, overflow: 'dropOldest', onUndelivered: look });
    ch.trySend(1);
    ch.trySend(2);
  },
  'what merges two values': () => {
    const ch = channel<number>({ capacity: 1, conflate: look });
    ch.trySend(1);
    ch.trySend(2);
  },
  'what compares states': () => {
    stateOwner(0, { equal: () => look() < 0 })
      .write(1)
      .subscribe();
  },
  'a subscriber of a broadcast': () => {
    const news = broadcast<number>({ capacity: 1 });
    news.subscribe(look);
    news.trySend(1);
  },
  'a projection that is polled': () => void poll(full().receive().map(look)),
  'a case that is tried': () =>
    [full().receive().map(look), defer(() => of(look()))].forEach((a) => void trySelect({ a })),
  'a source that is asked for a value': () => {
    const values = function* (): Generator<number> {
      for (;;) yield look();
    };
    channelFrom(values()).tryReceive();
    channelFrom(values()).receive().subscribe();
    channelFrom(values(), { capacity: 2 }).tryReceive();
    poll(channelFrom(values()).receiveMany(2));
  },
  'a producer': () => {
    const body = function* (out: SendChannel<number>): Coroutine<void> {
      for (;;) yield* out.send(look());
    };
    produce(body).tryReceive();
    produce(body).receive().subscribe();
    flow(body).pipe(take(2)).subscribe();
  },
  'what compares the values of a queue': () => {
    const jobs = queue<number>({ order: (a, b) => a - b + look() });
    for (const n of [3, 1, 2]) jobs.trySend(n);
    jobs.tryReceive();
  },
  'what hears of dead letters': () => {
    const jobs = queue<number>({ maxAttempts: 1, onDeadLetter: look });
    jobs.trySend(1);
    jobs.lease().subscribe((delivery) => delivery.nack());
  },
  'what decides on another attempt': () => {
    until(throwError(() => new Error('no')))
      .withRetry({ attempts: 3, backoff: () => look() * 0, when: () => look() >= 0 })
      .subscribe({ error: look });
    const jobs = queue<number>();
    jobs.trySend(1);
    work(jobs, () => throwError(() => new Error('no')), { backoff: () => look() * 0 + 5000 })
      .subscribe()
      .unsubscribe();
  },
  'what an owner is asked': () => {
    const owner = stateOwner(0);
    owner.read(look).subscribe(look);
    owner.modify((n) => [n + 1, look()]).subscribe(look);
    owner.when(() => look() >= 0).subscribe(look);
    owner.when(() => look() < 0).subscribe(look);
    owner.select(look, () => look() > 1000).subscribe(look);
    owner.tell((n) => n + 1);
    owner.next(request.update((n: number) => n + look()));
    const requests = request.read((n: number) => n + look());
    requests.response.subscribe(look);
    owner.next(requests);
    owner.compareAndSet(0, 1).subscribe(look);
  },
  'the initial state of a key': () => void keyedStateOwner(look).of('a').read(look).subscribe(look),
  'a load that is shared': () => {
    const load = singleFlight((key: string) => of(`${key}${look()}`) as never);
    load('a').subscribe(look);
  },
  'the body of a group, and its children': () => {
    taskGroup(
      function* (group): Coroutine<void> {
        look();
        group.go(function* () {
          look();
          throw new Error('no');
        });
      },
      { onChildError: look },
    ).subscribe({ error: look });
    const scope = taskScope({ onChildError: look });
    scope.go(() => of(look()));
    scope.go(() => throwError(() => new Error(String(look()))));
    scope.close().subscribe({ error: look });
  },
  'work under a permit or a lock': () => {
    const one = semaphore(1);
    one.withPermit(() => of(look())).subscribe(look);
    one
      .withPermit(function* (): Coroutine<void> {
        look();
      })
      .subscribe(look);
    mutex()
      .withLock(() => of(look()))
      .subscribe(look);
    defer(() => of(look()))
      .pipe(withPermit(one))
      .subscribe(look);
  },
  'the clean-up of what is cancelled': () => {
    const body = function* (): Coroutine<void> {
      try {
        yield* sleep(1000);
      } finally {
        look();
      }
    };
    go(body).cancel().subscribe(look);
    coroutine(body).subscribe().unsubscribe();
    const jobs = jobQueue(body);
    jobs.start(1);
    jobs.cancel();
  },
  'who looks at a job queue': () => {
    const jobs = jobQueue(() => of(1));
    watch(jobs.active$, jobs.pending$, jobs.idle$, jobs.outcomes$);
    const job = jobs.start(1);
    watch(job.state$, job.results$, job, jobs.whenIdle());
    jobs.submit(1).subscribe(look);
    jobs.start(2);
  },
  'what operators ask, and tell of lost values': () => {
    const hooks = { key: look, onUndelivered: look };
    of(1, 2, 3)
      .pipe(queueMap(() => timer(1), { ...hooks, capacity: 1, overflow: 'dropNewest' }))
      .subscribe()
      .unsubscribe();
    const lossy = { overflow: 'dropOldest', onUndelivered: look } as const;
    of(1, 2, 3)
      .pipe(
        boundedBuffer(1, lossy),
        queueMap(() => timer(1)),
      )
      .subscribe()
      .unsubscribe();
    of(1, 2, 3)
      .pipe(sendTo(channel<number>(), { onUndelivered: look }))
      .subscribe(look)
      .unsubscribe();
    of(1, 2, 3)
      .pipe(shareBroadcast({ capacity: 1, overflow: 'dropOldest', onUndelivered: look }))
      .subscribe(look);
  },
  'what weighs, and what tells keys apart': () => {
    const weighed = channel<number>({ capacity: 3, weigh: () => look() + 1 });
    weighed.trySend(1);
    const keyed = channel<number>({ capacity: 3, conflateBy: look });
    keyed.trySend(1);
    keyed.trySend(2);
  },
  'observers of futures, gates and numbers': () => {
    const later = deferred<number>();
    later.subscribe(look);
    later.map(look).subscribe(look);
    later.resolve(1);
    later.subscribe(look);
    gather([later, until(of(1))]).subscribe(look);
    const open = gate();
    open.wait().subscribe(look);
    open.set();
    broadcast<number>().taps$.subscribe(look);
    channel<number>().close();
  },
  'the services of an engine': () => {
    const engine = memoryEngine();
    engine.serve('double', (n: number) => of(n + look())).subscribe();
    engine.call<number, number>('double')(1).subscribe(look);
    engine
      .owner('n', 0)
      .update((n) => n + look())
      .subscribe(look);
    engine.owner('n', 0).subscribe(look);
    engine.topic<number>('t').subscribe(look);
    engine.topic<number>('t').send(1).subscribe(look);
  },
};

/** Who looks has been there before; the effect has it called. */
const causes: Record<string, () => () => void> = {
  'an observer of a channel': () => {
    const ch = channel<number>();
    ch.subscribe(look);
    return () => ch.trySend(1);
  },
  'an observer of a receive': () => {
    const ch = channel<number>();
    ch.receive().map(look).subscribe(look);
    return () => ch.trySend(1);
  },
  'an observer of a future': () => {
    const later = deferred<number>();
    later.map(look).subscribe(look);
    return () => later.resolve(1);
  },
  'a coroutine': () => {
    const later = deferred<number>();
    go(function* () {
      yield* later;
      look();
    });
    return () => later.resolve(1);
  },
  'what a job queue tells': () => {
    const jobs = jobQueue(() => of(look()));
    watch(jobs.active$, jobs.pending$, jobs.idle$, jobs.outcomes$);
    return () => jobs.start(1);
  },
  'what a job tells': () => {
    const jobs = jobQueue(() => of(1));
    jobs.pause();
    const job = jobs.start(1);
    watch(job.state$, job.results$, job);
    return () => jobs.resume();
  },
  'a handler that waits for work': () => {
    const jobs = queue<number>();
    work(jobs, () => of(look())).subscribe(look);
    return () => jobs.trySend(1);
  },
  'a step that waits for its turn': () => {
    const owner = stateOwner(0);
    const slow = deferred<number>();
    owner.subscribe(look);
    owner.tell(() => slow);
    owner.tell(look);
    owner.when(() => look() > 1000).subscribe();
    return () => slow.resolve(1);
  },
  'a tap of a broadcast, and who counts them': () => {
    const news = broadcast<number>();
    news.taps$.subscribe(look);
    news.tap().subscribe(look);
    return () => {
      news.trySend(1);
      news.tap();
    };
  },
  'a source that is asked for more': () => {
    const values = channelFrom(
      (function* (): Generator<number> {
        for (;;) yield look();
      })(),
    );
    return () => {
      values.tryReceive();
      values.cancel();
    };
  },
  'work that waits for a permit': () => {
    const one = semaphore(1);
    const held = deferred<number>();
    one.withPermit(() => held).subscribe();
    one.withPermit(() => of(look())).subscribe(look);
    defer(() => of(look()))
      .pipe(withPermit(one))
      .subscribe(look);
    return () => held.resolve(1);
  },
  'the clean-up of a task': () => {
    const task = go(function* () {
      try {
        yield* sleep(1000);
      } finally {
        look();
      }
    });
    return () => task.cancel();
  },
  'an inner source that waits for its turn': () => {
    const first = deferred<number>();
    of(0, 1)
      .pipe(queueMap((n) => (n === 0 ? first : defer(() => of(look())))))
      .subscribe(look);
    return () => first.resolve(1);
  },
};

/** A channel with a value in it. */
function full(): Channel<number> {
  const ch = channel<number>(1);
  ch.trySend(1);
  return ch;
}

/** An effect that does `deed`, in whose course something looks, runs once. */
async function expectOneRun(deed: () => void): Promise<void> {
  await runMarblesAsync(async () => {
    let runs = 0;
    const before = looks;
    const { fixture, destroy } = bed(() => {
      effect(() => {
        runs++;
        deed();
      });
    });
    await fixture.whenStable();
    expect(looks).toBeGreaterThan(before);
    read.update((n) => n + 1);
    await fixture.whenStable();
    expect(runs).toBe(1);
    destroy();
  });
}

describe('after provideRxsluice an effect does not depend on what is read by', () => {
  it.each(Object.entries(deeds))('%s', (_name, deed) => expectOneRun(deed));

  it.each(Object.entries(causes))('%s, whoever has it called', (_name, prepare) => {
    TestBed.tick();
    return expectOneRun(prepare());
  });

  it('a coroutine that a computed signal wakes', () => {
    TestBed.tick();
    const ch = channel<number>();
    const seen: unknown[] = [];
    go(function* () {
      seen.push(yield* ch.receive(), look());
    });
    let runs = 0;
    const wakes = computed(() => {
      runs++;
      return ch.trySend(1);
    });
    wakes();
    read.update((n) => n + 1);
    wakes();
    expect([runs, seen[0]]).toEqual([1, 1]);
  });

  it('nothing any more, once the application is gone: the context is uninstalled', () => {
    TestBed.tick();
    expect(turn.ambient).not.toBeNull();
    TestBed.resetTestingModule();
    expect(turn.ambient).toBeNull();
  });
});
