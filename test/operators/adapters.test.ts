// To async iterables, web streams and abort signals: 2.13 and 2.14.

import { concat, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { abortSignalFrom, channel, takeUntilAborted, toAsyncIterable, toReadableStream } from '../../src/index.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';

const END = { done: true, value: undefined };
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('2.13 toAsyncIterable', () => {
  it('keeps everything that comes while the body runs, unless told otherwise', async () => {
    const source = new Subject<number>();
    const iterator = toAsyncIterable(source);
    const first = iterator.next();
    for (let n = 1; n <= 100; n++) source.next(n);
    source.complete();
    const values = [await first];
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) values.push(next);
    expect(values.map(({ value }) => value as number)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });

  it('keeps what its policy says, if told', async () => {
    const source = new Subject<number>();
    const iterator = toAsyncIterable(source, { capacity: 1, overflow: 'dropOldest' });
    const first = iterator.next();
    for (const n of [1, 2, 3]) source.next(n);
    expect([await first, await iterator.next()].map(({ value }) => value as number)).toEqual([1, 3]);
  });

  it('subscribes at the first next, and unsubscribes at a break', async () => {
    const source = new Subject<number>();
    const iterable = toAsyncIterable(source);
    const observed = [source.observed];
    const loop = (async () => {
      for await (const n of iterable) if (n === 2) break;
    })();
    observed.push(source.observed);
    for (const n of [1, 2]) source.next(n);
    await loop;
    observed.push(source.observed);
    expect(observed).toEqual([false, true, false]);
  });

  it('throws the error of the source after the values before', async () => {
    const told = new Record();
    const source = concat(
      of(1, 2),
      throwError(() => new Error('thrown')),
    );
    try {
      for await (const n of toAsyncIterable(source)) told.add(`got ${n}`);
    } catch (error) {
      told.by('loop').error(error);
    }
    expect(told.lines).toEqual(['got 1', 'got 2', 'loop failed with thrown']);
  });

  it('takes one value per next from a channel, and leaves it as it is', async () => {
    const ch = channel<number>(3);
    for (const n of [1, 2, 3]) ch.trySend(n);
    const iterator = toAsyncIterable(ch);
    await iterator.next();
    expect(ch.size).toBe(2);
    expect(await iterator.return!()).toEqual(END);
    check(ch);
    expect([ch.isClosed, ch.size]).toEqual([false, 2]);
  });

  it('refuses a capacity that would make an observable wait', () => {
    expect(() => toAsyncIterable(NEVER, { capacity: 1 })).toThrow(/^toAsyncIterable: /);
  });
});

describe('2.13 toReadableStream', () => {
  it('takes nothing before it is read, and then one value per read', async () => {
    const ch = channel<number>(3);
    for (const n of [1, 2, 3]) ch.trySend(n);
    const reader = toReadableStream(ch).getReader();
    await tick();
    const sizes = [ch.size];
    expect(await reader.read()).toEqual({ done: false, value: 1 });
    await tick();
    sizes.push(ch.size);
    check(ch);
    expect(sizes).toEqual([3, 2]);
  });

  it('closes at the end of the channel', async () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    ch.close();
    const reader = toReadableStream(ch).getReader();
    expect([await reader.read(), await reader.read()]).toEqual([{ done: false, value: 1 }, END]);
  });

  it('errs with the cause', async () => {
    const ch = channel<number>();
    const cause = new Error('cause');
    ch.close(cause);
    await expect(toReadableStream(ch).getReader().read()).rejects.toBe(cause);
  });

  it('cancelled, cancels the channel with that reason', async () => {
    const told = new Record();
    const ch = channel<number>(1);
    await toReadableStream(ch).cancel('enough');
    ch.receive().subscribe(told.by('receive'));
    expect(told.lines).toEqual(['receive failed with CancelledError(enough)']);
  });

  it('cancelled while it waits, leaves no waiter', async () => {
    const ch = channel<number>();
    const reader = toReadableStream(ch).getReader();
    const read = reader.read();
    await tick();
    await reader.cancel();
    check(ch);
    expect(await read).toEqual(END);
    expect(ch.receivers.first).toBe(null);
  });
});

describe('2.14 abortSignalFrom', () => {
  it('aborts with the first value that is emitted, and unsubscribes', () => {
    const notifier = new Subject<string>();
    const signal = abortSignalFrom(notifier);
    const before = signal.aborted;
    notifier.next('enough');
    expect([before, signal.aborted, signal.reason, notifier.observed]).toEqual([false, true, 'enough', false]);
  });

  it('aborts with the error', () => {
    const error = new Error('thrown');
    const reported = reportsOf(() => {
      expect(abortSignalFrom(throwError(() => error)).reason).toBe(error);
    });
    expect(reported).toEqual([]);
  });

  it('never aborts when the notifier completes without a value', () => {
    const notifier = new Subject<string>();
    const signal = abortSignalFrom(notifier);
    notifier.complete();
    expect(signal.aborted).toBe(false);
  });
});

describe('2.14 whenEnded', () => {
  it.each([
    ['closed and drained', (ch: ReturnType<typeof channel>) => ch.close()],
    ['closed with a cause', (ch: ReturnType<typeof channel>) => ch.close(new Error('cause'))],
    ['cancelled', (ch: ReturnType<typeof channel>) => ch.cancel(new Error('reason'))],
  ])('never fails: %s', (_, end) => {
    const told = new Record();
    const ch = channel();
    ch.whenEnded().subscribe(told.all('early'));
    end(ch);
    ch.whenEnded().subscribe(told.all('late'));
    check(ch);
    expect(told.lines).toEqual(['early got undefined', 'early completed', 'late got undefined', 'late completed']);
  });

  it('waits for the last value, buffered or still to be sent', () => {
    const told = new Record();
    const ch = channel<number>(1);
    for (const n of [1, 2]) ch.send(n).subscribe();
    ch.close();
    ch.whenEnded().subscribe(told.by('end'));
    for (const n of [1, 2]) {
      ch.tryReceive();
      told.add(`${n} taken`);
    }
    check(ch);
    expect(told.lines).toEqual(['1 taken', 'end got undefined', '2 taken']);
  });
});

describe('takeUntilAborted', () => {
  it('completes, and leaves the source, when the signal aborts', () => {
    const told = new Record();
    const source = new Subject<number>();
    const controller = new AbortController();
    source.pipe(takeUntilAborted(controller.signal)).subscribe(told.all('a'));
    source.next(1);
    controller.abort();
    expect([told.lines, source.observed]).toEqual([['a got 1', 'a completed'], false]);
  });

  it('of a signal that is aborted already completes without subscribing', () => {
    const told = new Record();
    of(1).pipe(takeUntilAborted(AbortSignal.abort())).subscribe(told.all('a'));
    expect(told.lines).toEqual(['a completed']);
  });

  it.each(['completes', 'is left'])('leaves no listener when the source %s', (how) => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const source = new Subject<number>();
    const subscription = source.pipe(takeUntilAborted(signal)).subscribe();
    if (how === 'completes') source.complete();
    else subscription.unsubscribe();
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
  });
});
