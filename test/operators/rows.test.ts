// One table of rows for all operators: what each makes of a source that never emits, of one that is empty, of many values,
// of an error, of a source that its consumer feeds; what it does when it is full, and when its consumer is slow; and that one may
// leave in any frame.

import { type Observable, type OperatorFunction, pipe, take, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  abortSignalFrom,
  boundedBuffer,
  channel,
  channelFrom,
  type Coroutine,
  queueMap,
  type QueueMapOptions,
  semaphore,
  sendTo,
  takeUntilAborted,
  toAsyncIterable,
  toReadableStream,
  withPermit,
} from '../../src/index.ts';
import { Endless } from './endless.ts';
import { World } from './world.ts';

const SCRIPTS = {
  never: ['', '', ''],
  empty: ['', '|'],
  one: ['', 'a', '|'],
  many: ['', 'a', '', 'b', 'c', '', '|'],
  error: ['', 'a', '', '#'],
  'all at once': ['', 'abcd', '|'],
};

type Rows = Record<keyof typeof SCRIPTS, string>;

interface Joined {
  readonly leave: () => void;
  /** What is held on behalf of the one who listens. Once it has left, or all has ended: 0. */
  readonly held?: () => number;
}

interface Case {
  readonly name: string;
  /** Joins the source to one who listens. */
  readonly join: (world: World) => Joined;
  /** What is told in the end, with the frame of each word. */
  readonly rows: Rows;
  /** What is reported undelivered of all at once. */
  readonly lost?: readonly string[];
  /** When the source is subscribed and left, of many; and of never. */
  readonly subscribed?: string;
  readonly forever?: string;
  /** What is told of a source that its consumer feeds: `a` makes it emit `b`, and that `c`. */
  readonly fed?: string;
  /** Who leaves does so at the next word, or cannot leave at all. */
  readonly leaves?: 'later' | 'never';
  /** Values that wait when somebody leaves are forgotten, for there is nobody to report them to. */
  readonly forgets?: true;
}

/** An operator, and one who listens. */
function piped(
  name: string,
  make: (world: World) => OperatorFunction<string, string>,
  rest: Omit<Case, 'name' | 'join'> & { readonly held?: () => number },
): Case {
  const { held = () => 0, ...others } = rest;
  return {
    name,
    join: (world) => {
      const subscription = world.source.pipe(make(world)).subscribe(world.out);
      return { leave: () => subscription.unsubscribe(), held };
    },
    ...others,
  };
}

/** Emits as it comes. */
const AS_IS: Rows = {
  never: '',
  empty: '1 |',
  one: '1 a, 2 |',
  many: '1 a, 3 b, 4 c, 6 |',
  error: '1 a, 3 #source',
  'all at once': '1 a, 1 b, 1 c, 1 d, 2 |',
};

/** One after the other, each of which takes two frames. */
const ONE_BY_ONE: Rows = {
  never: '',
  empty: '1 |',
  one: '3 a, 3 |',
  many: '3 a, 5 b, 7 c, 7 |',
  // The source errs first, in this frame.
  error: '3 #source',
  'all at once': '3 a, 5 b, 7 c, 9 d, 9 |',
};
const TWO_AT_ONCE: Rows = { ...ONE_BY_ONE, many: '3 a, 5 b, 6 c, 6 |', 'all at once': '3 a, 3 b, 5 c, 5 d, 5 |' };

const FED = '1 a, 1 b, 1 c';

const work =
  (world: World) =>
  (value: string): Observable<string> =>
    world.work(2, value);

