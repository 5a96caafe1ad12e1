// Bad input, over everything that the root entry exports: 1.17. It fails at the call that was wrong, and says which function,
// which argument and which value.

import { of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as rxsluice from '../src/index.ts';
import type { SelectCases } from '../src/index.ts';
import { describe as shown } from '../src/base/errors.ts';

const {
  abortSignalFrom,
  asCompleted,
  barrier,
  boundedBuffer,
  broadcast,
  channel,
  channelFrom,
  condition,
  coroutine,
  flow,
  forEach,
  gate,
  gather,
  go,
  groupWithin,
  jobQueue,
  keyedStateOwner,
  latch,
  memoryEngine,
  mergeSelect,
  mutex,
  poll,
  produce,
  queue,
  queueMap,
  request,
  seedSelect,
  select,
  semaphore,
  sendTo,
  shield,
  sleep,
  stateOwner,
  takeUntilAborted,
  taskGroup,
  taskScope,
  toAsyncIterable,
  toReadableStream,
  trySelect,
  until,
  wait,
  withPermit,
  work,
  rateLimiter,
  shareBroadcast,
  singleFlight,
} = rxsluice;

/** An instance of a class, and so a thing of the wrong kind for every argument. */
class Odd {
  readonly odd = true;
}

const FUNCTIONS = [undefined, null, 5, 'x', true, {}, new Odd()];
const OPTIONS = [null, 5, '5', true, () => undefined, [1]];
const COUNTS = [-1, 1.5, NaN, null, '5', {}, true, -Infinity];
const POSITIVE = [0, ...COUNTS];
const NUMBERS = [NaN, null, '5', {}, true];
const MS = [-1, ...NUMBERS];
const SPANS = [0, ...MS];
const SIGNALS = [new AbortController(), undefined, null, 5, 'x', {}];
const INPUTS = [undefined, null, 5, true, {}, () => 1, new Odd()];
const OBJECTS = [undefined, null, 5, 'x', true, () => undefined];
const THINGS = [undefined, null, 5, 'x', true, {}, new Odd()];
const NAMES = [null, 5, true, {}];
const WORDS = [null, 5, 'bogus', true, {}];

/** Of what is left out, nothing is wrong. */
const given = (values: readonly unknown[]): unknown[] => values.filter((value) => value !== undefined);

type Bad = [call: string, argument: RegExp, values: readonly unknown[], make: (bad: never) => unknown];

const named = (call: string, make: (options: never) => unknown): Bad[] => [
  [call, /options/, OPTIONS, make],
  [call, /name/, NAMES, (name) => make({ name } as never)],
];

const buffered = (call: string, make: (options: never) => unknown): Bad[] => [
  ...named(call, make),
  [call, /capacity/, COUNTS, (capacity) => make({ capacity } as never)],
  [call, /overflow/, WORDS, (overflow) => make({ capacity: 2, overflow } as never)],
  [call, /conflate/, given(FUNCTIONS), (conflate) => make({ capacity: 2, conflate } as never)],
  [call, /conflateBy/, given(FUNCTIONS), (conflateBy) => make({ capacity: 2, conflateBy } as never)],
  [call, /weigh/, given(FUNCTIONS), (weigh) => make({ capacity: 2, weigh } as never)],
  [call, /onUndelivered/, given(FUNCTIONS), (onUndelivered) => make({ capacity: 2, onUndelivered } as never)],
];

const operation = sleep(1);
const context = (): never[] => [];
const permits = semaphore(3);
const held = mutex();

const CALLS: Bad[] = [
  // ── operations
  ['map', /project/, FUNCTIONS, (bad) => operation.map(bad)],
  ['withSignal', /signal/, SIGNALS, (bad) => operation.withSignal(bad)],
  ['withTimeout', /ms/, [undefined, ...NUMBERS], (bad) => operation.withTimeout(bad)],
  ['withRetry', /options/, [undefined, ...OPTIONS], (bad) => operation.withRetry(bad)],
  ['withRetry', /attempts/, POSITIVE, (attempts) => operation.withRetry({ attempts })],
  ['withRetry', /within/, SPANS, (within) => operation.withRetry({ within })],
  ['withRetry', /backoff/, given(FUNCTIONS), (backoff) => operation.withRetry({ backoff })],
  ['withRetry', /when/, given(FUNCTIONS), (when) => operation.withRetry({ when })],
  ['promise', /options/, [new AbortController().signal, ...OPTIONS], (bad) => operation.promise(bad)],
  ['promise', /signal/, given(SIGNALS), (signal) => operation.promise({ signal })],
  ['poll', /operation/, [channel(), of(1), ...THINGS], (bad) => poll(bad)],
  ['sleep', /ms/, [undefined, ...NUMBERS], (bad) => sleep(bad)],
  ['sleep', /scheduler/, given(THINGS), (bad) => sleep(1, bad)],
  ['until', /input/, INPUTS, (bad) => until(bad)],
  // ── channels
  ...buffered('channel', (bad) =>
    channel(typeof bad === 'object' || typeof bad === 'function' ? bad : (null as never)),
  ).filter(([, argument]) => String(argument) !== '/options/'),
  ['channel', /capacity/, COUNTS.filter((bad) => typeof bad !== 'object'), (bad) => channel(bad as number)],
  ['channel', /options/, [null, [1]], (bad) => channel(bad)],
  ['receiveMany', /max/, [undefined, ...POSITIVE], (bad) => channel().receiveMany(bad)],
  ['channelFrom', /input/, INPUTS, (bad) => channelFrom(bad)],
  ...buffered('channelFrom', (bad) => channelFrom([1], bad)),
  ['produce', /body/, FUNCTIONS, (bad) => produce(bad)],
  ['singleFlight', /load/, FUNCTIONS, (bad) => singleFlight(bad)],
  ...buffered('produce', (bad) => produce(function* () {}, bad)),
  ['flow', /body/, FUNCTIONS, (bad) => flow(bad)],
  ['groupWithin', /source/, [of(1), ...THINGS], (bad) => groupWithin(bad, 1, 1)],
  ['groupWithin', /max/, [undefined, ...POSITIVE], (bad) => groupWithin(channel(), bad, 1)],
  ['groupWithin', /ms/, [undefined, ...MS], (bad) => groupWithin(channel(), 1, bad)],
  // ── select
  ['select', /cases/, OBJECTS, (bad) => select(bad)],
  ['select', /case a/, [5, true, {}, new Odd(), () => undefined], (a) => select({ a })],
  ['select', /options/, OPTIONS, (bad) => select({ operation }, bad)],
  ['select', /order/, WORDS, (order) => select({ operation }, { order })],
  ['select', /onClosed/, WORDS, (onClosed) => select({ operation }, { onClosed })],
  ['trySelect', /cases/, OBJECTS, (bad) => trySelect(bad)],
  ['trySelect', /case a/, [5, true, {}, new Odd(), () => undefined], (a) => trySelect({ a })],
  ['trySelect', /options/, OPTIONS, (bad) => trySelect({ operation }, bad)],
  ['trySelect', /order/, WORDS, (order) => trySelect({ operation }, { order })],
  ['trySelect', /onClosed/, WORDS, (onClosed) => trySelect({ operation }, { onClosed })],
  ['mergeSelect', /cases/, OBJECTS, (bad) => mergeSelect(bad)],
  ['mergeSelect', /source a/, [of(1), ...THINGS], (a) => mergeSelect({ a })],
  ['mergeSelect', /options/, OPTIONS, (bad) => mergeSelect({ a: channel() }, bad)],
  ['mergeSelect', /order/, WORDS, (order) => mergeSelect({ a: channel() }, { order })],
  ['seedSelect', /seed/, [undefined, Infinity, ...NUMBERS], (bad) => seedSelect(bad)],
  // ── coroutines and tasks
  ['coroutine', /body/, FUNCTIONS, (bad) => coroutine(bad)],
  ['forEach', /source/, [of(1), ...THINGS], (bad) => forEach(bad, context as never)],
  ['forEach', /body/, FUNCTIONS, (bad) => forEach(channel(), bad)],
  ['go', /work/, THINGS, (bad) => go(bad)],
  ...named('go', (bad) => go(function* () {}, bad)),
  ['gather', /array/, THINGS, (bad) => gather(bad)],
  ['gather', /input 1/, [of(1), ...THINGS], (bad) => gather([operation, bad])],
  ['wait', /futures/, THINGS, (bad) => wait(bad)],
  ['wait', /input 0/, [operation, ...THINGS], (bad) => wait([bad])],
  ['wait', /options/, OPTIONS, (bad) => wait([], bad)],
  ['wait', /until/, WORDS, (until) => wait([], { until })],
  ['wait', /timeout/, NUMBERS, (timeout) => wait([], { timeout })],
  ['asCompleted', /futures/, THINGS, (bad) => asCompleted(bad)],
  ['asCompleted', /input 0/, [operation, ...THINGS], (bad) => asCompleted([bad])],
  ['shield', /operation/, [of(1), ...THINGS], (bad) => shield(bad)],
  ['taskGroup', /body/, FUNCTIONS, (bad) => taskGroup(bad)],
  ...named('taskGroup', (bad) => taskGroup(context, bad)),
  ['taskGroup', /limit/, POSITIVE, (limit) => taskGroup(context, { limit })],
  ['taskGroup', /onChildError/, given(FUNCTIONS), (onChildError) => taskGroup(context, { onChildError })],
  ...named('taskScope', (bad) => taskScope(bad)),
  ['taskScope', /limit/, POSITIVE, (limit) => taskScope({ limit })],
  ['crew.go', /work/, THINGS, (bad) => taskScope({ name: 'crew' }).go(bad)],
  ...named('crew.go', (bad) => taskScope({ name: 'crew' }).go(function* () {}, bad)),
  // ── queues of work
  ...buffered('queue', (bad) => queue(bad)),
  ['queue', /order/, WORDS, (order) => queue({ order })],
  ['queue', /leaseMs/, SPANS, (leaseMs) => queue({ leaseMs })],
  ['queue', /maxAttempts/, POSITIVE, (maxAttempts) => queue({ maxAttempts })],
  ['queue', /onDeadLetter/, given(FUNCTIONS), (onDeadLetter) => queue({ onDeadLetter })],
  ['work', /queue/, [channel(), ...THINGS], (bad) => work(bad, context)],
  ['work', /handler/, FUNCTIONS, (bad) => work(queue(), bad)],
  ['work', /options/, OPTIONS, (bad) => work(queue(), context, bad)],
  ['work', /concurrency/, POSITIVE, (concurrency) => work(queue(), context, { concurrency })],
  ['work', /timeout/, SPANS, (timeout) => work(queue(), context, { timeout })],
  ['work', /backoff/, given(FUNCTIONS), (backoff) => work(queue(), context, { backoff })],
  ['work', /grace/, MS, (grace) => work(queue(), context, { grace })],
  ['work', /stop/, given(INPUTS), (stop) => work(queue(), context, { stop })],
  ['jobQueue', /handler/, FUNCTIONS, (bad) => jobQueue(bad)],
  ...named('jobQueue', (bad) => jobQueue(context, bad)),
  ['jobQueue', /concurrency/, POSITIVE, (concurrency) => jobQueue(context, { concurrency })],
  ['jobQueue', /capacity/, COUNTS, (capacity) => jobQueue(context, { capacity })],
  ['jobQueue', /overflow/, WORDS, (overflow) => jobQueue(context, { overflow })],
  ['jobQueue', /order/, WORDS, (order) => jobQueue(context, { order })],
  ['jobQueue', /key/, given(FUNCTIONS), (key) => jobQueue(context, { key })],
  ['jobQueue', /capacityPerKey/, COUNTS, (capacityPerKey) => jobQueue(context, { key: String, capacityPerKey })],
  ['jobQueue', /debounce/, MS, (debounce) => jobQueue(context, { debounce })],
  ['jobQueue', /timeout/, SPANS, (timeout) => jobQueue(context, { timeout })],
  ['jobQueue', /retry/, given(OPTIONS), (retry) => jobQueue(context, { retry })],
  ['jobQueue', /attempts/, POSITIVE, (attempts) => jobQueue(context, { retry: { attempts } })],
  ['jobQueue', /backoff/, given(FUNCTIONS), (backoff) => jobQueue(context, { retry: { backoff } })],
  ['jobQueue', /when/, given(FUNCTIONS), (when) => jobQueue(context, { retry: { when } })],
  // ── synchronisation
  ...named('semaphore', (bad) => semaphore(1, bad)),
  ['semaphore', /permits/, [undefined, ...COUNTS], (bad) => semaphore(bad)],
  ['permits', /permits/, [undefined, ...COUNTS], (bad) => (permits.permits = bad)],
  ['rateLimiter', /count/, [undefined, Infinity, ...POSITIVE], (bad) => rateLimiter(bad, 1)],
  ['rateLimiter', /per/, [undefined, ...SPANS], (bad) => rateLimiter(1, bad)],
  ...named('rateLimiter', (bad) => rateLimiter(1, 1, bad)),
  ['acquire', /count/, POSITIVE, (bad) => rateLimiter(1, 1).acquire(bad)],
  ['tryAcquire', /count/, POSITIVE, (bad) => rateLimiter(1, 1).tryAcquire(bad)],
  ['acquire', /count/, POSITIVE, (bad) => permits.acquire(bad)],
  ['tryAcquire', /count/, POSITIVE, (bad) => permits.tryAcquire(bad)],
  ['release', /count/, POSITIVE, (bad) => permits.release(bad)],
  ['withPermit', /work/, INPUTS.filter((bad) => typeof bad !== 'function'), (bad) => permits.withPermit(bad)],
  ['withLock', /work/, INPUTS.filter((bad) => typeof bad !== 'function'), (bad) => held.withLock(bad)],
  ...named('mutex', (bad) => mutex(bad)),
  ...named('gate', (bad) => gate(bad)),
  ['condition', /mutex/, THINGS, (bad) => condition(bad)],
  ...named('condition', (bad) => condition(held, bad)),
  ...named('barrier', (bad) => barrier(2, bad)),
  ...named('latch', (bad) => latch(2, bad)),
  ['barrier', /parties/, [undefined, ...POSITIVE], (bad) => barrier(bad)],
  ['latch', /count/, COUNTS, (bad) => latch(bad)],
  ['add', /count/, COUNTS, (bad) => latch(2).add(bad)],
  ['done', /count/, COUNTS, (bad) => latch(2).done(bad)],
  // ── broadcast and state
  ...buffered('broadcast', (bad) => broadcast(bad)),
  ['broadcast', /replay/, COUNTS, (replay) => broadcast({ replay })],
  ...buffered('shareBroadcast', (bad) => shareBroadcast(bad)),
  ['shareBroadcast', /replay/, COUNTS, (replay) => shareBroadcast({ replay })],
  ...buffered('tap', (bad) => broadcast().tap(bad)),
  ...named('stateOwner', (bad) => stateOwner(0, bad)),
  ['stateOwner', /capacity/, COUNTS, (capacity) => stateOwner(0, { capacity })],
  ['stateOwner', /equal/, given(FUNCTIONS), (equal) => stateOwner(0, { equal })],
  ['read', /project/, FUNCTIONS, (bad) => stateOwner(0).read(bad)],
  ['update', /step/, FUNCTIONS, (bad) => stateOwner(0).update(bad)],
  ['modify', /step/, FUNCTIONS, (bad) => stateOwner(0).modify(bad)],
  ['update', /step/, FUNCTIONS, (bad) => stateOwner(0).tell(bad)],
  ['select', /project/, FUNCTIONS, (bad) => stateOwner(0).select(bad)],
  ['select', /equal/, given(FUNCTIONS), (bad) => stateOwner(0).select(Number, bad)],
  ['when', /predicate/, FUNCTIONS, (bad) => stateOwner(0).when(bad)],
  ['next', /request/, THINGS, (bad) => stateOwner(0).next(bad)],
  ['keyedStateOwner', /initial/, FUNCTIONS, (bad) => keyedStateOwner(bad)],
  ...named('keyedStateOwner', (bad) => keyedStateOwner(() => 0, bad)),
  ['keyedStateOwner', /capacity/, COUNTS, (capacity) => keyedStateOwner(() => 0, { capacity })],
  ['keyedStateOwner', /equal/, given(FUNCTIONS), (equal) => keyedStateOwner(() => 0, { equal })],
  ['request.read', /project/, FUNCTIONS, (bad) => request.read(bad)],
  ['request.update', /step/, FUNCTIONS, (bad) => request.update(bad)],
  // ── operators
  ['boundedBuffer', /capacity/, [undefined, ...POSITIVE], (bad) => boundedBuffer(bad, { overflow: 'fail' })],
  ['boundedBuffer', /options/, [undefined, ...OPTIONS], (bad) => boundedBuffer(1, bad)],
  ['boundedBuffer', /overflow/, [undefined, 'suspend', ...WORDS], (overflow) => boundedBuffer(1, { overflow })],
  [
    'boundedBuffer',
    /onUndelivered/,
    given(FUNCTIONS),
    (onUndelivered) => boundedBuffer(1, { overflow: 'fail', onUndelivered }),
  ],
  ['boundedBuffer', /scheduler/, given(THINGS), (scheduler) => boundedBuffer(1, { overflow: 'fail', scheduler })],
  ['queueMap', /project/, FUNCTIONS, (bad) => queueMap(bad)],
  ['queueMap', /options/, OPTIONS, (bad) => queueMap(context, bad)],
  ['queueMap', /concurrency/, POSITIVE, (concurrency) => queueMap(context, { concurrency })],
  ['queueMap', /capacity/, COUNTS, (capacity) => queueMap(context, { capacity })],
  ['queueMap', /overflow/, WORDS, (overflow) => queueMap(context, { overflow })],
  ['queueMap', /order/, WORDS, (order) => queueMap(context, { order })],
  ['queueMap', /key/, given(FUNCTIONS), (key) => queueMap(context, { key })],
  ['queueMap', /onUndelivered/, given(FUNCTIONS), (onUndelivered) => queueMap(context, { onUndelivered })],
  ['sendTo', /channel/, [of(1), ...THINGS], (bad) => sendTo(bad)],
  ['sendTo', /options/, OPTIONS, (bad) => sendTo(channel(), bad)],
  ['sendTo', /maxBacklog/, COUNTS, (maxBacklog) => sendTo(channel(), { maxBacklog })],
  ['sendTo', /onUndelivered/, given(FUNCTIONS), (onUndelivered) => sendTo(channel(), { onUndelivered })],
  ['takeUntilAborted', /signal/, SIGNALS, (bad) => takeUntilAborted(bad)],
  ['abortSignalFrom', /notifier/, INPUTS, (bad) => abortSignalFrom(bad)],
  ['withPermit', /semaphore/, [mutex(), ...THINGS], (bad) => withPermit(bad)],
  ['acquire', /count/, POSITIVE, (bad) => withPermit(permits, bad)],
  ['toAsyncIterable', /source/, [Promise.resolve(), ...THINGS], (bad) => toAsyncIterable(bad)],
  ...buffered('toAsyncIterable', (bad) => toAsyncIterable(new Subject(), bad)),
  ['toReadableStream', /source/, [of(1), ...THINGS], (bad) => toReadableStream(bad)],
];

/** A message says which function it was, after the name of the thing whose function it is. */
function fits(message: string, call: string, argument: RegExp, bad: unknown): boolean {
  return (
    new RegExp(`(^|[ ':])${call.replace('.', '\\.')}\\b`).test(message) &&
    argument.test(message) &&
    message.includes(shown(bad))
  );
}

describe('1.17 bad input fails at the call that was wrong', () => {
  it.each(CALLS.map(([call, argument, values, make]) => [call, argument.source, values, make, argument] as const))(
    'of %s: %s',
    (call, _source, values, make, argument) => {
      const wrong: unknown[] = [];
      for (const bad of values) {
        try {
          make(bad as never);
          wrong.push([bad, 'accepted']);
        } catch (error) {
          const { name, message } = error as Error;
          if (name !== 'TypeError' && name !== 'RangeError') wrong.push([bad, name, message]);
          else if (!fits(message, call, argument, bad)) wrong.push([bad, message]);
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('of every function that is exported', () => {
    const covered = new Set(
      CALLS.flatMap(([, , , make]) => [...String(make).matchAll(/(\w+)\(/g)].map(([, name]) => name!)),
    );
    const classes = /^[A-Z]/;
    const missing = Object.entries(rxsluice)
      .filter(([name, value]) => typeof value === 'function' && !classes.test(name) && !covered.has(name))
      .map(([name]) => name);
    expect(missing).toEqual(['deferred', 'memoryEngine']);
    expect(memoryEngine).toHaveLength(0);
  });
});

describe('1.17 only own keys count', () => {
  const inherited = (options: object): never => Object.create(options) as never;

  it('of options: inherited ones are as if they were not there', () => {
    const bad = {
      capacity: -1,
      overflow: 'bogus',
      order: 'bogus',
      limit: 0,
      name: 5,
      concurrency: 0,
      equal: 5,
      replay: -1,
      maxBacklog: -1,
      timeout: NaN,
      key: 5,
      onClosed: 5,
    };
    const made = [
      channel(inherited(bad)),
      channelFrom([], inherited(bad)),
      queue(inherited(bad)),
      broadcast(inherited(bad)),
      taskScope(inherited(bad)),
      stateOwner(0, inherited(bad)),
      keyedStateOwner(() => 0, inherited(bad)),
      jobQueue(context, inherited(bad)),
      queueMap(context, inherited(bad)),
      sendTo(channel(), inherited(bad)),
      select({ operation }, inherited(bad)),
      mergeSelect({ a: channel() }, inherited(bad)),
      work(queue(), context, inherited(bad)),
      wait([], inherited(bad)),
      semaphore(1, inherited(bad)),
      rateLimiter(1, 1, inherited(bad)),
      operation.withRetry(inherited({ attempts: 0, within: 0, backoff: 5, when: 5 })),
      shareBroadcast(inherited(bad)),
      taskGroup(context, inherited(bad)),
      go(() => new Subject<never>(), inherited(bad)),
      toAsyncIterable(of(1), inherited(bad)),
      operation.map(Number),
    ];
    expect(made.every((thing) => typeof thing === 'object' || typeof thing === 'function')).toBe(true);
    expect(channel<number>(inherited({ capacity: 3 })).capacity).toBe(0);
  });

  it('of the cases of a select', () => {
    const ready = channel<number>(1);
    ready.trySend(1);
    const cases: SelectCases = Object.assign(Object.create({ inherited: ready }) as object, { own: channel<number>() });
    expect(trySelect(cases)).toBeUndefined();
    const none = Object.create({ a: operation }) as Record<string, null>;
    expect(() => select(none)).toThrow(/^select: no case is on/);
  });

  it('of options as they were at the call', () => {
    const options = { capacity: 1, concurrency: 1 };
    const handler = queueMap(() => new Subject<never>(), options);
    const group = taskGroup(
      function* (g) {
        const never = new Subject<never>();
        for (let n = 0; n < 3; n++) g.go(() => never);
        g.cancel();
      },
      { limit: 1 },
    );
    options.concurrency = NaN;
    expect(() => {
      of(1).pipe(handler).subscribe();
    }).not.toThrow();
    group.subscribe({ error: () => undefined });
  });
});

describe('1.17 names are shown with control characters escaped', () => {
  const name = 'a\u001b[31m\nb\u2028\u202e';
  const escaped = 'a\\x1b[31m\\nb\\u2028\\u202e';

  it.each<[string, () => unknown]>([
    ['channel', () => channel({ name })],
    ['queue', () => queue({ name })],
    ['broadcast', () => broadcast({ name })],
    ['tap', () => broadcast({ name }).tap()],
    ['stateOwner', () => stateOwner(0, { name })],
    ['keyedStateOwner', () => keyedStateOwner(() => 0, { name })],
    ['jobQueue', () => jobQueue(context, { name })],
    ['go', () => go(() => new Subject(), { name })],
    ['semaphore', () => semaphore(1, { name })],
    ['rateLimiter', () => rateLimiter(1, 1, { name })],
    ['mutex', () => mutex({ name })],
    ['gate', () => gate({ name })],
    ['condition', () => condition(held, { name })],
    ['barrier', () => barrier(1, { name })],
    ['latch', () => latch(1, { name })],
    ['select', () => select({ [name]: operation })],
    ['mergeSelect', () => mergeSelect({ [name]: channel() })],
    ['receive', () => channel({ name }).receive()],
    ['send', () => channel({ name }).send(1)],
  ])('by toString(): %s', (_what, make) => {
    const text = String(make());
    expect(text).toContain(escaped);
    expect(text).not.toMatch(/\p{Cc}|[\u2028\u202e]/u);
  });

  it.each<[string, () => unknown]>([
    [
      'ClosedError',
      () => {
        const ch = channel({ name });
        ch.close();
        return poll(ch.send(1));
      },
    ],
    ['a check', () => semaphore(1, { name }).release(-1)],
    ['more released than held', () => semaphore(1, { name }).release()],
    ['NotReadyError', () => go(() => new Subject(), { name }).result()],
    ['a bad case', () => select({ [name]: 5 as never })],
    ['a bad value', () => channel({ overflow: name as never })],
    [
      'CancelledError',
      () => {
        const ch = channel<number>({ name });
        ch.cancel('x\u0007');
        let failure: unknown;
        ch.receive().subscribe({ error: (error: unknown) => (failure = error) });
        throw failure;
      },
    ],
    [
      'a closed channel',
      () => {
        const ch = channel<number>({ name });
        ch.close();
        let failure: unknown;
        ch.receive().subscribe({ error: (error: unknown) => (failure = error) });
        throw failure;
      },
    ],
    [
      'a wrong body',
      () => {
        let failure: unknown;
        go((() => 5) as never, { name }).subscribe({ error: (error: unknown) => (failure = error) });
        throw failure;
      },
    ],
  ])('in messages: %s', (_what, act) => {
    let message = '';
    try {
      act();
    } catch (error) {
      ({ message } = error as Error);
    }
    if (_what !== 'ClosedError') expect(message).not.toBe('');
    expect(message).not.toMatch(/\p{Cc}|[\u2028\u202e]/u);
  });
});
