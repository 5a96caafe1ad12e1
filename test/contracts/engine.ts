// What any Engine does, in memory or on a cluster: one suite for all of them. Each test gets the engines of two processes, which
// in memory are one. It assumes nothing of time or of scheduling: whatever is called may take a while to have its effect, and
// that something does not happen is only said when the engine has settled.
//
// What engines may do differently is named in `EngineDifferences`, and documented in docs/cluster.md. Nothing else is.

import { interval, NEVER, Observable, type ObservableInput, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type Coroutine,
  type DeadLetter,
  type Engine,
  type EngineDelivery,
  type EngineQueue,
  type EngineQueueOptions,
  go,
  type Operation,
  select,
  sleep,
  work,
} from '../../src/index.ts';
import { attempted, type ContractTest, LEASE_MS, Outcome, workQueueTests } from './work-queue.ts';

export interface EngineDifferences {
  /** A value that was given back unused comes with an attempt one higher. */
  readonly releaseCounts: boolean;
  /** Subscribers to an owner may miss states that were soon replaced. */
  readonly ownersConflate: boolean;
}

export interface EngineHarness {
  /** The engines of two processes, of a place that nobody else shares. They are closed after the test. */
  readonly make: () => readonly [one: Engine, other: Engine];
  /** Completes when all that was called has had its effect. */
  readonly settle: () => Operation<void>;
  /** Lets so much of the engine's time pass. */
  readonly pass: (ms: number) => Operation<void>;
  /** Runs a test to its end. It may be in a time of its own. */
  readonly run: (body: () => Promise<void>) => Promise<void>;
  readonly differences: EngineDifferences;
}

/** Puts an implementation through the contract. */
export function engineContract(name: string, harness: EngineHarness): void {
  describe(`${name}, as an engine`, () => {
    it.each([...engineTests(harness)])('$title', ({ body }) => body());
  });
  describe(`the queues of ${name}, as work queues`, () => {
    it.each([...workQueueTests(queuesOf(harness))])('$title', ({ body }) => body());
  });
}

/** Each test of a work queue gets one of an engine of its own. */
function queuesOf({ make, settle, pass, run }: EngineHarness): Parameters<typeof workQueueTests>[0] {
  let engines: readonly Engine[] = [];
  return {
    settle,
    pass,
    make: (options) => {
      engines = make();
      return engines[0]!.queue<string>('jobs', options);
    },
    run: (body) =>
      run(async () => {
        try {
          await body();
        } finally {
          for (const engine of engines) await engine.close().promise();
        }
      }),
  };
}

const shown = ({ value, attempt }: { value: unknown; attempt: number }): string => `${String(value)} #${attempt}`;
const lettered = ({ value, attempts, error }: DeadLetter<unknown>): string =>
  `${String(value)} after ${attempts}: ${error instanceof Error ? error.name : String(error)}`;