const CASES: readonly Case[] = [
  piped('queueMap', (world) => queueMap(work(world), { onUndelivered: world.onUndelivered }), {
    rows: ONE_BY_ONE,
    fed: '3 a, 5 b, 7 c',
  }),
  piped(
    'queueMap, two at once',
    (world) => queueMap(work(world), { concurrency: 2, onUndelivered: world.onUndelivered }),
    { rows: TWO_AT_ONCE },
  ),
  piped(
    'queueMap, in order of the source',
    (world) => queueMap(work(world), { concurrency: 2, order: 'source', onUndelivered: world.onUndelivered }),
    { rows: TWO_AT_ONCE },
  ),
  piped('queueMap, full', (world) => queueMap(work(world), { capacity: 1, onUndelivered: world.onUndelivered }), {
    rows: { ...ONE_BY_ONE, 'all at once': '1 #OverflowError' },
    lost: ['c dropped', 'b cancelled'],
  }),
  piped(
    'queueMap, save the latest',
    (world) => queueMap(work(world), { capacity: 1, overflow: 'dropOldest', onUndelivered: world.onUndelivered }),
    { rows: { ...ONE_BY_ONE, 'all at once': '3 a, 5 d, 5 |' }, lost: ['b evicted', 'c evicted'] },
  ),
  piped('boundedBuffer', () => boundedBuffer(1, { overflow: 'fail' }), { rows: AS_IS, fed: FED }),
  piped(
    'boundedBuffer before a slow consumer',
    (world) =>
      pipe(boundedBuffer(2, { overflow: 'dropOldest', onUndelivered: world.onUndelivered }), queueMap(work(world))),
    {
      // The error waits until the one value that is buffered has been taken.
      rows: { ...ONE_BY_ONE, 'all at once': '3 a, 5 c, 7 d, 7 |' },
      lost: ['b evicted'],
      fed: '3 a, 5 b, 7 c',
    },
  ),
  {
    name: 'boundedBuffer on a scheduler, which runs every other frame',
    join: (world) => {
      const scheduler = new VirtualTimeScheduler();
      for (let frame = 1; frame < 20; frame += 2) world.at(frame, () => scheduler.flush());
      const subscription = world.source
        .pipe(boundedBuffer(2, { overflow: 'dropNewest', onUndelivered: world.onUndelivered, scheduler }))
        .subscribe(world.out);
      return { leave: () => subscription.unsubscribe() };
    },
    rows: {
      ...AS_IS,
      one: '1 a, 3 |',
      many: '1 a, 3 b, 5 c, 7 |',
      'all at once': '1 a, 1 b, 3 |',
    },
    lost: ['c dropped', 'd dropped'],
    fed: FED,
  },
  {
    name: 'withPermit',
    join: (world) => {
      const permits = semaphore(1);
      const subscription = world.source.pipe(withPermit(permits)).subscribe(world.out);
      return { leave: () => subscription.unsubscribe(), held: () => 1 - permits.available };
    },
    rows: AS_IS,
    fed: FED,
  },
  {
    name: 'withPermit, in line until frame 2',
    join: (world) => {
      const permits = semaphore(1);
      permits.tryAcquire();
      world.at(2, () => permits.release());
      const subscription = world.source.pipe(withPermit(permits)).subscribe(world.out);
      return { leave: () => subscription.unsubscribe(), held: () => (world.frame < 2 ? 0 : 1 - permits.available) };
    },
    rows: { never: '', empty: '', one: '', many: '3 b, 4 c, 6 |', error: '3 #source', 'all at once': '' },
    subscribed: '^2 !6',
    forever: '^2',
  },
  piped('sendTo', () => sendTo(channel(Infinity)), { rows: AS_IS, fed: FED, forgets: true }),
  {
    name: 'sendTo, whose channel is received from every third frame',
    join: (world) => {
      const ch = channel<string>();
      for (let frame = 3; frame < 20; frame += 3) world.at(frame, () => ch.tryReceive());
      const subscription = world.source.pipe(sendTo(ch)).subscribe(world.out);
      return { leave: () => subscription.unsubscribe(), held: () => ch.statistics().waitingSenders };
    },
    rows: {
      ...AS_IS,
      one: '3 a, 3 |',
      many: '3 a, 6 b, 9 c, 9 |',
      error: '3 a, 3 #source',
      'all at once': '3 a, 6 b, 9 c, 12 d, 12 |',
    },
    fed: '3 a, 6 b, 9 c',
    forgets: true,
  },
  {
    name: 'takeUntilAborted',
    join: (world) => {
      const { signal, held } = counted();
      const subscription = world.source.pipe(takeUntilAborted(signal)).subscribe(world.out);
      return { leave: () => subscription.unsubscribe(), held };
    },
    rows: AS_IS,
    fed: FED,
  },
  {
    name: 'toAsyncIterable',
    join: (world) => {
      const { onUndelivered } = world;
      return iterated(toAsyncIterable(world.source, { onUndelivered }), world);
    },
    rows: AS_IS,
    fed: FED,
    leaves: 'later',
  },
  {
    name: 'toAsyncIterable of the newest, whose loop takes three frames',
    join: (world) => {
      const { onUndelivered } = world;
      return iterated(toAsyncIterable(world.source, { capacity: 1, overflow: 'dropOldest', onUndelivered }), world, 3);
    },
    rows: {
      ...AS_IS,
      one: '1 a, 4 |',
      many: '1 a, 4 c, 7 |',
      error: '1 a, 4 #source',
      'all at once': '1 a, 4 d, 7 |',
    },
    lost: ['b evicted', 'c evicted'],
    leaves: 'later',
  },
  {
    name: 'toReadableStream',
    join: (world) => {
      const { onUndelivered } = world;
      const ch = channelFrom(world.source, { capacity: Infinity, onUndelivered });
      const reader = toReadableStream(ch).getReader();
      void tellAll({ next: () => reader.read() }, world);
      return { leave: () => void reader.cancel() };
    },
    rows: AS_IS,
    fed: FED,
    leaves: 'later',
  },
  {
    name: 'abortSignalFrom',
    join: (world) => {
      const signal = abortSignalFrom(world.source);
      signal.onabort = () => world.out.next(signal.reason);
      return { leave: () => undefined };
    },
    rows: { never: '', empty: '', one: '1 a', many: '1 a', error: '1 a', 'all at once': '1 a' },
    subscribed: '^0 !1',
    leaves: 'never',
  },
];