/** The tests, each for itself. */
export function engineTests({ make, settle, pass, run, differences }: EngineHarness): readonly ContractTest[] {
  const tests: ContractTest[] = [];
  const settled = (): Promise<void> => settle().promise();

  /** Stage of one test. */
  class Stage {
    readonly one: Engine;
    readonly other: Engine;
    constructor() {
      [this.one, this.other] = make();
    }

    settled = settled;
    pass = (ms: number): Promise<void> => pass(ms).promise();

    /** What is ready: it has to be there when the engine has settled. */
    ready = async <T>(operation: Operation<T>): Promise<T> => {
      const outcome = new Outcome(operation);
      for (let i = 0; i < 20 && outcome.text === 'waits'; i++) await settled();
      if (outcome.text !== 'done') throw new Error(`not ready: ${outcome.text}`, { cause: outcome.error });
      return outcome.value as T;
    };
    async send<T>(queue: EngineQueue<T>, ...values: T[]): Promise<void> {
      for (const value of values) await this.ready(queue.send(value));
    }
    lease<T>(queue: EngineQueue<T>): Promise<EngineDelivery<T>> {
      return this.ready(queue.lease());
    }
    /** The handles of both processes. */
    queues<T = string>(options?: EngineQueueOptions<T>): readonly [EngineQueue<T>, EngineQueue<T>] {
      return [this.one.queue<T>('jobs', options), this.other.queue<T>('jobs', options)];
    }
    async close(): Promise<void> {
      for (const engine of new Set([this.one, this.other])) await engine.close().promise();
    }
  }

  function test(title: string, body: (stage: Stage) => Promise<void>): void {
    tests.push({
      title,
      body: () =>
        run(async () => {
          const stage = new Stage();
          try {
            await body(stage);
          } finally {
            await stage.close();
          }
        }),
    });
  }

  // ───────────────────────────────────────────────────────────── names and options

  for (const name of ['', 'a b', 'a.b', 'a*', '>', 'a/b', 'a\\b', 'a\nb', 'a\u0000', 'a\ud800', 'x'.repeat(201)]) {
    test(`refuses the name ${JSON.stringify(name.slice(0, 20))} at the call`, ({ one }) => {
      for (const act of [
        () => one.queue(name),
        () => one.owner(name, 0),
        () => one.topic(name),
        () => one.call(name),
        () => one.serve(name, () => of(1)),
      ]) {
        expect(act).toThrow(TypeError);
      }
      return Promise.resolve();
    });
  }

  test('takes any other name, for a queue, an owner, a topic and a service at once', async ({ one, other, ready }) => {
    for (const name of ['a', 'über-uns', 'x'.repeat(200), "it's", '$JS', 'jobs|2', '日本']) {
      await ready(one.queue<number>(name).send(1));
      await ready(one.owner(name, 1).read());
      await ready(one.topic<number>(name, { replay: 1 }).send(1));
      const serving = one.serve(name, () => of(1)).subscribe();
      await settled();
      expect([await ready(other.queue(name).unfinished()), await ready(other.call(name)(0))]).toEqual([1, 1]);
      serving.unsubscribe();
    }
  });

  const wrong: readonly [string, (engine: Engine) => unknown, new () => Error][] = [
    ['capacity 0', (engine) => engine.queue('q', { capacity: 0 }), RangeError],
    ['capacity 1.5', (engine) => engine.queue('q', { capacity: 1.5 }), RangeError],
    ['maxAttempts 0', (engine) => engine.queue('q', { maxAttempts: 0 }), RangeError],
    ['leaseMs 0', (engine) => engine.queue('q', { leaseMs: 0 }), RangeError],
    ['leaseMs NaN', (engine) => engine.queue('q', { leaseMs: NaN }), RangeError],
    ['onDeadLetter that is no function', (engine) => engine.queue('q', { onDeadLetter: 1 as never }), TypeError],
    ['options that are null', (engine) => engine.queue('q', null as never), TypeError],
    ['options that are a number', (engine) => engine.topic('t', 5 as never), TypeError],
    ['replay -1', (engine) => engine.topic('t', { replay: -1 }), RangeError],
    ['timeout 0', (engine) => engine.call('s', { timeout: 0 }), RangeError],
    ['concurrency 0', (engine) => engine.serve('s', () => of(1), { concurrency: 0 }), RangeError],
    ['a handler that is no function', (engine) => engine.serve('s', of(1) as never), TypeError],
    ['a step that is no function', (engine) => engine.owner('o', 1).update(1 as never), TypeError],
  ];
  for (const [what, act, Wrong] of wrong) {
    test(`refuses ${what} at the call`, ({ one }) => {
      expect(() => act(one)).toThrow(Wrong);
      return Promise.resolve();
    });
  }

  test('shares the options of a name, and refuses others: TypeError', async ({ one }) => {
    one.queue('jobs', { capacity: 2, maxAttempts: 3 });
    one.topic('news', { replay: 2 });
    const acts = [
      () => one.queue('jobs'),
      () => one.queue('jobs', { capacity: 2 }),
      () => one.queue('jobs', { capacity: 3 }),
      () => one.queue('jobs', { leaseMs: 5 }),
      () => one.topic('news'),
      () => one.topic('news', { replay: 3 }),
    ].map(attempted);
    expect(acts).toEqual(['ok', 'ok', 'TypeError', 'TypeError', 'ok', 'TypeError']);
    await settled();
  });

  // ───────────────────────────────────────────────────────────── queues

  test('passes work from one process to another, each value to one worker', async (stage) => {
    const [sender, worker] = stage.queues<number>();
    for (let i = 0; i < 20; i++) await stage.ready(sender.send(i));
    const seen: number[] = [];
    const workers = [sender, worker].map((queue) =>
      work(queue, (n) => of(n), { concurrency: 2 }).subscribe((n) => seen.push(n)),
    );
    await stage.ready(sender.join());
    for (const each of workers) each.unsubscribe();
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test('passes every kind of value that is data', async (stage) => {
    const [sender, worker] = stage.queues<unknown>();
    const values = [undefined, null, 0, -1.5, '', 'ü\u0000', true, [], [1, [null]], { a: { b: [] } }];
    const seen: unknown[] = [];
    for (const value of values) {
      await stage.ready(sender.send(value));
      const delivery = await stage.lease(worker);
      seen.push(delivery.value);
      delivery.ack();
    }
    expect(seen).toEqual(values);
  });

  test('gives each sent value an id, the same at each delivery', async (stage) => {
    const [sender, worker] = stage.queues();
    await stage.send(sender, 'a', 'a');
    const [first, second] = [await stage.lease(worker), await stage.lease(worker)];
    first.nack();
    await settled();
    const again = await stage.lease(sender);
    expect([typeof first.id, again.id === first.id, second.id === first.id]).toEqual(['string', true, false]);
  });

  test('counts what is unfinished, everywhere: sent, leased, on its way back', async (stage) => {
    const [sender, worker] = stage.queues();
    const counts: number[] = [];
    const count = async (): Promise<void> => {
      await settled();
      counts.push(await stage.ready(sender.unfinished()));
    };
    await count();
    await stage.send(sender, 'a', 'b');
    await count();
    const [a, b] = [await stage.lease(worker), await stage.lease(worker)];
    await count();
    a.ack();
    await count();
    b.nack({ delay: LEASE_MS });
    await count();
    await stage.pass(2 * LEASE_MS);
    (await stage.lease(sender)).ack();
    await count();
    expect(counts).toEqual([0, 2, 2, 1, 1, 0]);
  });

  test('is full of what is unfinished, not only of what waits', async (stage) => {
    const [sender, worker] = stage.queues({ capacity: 2 });
    await stage.send(sender, 'a', 'b');
    const third = new Outcome(worker.send('c'));
    await settled();
    const seen = [third.text];
    const a = await stage.lease(sender);
    await settled();
    seen.push(third.text);
    a.ack();
    await stage.pass(LEASE_MS / 2);
    seen.push(third.text);
    expect(seen).toEqual(['waits', 'waits', 'done']);
    expect(await stage.ready(sender.unfinished())).toBe(2);
  });

  test('has room again when something is dead, too', async (stage) => {
    const [sender, worker] = stage.queues({ capacity: 1, maxAttempts: 1 });
    await stage.send(sender, 'a');
    const second = new Outcome(sender.send('b'));
    const a = await stage.lease(worker);
    const before = second.text;
    a.nack();
    await stage.pass(LEASE_MS / 2);
    expect([before, second.text]).toEqual(['waits', 'done']);
  });

  test('stores nothing of a send that was withdrawn while the queue was full', async (stage) => {
    const [sender, worker] = stage.queues({ capacity: 1 });
    await stage.send(sender, 'a');
    const withdrawn = new Outcome(sender.send('b'));
    await settled();
    withdrawn.withdraw();
    await settled();
    (await stage.lease(worker)).ack();
    await stage.pass(LEASE_MS / 2);
    expect([withdrawn.text, await stage.ready(sender.unfinished())]).toEqual(['waits', 0]);
  });

  test('gives back to the front what was not used', async (stage) => {
    const [sender, worker] = stage.queues();
    await stage.send(sender, 'a', 'b');
    (await stage.lease(worker)).release!();
    await settled();
    const again = await stage.lease(sender);
    expect(shown(again)).toBe(differences.releaseCounts ? 'a #2' : 'a #1');
  });

  test('a release after the settlement does nothing', async (stage) => {
    const [sender, worker] = stage.queues();
    await stage.send(sender, 'a');
    const delivery = await stage.lease(worker);
    delivery.ack();
    delivery.release!();
    await settled();
    expect(await stage.ready(sender.unfinished())).toBe(0);
  });

  test('keeps a dead letter, with its value, its attempts and its error, until somebody takes it', async (stage) => {
    const told: string[] = [];
    const [sender, worker] = stage.queues({ maxAttempts: 2, onDeadLetter: (letter) => told.push(lettered(letter)) });
    await stage.send(sender, 'a');
    for (const attempt of [1, 2]) {
      (await stage.lease(worker)).nack({ error: new RangeError(`attempt ${attempt}`) });
      await settled();
    }
    await stage.ready(sender.join());
    const letters = sender.deadLetters();
    const letter = await stage.ready(letters.receive());
    letters.cancel();
    expect([told, lettered(letter), (letter.error as Error).message]).toEqual([
      ['a after 2: RangeError'],
      'a after 2: RangeError',
      'attempt 2',
    ]);
  });

  test('gives each dead letter to one reader, and leaves it to others when that one goes', async (stage) => {
    const [sender, worker] = stage.queues({ maxAttempts: 1 });
    const [gone, first, second] = [sender.deadLetters(), sender.deadLetters(), worker.deadLetters()];
    const waiting = new Outcome(gone.receive());
    await settled();
    gone.cancel();
    await stage.send(sender, 'a', 'b');
    for (let i = 0; i < 2; i++) (await stage.lease(worker)).nack({ error: 'no' });
    await settled();
    const seen = [(await stage.ready(first.receive())).value, (await stage.ready(second.receive())).value];
    const none = new Outcome(first.receive());
    await settled();
    expect([waiting.text, seen.sort(), none.text]).toEqual(['CancelledError', ['a', 'b'], 'waits']);
  });

  test('ends its dead letters when it is closed, settled, and the last was taken', async (stage) => {
    const [sender, worker] = stage.queues({ maxAttempts: 1 });
    await stage.send(sender, 'a');
    const delivery = await stage.lease(worker);
    const letters = worker.deadLetters();
    const ended = new Outcome(letters.whenEnded());
    sender.close();
    await stage.pass(LEASE_MS);
    const seen = [ended.text];
    delivery.nack({ error: 'no' });
    await stage.pass(LEASE_MS);
    seen.push(ended.text);
    seen.push(shown({ value: (await stage.ready(letters.receive())).value, attempt: 1 }));
    await stage.ready(letters.whenEnded());
    seen.push((await stage.ready(letters.receiveResult())).ok ? 'more' : 'ended');
    expect(seen).toEqual(['waits', 'waits', 'a #1', 'ended']);
  });

  test('is closed for everybody: later sends fail, and those that wait; what is there is still delivered', async (stage) => {
    const [one, other] = stage.queues({ capacity: 1 });
    const closed = new Outcome(other.whenClosed());
    await stage.send(one, 'a');
    const waiting = new Outcome(other.send('b'));
    await settled();
    const before = closed.text;
    one.close();
    await stage.pass(LEASE_MS);
    const late = [new Outcome(one.send('c')), new Outcome(other.send('d'))];
    await stage.pass(LEASE_MS);
    const a = await stage.lease(other);
    a.ack();
    await stage.ready(one.join());
    const ends = [new Outcome(one.lease()), new Outcome(other.lease())];
    await stage.pass(LEASE_MS);
    expect([
      before,
      closed.text,
      waiting.text,
      ...late.map(({ text }) => text),
      ...ends.map(({ text }) => text),
    ]).toEqual(['waits', 'done', ...Array.from({ length: 5 }, () => 'ClosedError')]);
  });

  test('closed with a cause: tells it everywhere', async (stage) => {
    const [one, other] = stage.queues();
    one.close(new RangeError('enough'));
    await stage.pass(LEASE_MS);
    const ends = [new Outcome(one.lease()), new Outcome(other.lease())];
    await stage.pass(LEASE_MS);
    expect(ends.map(({ error }) => `${(error as Error).name}: ${(error as Error).message}`)).toEqual([
      'RangeError: enough',
      'RangeError: enough',
    ]);
  });

  test('lets work end: of a closed queue, when all is settled', async (stage) => {
    const [one, other] = stage.queues();
    await stage.send(one, 'a', 'b', 'c');
    const seen: string[] = [];
    const worked = [one, other].map((queue) =>
      work(queue, (value) => of(value)).subscribe({
        next: (value) => seen.push(value),
        complete: () => seen.push('complete'),
        error: (error: unknown) => seen.push(String(error)),
      }),
    );
    one.close();
    await stage.pass(2 * LEASE_MS);
    for (const each of worked) each.unsubscribe();
    expect(seen.sort()).toEqual(['a', 'b', 'c', 'complete', 'complete']);
  });

  test('takes nothing from the queue whose case of a select loses', async (stage) => {
    const [one] = stage.queues();
    const second = stage.one.queue<string>('second');
    const chosen = new Outcome(
      select({ one: one.lease(), second: second.lease() }),
      ({ key, value }) => `${key} ${value.value}`,
    );
    await settled();
    await stage.send(second, 'b');
    await settled();
    await stage.send(one, 'a');
    await settled();
    const left = await stage.lease(one);
    expect([chosen.text, left.value]).toEqual(['second b', 'a']);
  });

  // ───────────────────────────────────────────────────────────── owners

  test('begins as told, and keeps what was made of it', async ({ one, other, ready }) => {
    const mine = one.owner('state', { n: 1 });
    expect(await ready(mine.read())).toEqual({ n: 1 });
    expect(await ready(mine.update(({ n }) => ({ n: n + 1 })))).toEqual({ n: 2 });
    expect(await ready(other.owner('state', { n: 7 }).read())).toEqual({ n: 2 });
    expect(mine.value).toEqual({ n: 2 });
  });

  test('counts every increment of two processes once', async ({ one, other, ready }) => {
    const owners = [one.owner('count', 0), other.owner('count', 0)] as const;
    const tasks = Array.from({ length: 100 }, (_, i) => go(owners[i % 2 === 0 ? 0 : 1].update((n) => n + 1)));
    const answers: number[] = [];
    for (const task of tasks) answers.push(await ready(task));
    expect(answers.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(await ready(owners[1].read())).toBe(100);
  });

  test('modify answers what its step says of the state it found', async ({ one, ready }) => {
    const owner = one.owner('ids', 5);
    expect(await ready(owner.modify((n) => [n + 1, `was ${n}`]))).toBe('was 5');
    expect(await ready(owner.read())).toBe(6);
  });

  test('a step that throws, and one that does not answer with a pair, change nothing and fail alone', async ({
    one,
    ready,
  }) => {
    const owner = one.owner('n', 1);
    const failed = [
      new Outcome(
        owner.update(() => {
          throw new RangeError('no');
        }),
      ),
      new Outcome(owner.modify(() => 5 as never)),
    ];
    const fine = new Outcome(owner.update((n) => n + 1));
    await settled();
    expect([...failed.map(({ text }) => text), fine.text, await ready(owner.read())]).toEqual([
      'RangeError',
      'TypeError',
      'done',
      2,
    ]);
  });

  test('does nothing before an update is subscribed', async ({ one, ready }) => {
    const owner = one.owner('n', 1);
    owner.update((n) => n + 1);
    owner.modify((n) => [n + 1, n]);
    await settled();
    expect(await ready(owner.read())).toBe(1);
  });

  test('tells subscribers of all processes the state there is, then what it becomes', async ({ one, other, ready }) => {
    const [mine, theirs] = [one.owner('n', 1), other.owner('n', 1)];
    await ready(mine.update(() => 2));
    await settled();
    await ready(theirs.read());
    const seen: number[][] = [[], []];
    const subscriptions = [mine, theirs].map((owner, i) => owner.subscribe((n) => seen[i]!.push(n)));
    const first = seen.map(([n]) => n);
    for (let n = 3; n < 6; n++) {
      await ready((n === 4 ? theirs : mine).update(() => n));
      await settled();
    }
    for (const each of subscriptions) each.unsubscribe();
    await ready(mine.update(() => 9));
    await settled();
    expect(first).toEqual([2, 2]);
    if (differences.ownersConflate) expect(seen.map((states) => states.at(-1))).toEqual([5, 5]);
    else
      expect(seen).toEqual([
        [2, 3, 4, 5],
        [2, 3, 4, 5],
      ]);
  });

  // ───────────────────────────────────────────────────────────── topics

  test('brings every value of a topic to all who are subscribed, in one order', async ({ one, other, ready }) => {
    const topics = [one.topic<number>('news'), other.topic<number>('news')];
    const seen: number[][] = [[], [], []];
    const subscriptions = [topics[0]!, topics[1]!, topics[1]!].map((topic, i) =>
      topic.subscribe((n) => seen[i]!.push(n)),
    );
    await settled();
    for (const n of [1, 2, 3]) await ready(topics[0]!.send(n));
    await settled();
    subscriptions[2]!.unsubscribe();
    await ready(topics[0]!.send(4));
    await settled();
    expect(seen).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [1, 2, 3],
    ]);
  });

  test('replays the last values to who comes later, then goes on', async ({ one, other, ready }) => {
    const [mine, theirs] = [one.topic<number>('news', { replay: 2 }), other.topic<number>('news', { replay: 2 })];
    for (const n of [1, 2, 3]) await ready(mine.send(n));
    const seen: number[] = [];
    theirs.subscribe((n) => seen.push(n));
    await settled();
    await ready(mine.send(4));
    await settled();
    expect(seen).toEqual([2, 3, 4]);
  });

  test('a topic without subscribers takes what is sent, and forgets it', async ({ one, ready }) => {
    const topic = one.topic<number>('news');
    await ready(topic.send(1));
    const seen: number[] = [];
    topic.subscribe((n) => seen.push(n));
    await settled();
    expect(seen).toEqual([]);
  });

  // ───────────────────────────────────────────────────────────── services

  test('fails a call at once if nobody serves it', async ({ one }) => {
    const call = new Outcome(one.call('thumb')(1));
    await settled();
    expect([call.text, (call.error as { service?: string }).service]).toEqual(['NobodyServesError', 'thumb']);
  });

  const handlers: readonly [string, (n: number) => Coroutine<unknown> | ObservableInput<unknown>, unknown][] = [
    ['a coroutine', function* (n) { yield* sleep(1); return n + 1; }, 2], // prettier-ignore
    ['an observable’s last value', (n) => of(5, 6, n + 6), 7],
    ['a promise', (n) => Promise.resolve(n + 2), 3],
    ['an operation', (n) => sleep(1).map(() => n + 3), 4],
    ['an observable without a value', () => of(), undefined],
    ['undefined', () => of(undefined), undefined],
  ];
  for (const [what, handler, answer] of handlers) {
    test(`answers with what the handler returns: ${what}`, async ({ one, other, ready }) => {
      one.serve<number, unknown>('calc', handler).subscribe();
      await settled();
      const call = other.call<number, unknown>('calc')(1);
      const asked = ready(call);
      await pass(10).promise();
      expect(await asked).toBe(answer);
    });
  }

  test('fails a call with what its handler fails with, and goes on serving', async ({ one, other, ready }) => {
    one
      .serve<number, number>('calc', (n) => (n > 0 ? of(n) : throwError(() => new RangeError('not below 1'))))
      .subscribe();
    one.serve<number, number>('odd', () => {
      throw new RangeError('at once');
    }).subscribe(); // prettier-ignore
    await settled();
    const calls = [new Outcome(other.call('calc')(0)), new Outcome(other.call('odd')(0))];
    await settled();
    expect([...calls.map(({ error }) => (error as Error).message), calls[0]!.text]).toEqual([
      'not below 1',
      'at once',
      'RangeError',
    ]);
    expect(await ready(other.call('calc')(1))).toBe(1);
  });

  test('does nothing before a call is subscribed, and calls anew at each performance', async ({
    one,
    other,
    ready,
  }) => {
    let calls = 0;
    one.serve('count', () => of(++calls)).subscribe();
    await settled();
    const call = other.call('count')(0);
    await settled();
    const before = calls;
    expect([before, await ready(call), await ready(call)]).toEqual([0, 1, 2]);
  });

  test('gives each call to one of those who serve', async ({ one, other, ready }) => {
    const served = [0, 0];
    one.serve('s', () => of(++served[0]!)).subscribe();
    other.serve('s', () => of(++served[1]!)).subscribe();
    await settled();
    for (let i = 0; i < 40; i++) await ready(one.call('s')(i));
    expect([served[0]! + served[1]!, served[0]! > 0, served[1]! > 0]).toEqual([40, true, true]);
  });

  test('runs at most `concurrency` handlers at once, and the others in order', async ({ one, other }) => {
    let running = 0;
    let most = 0;
    const order: number[] = [];
    one
      .serve<number, number>(
        's',
        function* (n) {
          order.push(n);
          most = Math.max(most, ++running);
          yield* sleep(20);
          running--;
          return n;
        },
        { concurrency: 2 },
      )
      .subscribe();
    await settled();
    const calls: Outcome<unknown>[] = [];
    for (let n = 0; n < 6; n++) calls.push(new Outcome(other.call<number, number>('s')(n)));
    await pass(200).promise();
    await settled();
    expect([most, order, calls.map(({ text }) => text)]).toEqual([2, [0, 1, 2, 3, 4, 5], calls.map(() => 'done')]);
  });

  test('gives up a call after its timeout, and cancels the handler', async ({ one, other }) => {
    const seen: string[] = [];
    one
      .serve('slow', function* (_, { signal }) {
        signal.addEventListener('abort', () => seen.push('aborted'));
        try {
          yield* sleep(60_000);
        } finally {
          seen.push('cleaned up');
        }
      })
      .subscribe();
    await settled();
    const call = new Outcome(other.call('slow', { timeout: LEASE_MS / 2 })({}));
    await pass(LEASE_MS / 10).promise();
    const before = call.text;
    await pass(LEASE_MS / 2).promise();
    await settled();
    expect([before, call.text, seen.sort()]).toEqual(['waits', 'TimeoutError', ['aborted', 'cleaned up']]);
  });

  test('cancels the handler of a call that is withdrawn', async ({ one, other }) => {
    let unsubscribed = 0;
    one.serve('slow', () => new Observable(() => () => unsubscribed++)).subscribe();
    await settled();
    const call = new Outcome(other.call('slow')(1));
    await settled();
    const before = unsubscribed;
    call.withdraw();
    await settled();
    expect([before, unsubscribed]).toEqual([0, 1]);
  });

  test('who leaves cancels what it runs, and what waited for it is served by others', async ({ one, other }) => {
    const first = one.serve('s', () => NEVER, { concurrency: 1 }).subscribe();
    await settled();
    const [running, waiting] = [new Outcome(one.call('s')(1)), new Outcome<unknown>(one.call('s')(2), String)];
    await settled();
    other.serve<number, number>('s', (n) => of(n * 10)).subscribe();
    await settled();
    first.unsubscribe();
    await settled();
    expect([running.text, waiting.text]).toEqual(['CancelledError', '20']);
  });

  test('whoever waited for one who leaves, and there is no other, is told: NobodyServesError', async ({
    one,
    other,
  }) => {
    const first = one.serve('s', () => NEVER, { concurrency: 1 }).subscribe();
    await settled();
    const [running, waiting] = [new Outcome(other.call('s')(1)), new Outcome(other.call('s')(2))];
    await settled();
    first.unsubscribe();
    await settled();
    expect([running.text, waiting.text]).toEqual(['CancelledError', 'NobodyServesError']);
  });

  // ───────────────────────────────────────────────────────────── the end of an engine

  test('closed: what was leased goes back, and its deliveries are stale', async (stage) => {
    const [mine] = stage.queues();
    await stage.send(mine, 'a');
    const delivery = await stage.lease(mine);
    await stage.ready(stage.one.close());
    expect([() => delivery.ack(), () => delivery.nack(), () => delivery.extend()].map(attempted)).toEqual(
      Array.from({ length: 3 }, () => 'StaleDeliveryError'),
    );
    if (stage.other === stage.one) return;
    expect((await stage.lease(stage.other.queue<string>('jobs'))).value).toBe('a');
  });

  test('closed: who waits fails with CancelledError, who comes later with ClosedError', async (stage) => {
    const [queue] = stage.queues({ capacity: 1 });
    const empty = stage.one.queue<string>('empty');
    const owner = stage.one.owner('o', 1);
    const topic = stage.one.topic('t');
    stage.one.serve('never', () => NEVER, { concurrency: 1 }).subscribe();
    await stage.send(queue, 'a');
    await settled();
    const asks = [
      () => queue.send('b'),
      () => empty.lease(),
      () => queue.join(),
      () => queue.whenClosed(),
      () => queue.deadLetters().receive(),
      () => stage.one.call('never')(1),
      () => stage.one.call('never')(2),
    ];
    const waiting = asks.map((ask) => new Outcome<unknown>(ask()));
    await settled();
    const before = waiting.map(({ text }) => text);
    await stage.ready(stage.one.close());
    await settled();
    const later = [
      ...[() => queue.send('b'), () => empty.lease(), () => queue.join(), () => queue.whenClosed()],
      () => queue.deadLetters().receive(),
      ...[() => queue.unfinished(), () => owner.read(), () => owner.update((n) => n), () => topic.send(1)],
      ...[
        () => stage.one.call('never')(1),
        () => stage.one.queue('new').send(1),
        () => stage.one.owner('new', 1).read(),
      ],
    ].map((ask) => new Outcome<unknown>(ask()));
    await settled();
    expect([before, waiting.map(({ text }) => text), later.map(({ text }) => text)]).toEqual([
      asks.map(() => 'waits'),
      asks.map(() => 'CancelledError'),
      later.map(() => 'ClosedError'),
    ]);
  });

  test('closed: workers who wait fail with CancelledError', async ({ one, ready }) => {
    const seen: unknown[] = [];
    work(one.queue<string>('empty'), () => of(1)).subscribe({
      error: (error: unknown) => seen.push((error as Error).name),
    });
    await settled();
    await ready(one.close());
    await settled();
    expect(seen).toEqual(['CancelledError']);
  });

  test('closed: subscribers and those who serve complete', async ({ one, ready }) => {
    const seen: string[] = [];
    const sources = { owner: one.owner('o', 1), topic: one.topic('t'), service: one.serve('s', () => of(1)) };
    for (const [name, source] of Object.entries(sources)) source.subscribe({ complete: () => seen.push(name) });
    await settled();
    await ready(one.close());
    one.serve('s', () => of(1)).subscribe({ complete: () => seen.push('late') });
    await settled();
    expect(seen.sort()).toEqual(['late', 'owner', 'service', 'topic']);
  });

  test('closed: has ended when its handlers have cleaned up; closing twice is closing once', async ({ one }) => {
    const seen: string[] = [];
    one
      .serve('slow', function* () {
        try {
          yield* sleep(60_000);
        } finally {
          yield* sleep(100);
          seen.push('cleaned up');
        }
      })
      .subscribe();
    await settled();
    const call = new Outcome(one.call('slow')(1));
    await settled();
    const closings = [new Outcome(one.close()), new Outcome(one.close())];
    seen.push(...closings.map(({ text }) => text));
    await pass(200).promise();
    await settled();
    seen.push(...closings.map(({ text }) => text), call.text);
    expect(seen).toEqual(['waits', 'waits', 'cleaned up', 'done', 'done', 'CancelledError']);
  });

  test('closed: touches nothing that is stored', async ({ one, other, ready }) => {
    if (one === other) return;
    await ready(one.queue<string>('jobs').send('a'));
    await ready(one.owner('o', 0).update(() => 5));
    await ready(one.close());
    expect([await ready(other.queue('jobs').unfinished()), await ready(other.owner('o', 0).read())]).toEqual([1, 5]);
  });

  test('leaves nothing running: a program that ticks beside it is not held up', async ({ one, ready }) => {
    let ticks = 0;
    const ticking = interval(1).subscribe(() => ticks++);
    const queue = one.queue<number>('jobs');
    for (let i = 0; i < 50; i++) await ready(queue.send(i));
    await pass(20).promise();
    ticking.unsubscribe();
    expect(ticks).toBeGreaterThan(3);
  });

  return tests;
}