/** A signal, and how many listen to it. */
function counted(): { signal: AbortSignal; held: () => number } {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>): void => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
    listeners--;
    remove(...args);
  };
  return { signal, held: () => listeners };
}

/** A loop whose body takes so many frames. */
function iterated(values: AsyncIterableIterator<string>, world: World, pause = 0): Joined {
  const next = async (): Promise<IteratorResult<string>> => {
    const result = await values.next();
    return result;
  };
  void tellAll({ next }, world, pause);
  return { leave: () => void values.return?.() };
}

async function tellAll(
  values: { next: () => Promise<{ done?: boolean; value?: string | undefined }> },
  world: World,
  pause = 0,
): Promise<void> {
  try {
    for (;;) {
      const next = await values.next();
      if (next.done === true) break;
      world.out.next(next.value);
      if (pause > 0) await new Promise<void>((resolve) => world.at(world.frame + pause, resolve));
    }
    world.out.complete();
  } catch (error) {
    world.out.error(error);
  }
}

async function run(script: readonly string[], { join }: Case, leaves = Infinity): Promise<[World, Joined]> {
  const world = new World();
  const joined = join(world);
  await world.play(script, () => {
    if (world.frame === leaves) joined.leave();
  });
  return [world, joined];
}

describe.each(CASES)('2.13, 2.14, 6.1, 9 rows of $name', (operator) => {
  const { rows, lost = [], subscribed = '^0 !6', forever = '^0', fed, leaves, forgets } = operator;

  it.each(Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[])('%s', async (row) => {
    const [world, { held = () => 0 }] = await run(SCRIPTS[row], operator);
    expect(world.told.join(', ')).toBe(rows[row]);
    if (row === 'all at once') expect(world.lost).toEqual(lost);
    if (row === 'many') expect(world.subscribed.join(' ')).toBe(subscribed);
    if (row === 'never') expect(world.subscribed.join(' ')).toBe(forever);
    if (/[|#]/.test(rows[row])) expect(held()).toBe(0);
  });

  if (fed !== undefined) {
    it('a source that its consumer feeds', async () => {
      const world = new World();
      const { next } = world.out;
      world.out.next = (value) => {
        next(value);
        if (value === 'a') world.say('b');
        if (value === 'b') world.say('c');
      };
      operator.join(world);
      await world.play(['', 'a']);
      expect(world.told.join(', ')).toBe(fed);
    });
  }

  if (leaves !== 'never') {
    it.each([0, 1, 2, 3, 4, 5, 6, 7])(
      'left in frame %i: it hears nothing more, and nothing stays behind',
      async (at) => {
        for (const row of ['many', 'all at once', 'never'] as const) {
          const [whole] = await run(SCRIPTS[row], operator);
          const [world, { held = () => 0 }] = await run(SCRIPTS[row], operator, at);
          const until = (lines: readonly string[], last: number): string[] =>
            lines.filter((line) => Number.parseInt(line) <= last);
          if (leaves === 'later') {
            // A promise that was kept in this frame is heard of; then the loop ends.
            expect(until(world.told, at - 1)).toEqual(until(whole.told, at - 1));
            expect(world.told.filter((line) => !line.endsWith('|')).slice(until(whole.told, at).length)).toEqual([]);
          } else {
            expect(world.told).toEqual(until(whole.told, at));
          }
          // The source is left in this frame, unless it had ended, or had not been subscribed.
          for (const mark of world.subscribed) expect(Number(mark.slice(1))).toBeLessThanOrEqual(at);
          expect(world.subscribed.length % 2).toBe(0);
          expect(held()).toBe(0);
          if (forgets === true) continue;
          // Each value was handed on, or is reported, once.
          const heard = world.told.filter((line) => /[a-d]$/.test(line)).map((line) => line.slice(-1));
          const handed = world.begun.length > 0 ? world.begun : heard;
          expect([...handed, ...world.lost.map((line) => line.charAt(0))].sort()).toEqual([...world.said].sort());
        }
      },
    );
  }
});

describe('how much waits: four values that come all at once meet', () => {
  const queue =
    (capacity: number, overflow: QueueMapOptions<string>['overflow'] = 'fail') =>
    (world: World): OperatorFunction<string, string> =>
      queueMap(work(world), { capacity, overflow, onUndelivered: world.onUndelivered });
  const buffer =
    (capacity: number) =>
    (world: World): OperatorFunction<string, string> =>
      pipe(boundedBuffer(capacity, { overflow: 'fail', onUndelivered: world.onUndelivered }), queueMap(work(world)));
  const sending =
    (maxBacklog: number) =>
    (world: World): OperatorFunction<string, string> => {
      const ch = channel<string>();
      for (let frame = 2; frame < 9; frame++) world.at(frame, () => ch.tryReceive());
      return sendTo(ch, { maxBacklog });
    };
  it.each<[string, (world: World) => OperatorFunction<string, string>, string, string]>([
    ['queueMap with room for 0', queue(0), '1 #OverflowError', 'b dropped'],
    ['queueMap with room for 1', queue(1), '1 #OverflowError', 'c dropped, b cancelled'],
    ['queueMap with room for 2', queue(2), '1 #OverflowError', 'd dropped, b cancelled, c cancelled'],
    ['queueMap with room for 3', queue(3), '3 a, 5 b, 7 c, 9 d, 9 |', ''],
    ['queueMap with room for 0, dropNewest', queue(0, 'dropNewest'), '3 a, 3 |', 'b dropped, c dropped, d dropped'],
    ['queueMap with room for 1, dropNewest', queue(1, 'dropNewest'), '3 a, 5 b, 5 |', 'c dropped, d dropped'],
    ['queueMap with room for 2, dropOldest', queue(2, 'dropOldest'), '3 a, 5 c, 7 d, 7 |', 'b evicted'],
    ['queueMap with room for 0, switch', queue(0, 'switch'), '3 d, 3 |', ''],
    ['queueMap with room for 1, switch', queue(1, 'switch'), '3 c, 5 d, 5 |', ''],
    ['queueMap with room for 2, switch', queue(2, 'switch'), '3 b, 5 c, 7 d, 7 |', ''],
    // The value that overflowed is in the error, which comes when the last one that is buffered was taken.
    ['boundedBuffer of 1', buffer(1), '3 a, 3 #OverflowError', ''],
    ['boundedBuffer of 2', buffer(2), '3 a, 5 b, 5 #OverflowError', ''],
    ['boundedBuffer of 3', buffer(3), '3 a, 5 b, 7 c, 9 d, 9 |', ''],
    ['sendTo with a backlog of 0', sending(0), '2 a, 2 #OverflowError', ''],
    ['sendTo with a backlog of 2', sending(2), '2 a, 3 b, 4 c, 4 #OverflowError', ''],
    ['sendTo with a backlog of 3', sending(3), '2 a, 3 b, 4 c, 5 d, 5 |', ''],
  ])('%s', async (_, make, told, lost) => {
    const [world] = await run(SCRIPTS['all at once'], piped('', make, { rows: AS_IS }));
    expect([world.told.join(', '), world.lost.join(', ')]).toEqual([told, lost]);
  });

  it.each([
    [0, '1 a, 5 |', 'b dropped, c dropped, d dropped'],
    [1, '1 a, 5 b, 9 |', 'c dropped, d dropped'],
    [2, '1 a, 5 b, 9 c, 13 |', 'd dropped'],
  ])('toAsyncIterable with room for %i', async (capacity, told, lost) => {
    const world = new World();
    const { onUndelivered } = world;
    iterated(toAsyncIterable(world.source, { capacity, overflow: 'dropNewest', onUndelivered }), world, 4);
    await world.play(['', 'abcd', '|', '', '', '']);
    expect([world.told.join(', '), world.lost.join(', ')]).toEqual([told, lost]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [4, 4],
  ])('withPermit, of %i: so many run', async (count, running) => {
    const world = new World();
    const permits = semaphore(count);
    for (let n = 0; n < 4; n++) world.source.pipe(withPermit(permits)).subscribe(world.out);
    await world.play(['', '']);
    expect(world.subscribed).toEqual(Array(running).fill('^0'));
  });
});

describe('the firehose: a source without an end, all at once, is asked for 3 by take(3), behind', () => {
  const operators: [string, OperatorFunction<number, number>][] = [
    ['queueMap', queueMap((n) => [n])],
    ['queueMap of coroutines', queueMap(count)],
    ['boundedBuffer', boundedBuffer(1, { overflow: 'fail' })],
    ['withPermit', withPermit(semaphore(1))],
    ['sendTo', sendTo(channel(Infinity))],
    ['takeUntilAborted', takeUntilAborted(new AbortController().signal)],
  ];
  it.each(operators)('%s', (_, operator) => {
    const endless = new Endless();
    endless.values.pipe(operator, take(3)).subscribe();
    expect(endless.asked).toBe(3);
  });

  it('abortSignalFrom: for one', () => {
    const endless = new Endless();
    expect([abortSignalFrom(endless.values).reason, endless.asked]).toEqual([0, 1]);
  });
});

// It does not wait.
function* count(n: number): Coroutine<number> {
  return n;
}
