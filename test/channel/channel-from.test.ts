import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { concat, NEVER, Observable, of, Subject, takeUntil, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type Channel,
  type ChannelOptions,
  channel,
  channelFrom,
  deferred,
  poll,
  type ReceiveChannel,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';

/** An endless iterable that tells what it is asked for. */
function counting(told: Record): Iterable<number> & { asked: number } {
  return {
    asked: 0,
    [Symbol.iterator]() {
      const next = (): IteratorResult<number> => ({ done: false, value: ++this.asked });
      return {
        next,
        return: () => {
          told.add('returned');
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** The same, asynchronously: values come when they are `given`. */
function givenLater(told: Record) {
  const waiting: ((result: IteratorResult<number>) => void)[] = [];
  const source = {
    asked: 0,
    async give(result: IteratorResult<number>) {
      waiting.shift()!(result);
      await tick();
    },
    [Symbol.asyncIterator]: () => ({
      next: () => {
        source.asked++;
        return new Promise<IteratorResult<number>>((resolve) => waiting.push(resolve));
      },
      return: () => {
        told.add('returned');
        return Promise.resolve({ done: true as const, value: undefined });
      },
    }),
  };
  return source;
}

/** Longer than any chain of promises here. */
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

function values<T>(ch: ReceiveChannel<T>): T[] {
  const all: T[] = [];
  for (let next = ch.tryReceive(); next.ok; next = ch.tryReceive()) all.push(next.value);
  return all;
}

describe('2.13 channelFrom an iterable', () => {
  it.each([0, 1, 3])('asks for a value only when one is taken, or a slot is free: capacity %d', (capacity) => {
    const source = counting(new Record());
    const ch = channelFrom(source, { capacity });
    const asked = [source.asked];
    ch.receive().subscribe();
    asked.push(source.asked);
    ch.tryReceive();
    asked.push(source.asked);
    check(ch);
    expect(asked).toEqual([capacity, capacity + 1, capacity + 2]);
  });

  it.each(FORMS)('gives its values in order, then the end, waited for by $form', ({ perform }) => {
    const told = new Record();
    const ch = channelFrom([1, 2]);
    for (let i = 0; i < 3; i++) perform(ch.receiveResult(), told.by('a'));
    check(ch);
    expect(told.lines).toEqual([
      'a got {"ok":true,"value":1}',
      'a got {"ok":true,"value":2}',
      'a got {"ok":false,"closed":true}',
    ]);
  });

  it('fails with what it throws, after the values before', () => {
    const told = new Record();
    function* failing() {
      yield 1;
      throw new Error('thrown');
    }
    channelFrom(failing(), { capacity: 5 }).subscribe(told.all('a'));
    expect(told.lines).toEqual(['a got 1', 'a failed with thrown']);
  });

  it('fails where next() returns no object, as for…of does', () => {
    const told = new Record();
    const broken = { [Symbol.iterator]: () => ({ next: () => undefined }) } as unknown as Iterable<number>;
    channelFrom(broken).subscribe({ error: (error: unknown) => told.add(`failed: ${error instanceof TypeError}`) });
    expect(told.lines).toEqual(['failed: true']);
  });

  it('is told once that nobody asks any more when the channel is cancelled', () => {
    const told = new Record();
    const ch = channelFrom(counting(told), { capacity: 2 });
    expect([ch.cancel(), ch.cancel(), told.lines]).toEqual([true, false, ['returned']]);
  });

  it('is not told of a cancel when it has ended by itself', () => {
    const told = new Record();
    const source = counting(told);
    const ending: Iterable<number> = {
      [Symbol.iterator]: () => {
        const iterator = source[Symbol.iterator]();
        return { ...iterator, next: () => ({ done: true, value: undefined }) };
      },
    };
    const ch = channelFrom(concatenated([1, 2], ending), { capacity: 2 });
    ch.tryReceive();
    ch.cancel();
    expect(told.lines).toEqual([]);
  });

  it('feeds a subscriber without recursion', () => {
    const numbers = Array.from({ length: 200_000 }, (_, n) => n);
    let next = 0;
    channelFrom(numbers).subscribe((n) => {
      if (n === next) next++;
    });
    expect(next).toBe(numbers.length);
  });

  it('is not taken from by a poll of what is not there', () => {
    const ch = channelFrom([]);
    expect([poll(ch.receive()), ch.tryReceive()]).toEqual([
      { ok: false, closed: true },
      { ok: false, closed: true },
    ]);
  });

  it('takes everything that `from` takes: strings, Maps, arrays and what is like them', () => {
    const inputs = ['ab', new Map([[1, 2]]), new Set([3]), { length: 1, 0: 'x' }];
    expect(inputs.map((input) => values(channelFrom(input as Iterable<unknown>)))).toEqual([
      ['a', 'b'],
      [[1, 2]],
      [3],
      ['x'],
    ]);
  });

  it('refuses what is no input, where it was written', () => {
    expect(() => channelFrom(5 as never)).toThrow(TypeError);
    expect(() => channelFrom(null as never)).toThrow(TypeError);
  });
});

/** All of `first`, then `second` itself. */
function concatenated(first: number[], second: Iterable<number>): Iterable<number> {
  return {
    [Symbol.iterator]: () => {
      const rest = [...first];
      const iterator = second[Symbol.iterator]();
      return { ...iterator, next: () => (rest.length > 0 ? { done: false, value: rest.shift()! } : iterator.next()) };
    },
  };
}

describe('2.13 channelFrom an async iterable', () => {
  it('asks for one value at a time, as there is room', async () => {
    const source = givenLater(new Record());
    const ch = channelFrom(source, { capacity: 2 });
    const asked = [source.asked];
    await source.give({ done: false, value: 1 });
    asked.push(source.asked);
    await source.give({ done: false, value: 2 });
    asked.push(source.asked);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
    asked.push(source.asked);
    check(ch);
    expect(asked).toEqual([1, 2, 2, 3]);
    ch.cancel();
  });

  it('asks for nothing before one is taken at capacity 0', async () => {
    const told = new Record();
    const source = givenLater(told);
    const ch = channelFrom(source);
    await tick();
    const before = source.asked;
    ch.receive().subscribe(told.by('a'));
    await source.give({ done: false, value: 1 });
    await tick();
    expect([before, source.asked, told.lines]).toEqual([0, 1, ['a got 1']]);
  });

  it('keeps what was asked for one who has left meanwhile', async () => {
    const told = new Record();
    const source = givenLater(told);
    const ch = channelFrom(source);
    ch.receive().subscribe(told.by('gone')).unsubscribe();
    await source.give({ done: false, value: 1 });
    ch.receive().subscribe(told.by('next'));
    check(ch);
    expect(told.lines).toEqual(['next got 1']);
  });

  it('calls its return() once when it is cancelled, and takes no value that comes later', async () => {
    const told = new Record();
    const source = givenLater(told);
    const ch = channelFrom(source, { capacity: 2 });
    ch.cancel();
    ch.cancel();
    await source.give({ done: false, value: 1 });
    check(ch);
    expect([told.lines, ch.tryReceive(), source.asked]).toEqual([['returned'], { ok: false, closed: true }, 1]);
  });

  it('fails where next() promises no object, as for await does', async () => {
    const told = new Record();
    const next = (): Promise<never> => Promise.resolve(undefined as never);
    const broken: AsyncIterable<number> = { [Symbol.asyncIterator]: () => ({ next }) };
    channelFrom(broken).subscribe({ error: (error: unknown) => told.add(`failed: ${error instanceof TypeError}`) });
    await tick();
    expect(told.lines).toEqual(['failed: true']);
  });

  it('fails with its rejection', async () => {
    const told = new Record();
    async function* failing() {
      yield 1;
      await tick();
      throw new Error('thrown');
    }
    channelFrom(failing()).subscribe(told.all('a'));
    await tick();
    await tick();
    await tick();
    expect(told.lines).toEqual(['a got 1', 'a failed with thrown']);
  });
});

describe('2.13 channelFrom an async iterable that was cancelled while it was asked', () => {
  const answers: [string, (reader: PromiseWithResolvers) => void][] = [
    ['ends', ({ resolve }) => resolve({ done: true, value: undefined })],
    ['fails', ({ reject }) => reject(new Error('late'))],
  ];
  interface PromiseWithResolvers {
    resolve: (result: IteratorResult<number>) => void;
    reject: (error: unknown) => void;
  }
  it.each(answers)('stays cancelled when that %s', async (_, answer) => {
    let answers!: PromiseWithResolvers;
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise((resolve, reject) => (answers = { resolve, reject })),
      }),
    };
    const told = new Record();
    const ch = channelFrom(source);
    ch.receive().subscribe(told.by('first'));
    ch.cancel('enough');
    answer(answers);
    await tick();
    ch.receive().subscribe(told.by('second'));
    check(ch);
    expect(told.lines).toEqual([
      'first failed with CancelledError(enough)',
      'second failed with CancelledError(enough)',
    ]);
  });
});

describe('2.13 channelFrom an origin that answers too late', () => {
  it('reports a value that was asked for and comes after a cancel', async () => {
    const told = new Record();
    const source = givenLater(told);
    const ch = channelFrom(source, { capacity: 1, onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
    await source.give({ done: false, value: 1 });
    ch.tryReceive();
    ch.cancel();
    await source.give({ done: false, value: 2 });
    expect([told.lines, ch.tryReceive(), source.asked]).toEqual([
      ['returned', '2 cancelled'],
      { ok: false, closed: true },
      2,
    ]);
    expect((ch as ReceiveChannel<number> & Pick<Channel<number>, 'statistics'>).statistics()).toMatchObject({
      sent: 1,
      delivered: 1,
      undelivered: 0,
    });
  });

  it('fails after what is buffered, as `overflow` says, where a value has come back and there is no room', () => {
    const told = new Record();
    const stop = new Subject<void>();
    const answers: ((result: IteratorResult<number>) => void)[] = [];
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          // The one who has just taken 1 leaves before it is told.
          if (answers.length === 1) stop.next();
          const then = (answer: (result: IteratorResult<number>) => void) => (answers.push(answer), Promise.resolve());
          return { then };
        },
        return: () => told.add('returned'),
      }),
    } as unknown as AsyncIterable<number>;
    const ch = channelFrom(source, { capacity: 1, overflow: 'fail' });
    answers[0]!({ done: false, value: 1 });
    ch.receive().pipe(takeUntil(stop)).subscribe(told.by('first'));
    answers[1]!({ done: false, value: 2 });
    check(ch);
    ch.subscribe(told.all('second'));
    expect([told.lines, answers.length]).toEqual([['returned', 'second got 1', 'second failed with OverflowError'], 2]);
  });
});

describe('2.13 channelFrom a ReadableStream', () => {
  it('cancels it at once, also while it is read', () => {
    const told: unknown[] = [];
    const stream = new ReadableStream<number>({
      cancel: () => {
        told.push('cancelled');
      },
    });
    const numbers = channelFrom(stream);
    numbers.receive().subscribe({ error: () => told.push('told') });
    numbers.cancel();
    expect(told).toEqual(['told', 'cancelled']);
  });

  it('reads as there is room, and cancels it once', async () => {
    const told = new Record();
    let pulled = 0;
    const stream = new ReadableStream<number>(
      {
        pull: (controller) => controller.enqueue(++pulled),
        cancel: () => told.add('cancelled'),
      },
      { highWaterMark: 0 },
    );
    const ch = channelFrom(stream, { capacity: 2 });
    await tick();
    const before = pulled;
    ch.tryReceive();
    await tick();
    expect([before, pulled]).toEqual([2, 3]);
    ch.cancel();
    ch.cancel();
    await tick();
    expect(told.lines).toEqual(['cancelled']);
  });
});

describe('2.13 channelFrom a ReadableStream that is not async iterable, as in some browsers', () => {
  /** Gives 1, and then what `last` does. */
  const streamOf = (told: Record, last: (controller: ReadableStreamDefaultController<number>) => void) => {
    let asked = 0;
    const stream = new ReadableStream<number>(
      {
        pull: (controller) => (asked++ === 0 ? controller.enqueue(1) : last(controller)),
        cancel: () => told.add('cancelled'),
      },
      { highWaterMark: 0 },
    );
    Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
    return stream;
  };

  it('reads it to its end', async () => {
    const told = new Record();
    channelFrom(streamOf(told, (controller) => controller.close())).subscribe(told.all('a'));
    await tick();
    await tick();
    expect(told.lines).toEqual(['a got 1', 'a completed']);
  });

  it('fails with its error', async () => {
    const told = new Record();
    channelFrom(streamOf(told, (controller) => controller.error(new Error('torn')))).subscribe(told.all('a'));
    await tick();
    await tick();
    expect(told.lines).toEqual(['a got 1', 'a failed with torn']);
  });

  it('cancels it once', async () => {
    const told = new Record();
    const ch = channelFrom(streamOf(told, () => undefined));
    ch.receive().subscribe(told.by('a'));
    await tick();
    ch.cancel();
    ch.cancel();
    await tick();
    expect(told.lines).toEqual(['a got 1', 'cancelled']);
  });
});

describe('2.13 channelFrom another channel', () => {
  it.each([
    ['its end', undefined, 'a completed'],
    ['its cause', new Error('cause'), 'a failed with cause'],
  ])('ends with %s', (_, cause, end) => {
    const told = new Record();
    const source = channel<number>(5);
    source.trySend(1);
    channelFrom(source).subscribe(told.all('a'));
    source.close(cause);
    expect(told.lines).toEqual(['a got 1', end]);
  });

  it('takes from it as it is taken from, and cancels it', () => {
    const source = channel<number>(5);
    for (const n of [1, 2, 3]) source.trySend(n);
    const ch = channelFrom(source, { capacity: 1 });
    const sizes = [source.size];
    ch.tryReceive();
    sizes.push(source.size);
    ch.cancel();
    check(source);
    expect([sizes, source.isClosed]).toEqual([[2, 1], true]);
  });
});

describe('2.13 channelFrom what is several things, or none', () => {
  const iterable = { [Symbol.iterator]: () => [9][Symbol.iterator]() };

  it.each<[string, () => object]>([
    ['an operation, which yield* iterates', () => deferred<number>()],
    ['what has subscribe', () => Object.assign(new Subject<number>(), iterable)],
    ['what only says how it is observed', () => Object.assign({ '@@observable': () => NEVER }, iterable)],
  ])('%s is pushed, and never iterated', (_, make) => {
    expect(() => channelFrom(make() as Observable<number>)).toThrow(/Infinity/);
  });

  it('what is like an array is iterated', () => {
    expect(values(channelFrom({ length: 2, 0: 'a', 1: 'b' } as ArrayLike<string>, { capacity: 2 }))).toEqual([
      'a',
      'b',
    ]);
  });

  it.each([[null], [undefined], [5], [() => 1], [{}]])('%# is refused at the call', (input) => {
    expect(() => channelFrom(input as never, { capacity: Infinity })).toThrow(
      /^channelFrom: input must be an observable input; got /,
    );
  });
});

describe.each([0, 1, 2, Infinity])('2.13 channelFrom a promise, at capacity %d', (capacity) => {
  it('is one value, and the end', async () => {
    const told = new Record();
    channelFrom(Promise.resolve(1), { capacity }).subscribe(told.all('a'));
    await tick();
    expect(told.lines).toEqual(['a got 1', 'a completed']);
  });

  it('that was resolved before it is asked for is taken at once, and has ended then', async () => {
    const ch = channelFrom(Promise.resolve([1]), { capacity });
    await tick();
    const found = [poll(ch.receive()), ch.tryReceive()];
    check(ch);
    expect([found, poll(ch.whenEnded()).ok]).toEqual([
      [
        { ok: true, value: [1] },
        { ok: false, closed: true },
      ],
      true,
    ]);
  });

  it('that is rejected before anybody asks keeps its error for who comes first, and later', async () => {
    const told = new Record();
    const ch = channelFrom(Promise.reject(new Error('early')), { capacity });
    await tick();
    ch.receive().subscribe(told.by('first'));
    ch.receive().subscribe(told.by('second'));
    expect(told.lines).toEqual(['first failed with early', 'second failed with early']);
  });

  it('keeps its value where the one who asked has left', async () => {
    const told = new Record();
    let resolve!: (value: string) => void;
    const ch = channelFrom(new Promise<string>((done) => (resolve = done)), { capacity });
    ch.receive().subscribe(told.by('first')).unsubscribe();
    resolve('a');
    await tick();
    check(ch);
    ch.subscribe(told.all('second'));
    expect(told.lines).toEqual(['second got a', 'second completed']);
  });

  it('is abandoned by a cancel; its value is reported if it was asked for', async () => {
    const told = new Record();
    let resolve!: (value: string) => void;
    const onUndelivered = (value: string, reason: string): void => told.add(`${value} ${reason}`);
    const ch = channelFrom(new Promise<string>((done) => (resolve = done)), { capacity, onUndelivered });
    ch.cancel('enough');
    ch.receive().subscribe(told.by('later'));
    resolve('a');
    await tick();
    check(ch);
    expect(told.lines).toEqual(['later failed with CancelledError(enough)', ...(capacity > 0 ? ['a cancelled'] : [])]);
  });
});

describe('2.19 channelFrom an async iterable that is AsyncDisposable', () => {
  /** Brings what is pushed; its `return()` waits for the value that is awaited, as an async generator's does. */
  function disposable(told: Record, itself: boolean) {
    let dispose = (): void => undefined;
    const disposed = new Promise<IteratorResult<number>>((resolve) => {
      dispose = () => resolve({ done: true, value: undefined });
    });
    const iterator = {
      next: () => disposed,
      return: () => {
        told.add('returned');
        return disposed;
      },
    };
    const input = {
      [Symbol.asyncIterator]: (): AsyncIterator<number> => (itself ? Object.assign(input, iterator) : iterator),
      [Symbol.asyncDispose]: () => {
        told.add('disposed');
        dispose();
        return Promise.resolve();
      },
    };
    return input;
  }

  it.each([true, false])(
    'returns and disposes, once each, while a value is awaited; its own iterator: %s',
    async (itself) => {
      const told = new Record();
      const ch = channelFrom(disposable(told, itself), { capacity: 1 });
      ch.receive().subscribe(told.by('a'));
      ch.cancel('enough');
      ch.cancel();
      await tick();
      expect(told.lines).toEqual(['a failed with CancelledError(enough)', 'returned', 'disposed']);
    },
  );

  it('disposes what was not asked for yet', () => {
    const told = new Record();
    channelFrom(disposable(told, false)).cancel();
    expect(told.lines).toEqual(['returned', 'disposed']);
  });

  it('disposes also where return() throws, and reports what disposing fails with', () => {
    const rejecting = {
      then: (_: unknown, reject: (error: unknown) => void) => (reject(new Error('stuck')), Promise.resolve()),
    };
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return: () => {
          throw new Error('no return');
        },
      }),
      [Symbol.asyncDispose]: () => rejecting as unknown as Promise<void>,
    };
    const told = new Record();
    const reported = reportsOf(() => {
      try {
        channelFrom(source).cancel();
      } catch (error) {
        told.add((error as Error).message);
      }
    });
    expect([told.lines, reported]).toEqual([['no return'], [new Error('stuck')]]);
  });

  it('returns an async generator, which is disposable by birth, once', async () => {
    const told = new Record();
    async function* numbers(): AsyncGenerator<number, void> {
      try {
        for (let n = 1; ; n++) yield await Promise.resolve(n);
      } finally {
        told.add('finally');
      }
    }
    const generator = numbers();
    const born = generator.return.bind(generator);
    generator.return = (value) => (told.add('returned'), born(value));
    const ch = channelFrom(generator, { capacity: 1 });
    await tick();
    ch.cancel();
    await tick();
    expect(told.lines).toEqual(['returned', 'finally']);
  });

  it('reports the value that an async generator brings with the cancel', async () => {
    const told = new Record();
    let come!: (value: number) => void;
    async function* numbers(): AsyncGenerator<number, void> {
      yield await new Promise<number>((resolve) => (come = resolve));
    }
    const ch = channelFrom(numbers(), { onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
    ch.receive().subscribe(told.by('a'));
    ch.cancel();
    come(7);
    await tick();
    expect(told.lines).toEqual(['a failed with CancelledError(undefined)', '7 cancelled']);
  });
});

describe('2.19 channelFrom a stream of Node’s', () => {
  it.each([0, 1])('keeps an error that comes before it is asked for, at capacity %d', async (capacity) => {
    const told = new Record();
    const stream = new Readable({ read: () => undefined, objectMode: true });
    const ch = channelFrom(stream as AsyncIterable<unknown>, { capacity });
    stream.destroy(new Error('early'));
    await tick();
    await tick();
    ch.receive().subscribe(told.by('a'));
    await tick();
    expect(told.lines).toEqual(['a failed with early']);
  });

  it.each([true, false])('is destroyed by a cancel at once; while it is read: %s', async (isRead) => {
    const told = new Record();
    const stream = new Readable({ read: () => undefined, objectMode: true });
    const ch = channelFrom(stream as AsyncIterable<unknown>);
    if (isRead) ch.receive().subscribe(told.by('a'));
    ch.cancel('enough');
    const { destroyed } = stream;
    await tick();
    expect([told.lines, destroyed]).toEqual([isRead ? ['a failed with CancelledError(enough)'] : [], true]);
  });

  it.each<[string, (ch: ReceiveChannel<unknown>) => void]>([
    ['has ended', (ch) => ch.subscribe({ error: () => undefined })],
    ['has failed', (ch) => ch.subscribe({ error: () => undefined })],
    ['was cancelled', (ch) => ch.cancel()],
  ])('listens for its error until it %s', async (how, bring) => {
    const emitter = new EventEmitter();
    async function* answers(): AsyncGenerator<number, void> {
      yield await Promise.resolve(1);
      if (how === 'has failed') throw new Error(how);
    }
    const ch = channelFrom(Object.assign(emitter, { [Symbol.asyncIterator]: answers }));
    const listening = [emitter.listenerCount('error')];
    bring(ch);
    await tick();
    listening.push(emitter.listenerCount('error'));
    expect(listening).toEqual([1, 0]);
  });
});

describe('2.13 channelFrom an iterator that fails where it is asked, or whose value cannot be sent', () => {
  it('fails with what next() throws', () => {
    const told = new Record();
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: (): never => {
          throw new Error('no next');
        },
      }),
    };
    channelFrom(source).subscribe(told.all('a'));
    expect(told.lines).toEqual(['a failed with no next']);
  });
});

describe('2.13 channelFrom an iterator that cannot be closed, or fails to', () => {
  it('is cancelled all the same', () => {
    const endless = { [Symbol.iterator]: () => ({ next: () => ({ done: false as const, value: 1 }) }) };
    const later = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    const channels = [channelFrom(endless), channelFrom(later)];
    expect(channels.map((ch) => [ch.cancel(), ch.cancel()])).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  it('reports what its return() fails with', () => {
    /** Rejects in the same call: virtual time does not wait for promises. */
    const rejecting = {
      then: (_: unknown, reject: (error: unknown) => void) => {
        reject(new Error('not closed'));
        return Promise.resolve();
      },
    } as PromiseLike<never>;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return: () => rejecting as Promise<never>,
      }),
    };
    expect(reportsOf(() => channelFrom(source).cancel())).toEqual([new Error('not closed')]);
  });

  it('errs with an error of its own where the source errs with undefined, which would be a clean end', () => {
    const told = new Record();
    pushedFrom(new Observable((subscriber) => subscriber.error(undefined))).subscribe(told.all('a'));
    expect(told.lines).toEqual(['a failed with the source failed with undefined']);
  });
});

const pushedFrom = (source: Observable<number>) => channelFrom(source, { capacity: Infinity });

describe('2.13 channelFrom an observable', () => {
  const pushed = (source: Observable<number>, options: ChannelOptions<number>) => channelFrom(source, options);

  it.each<ChannelOptions<number>>([{}, { capacity: 5 }, { capacity: 5, overflow: 'suspend' }])(
    'needs capacity Infinity or a policy, else TypeError at once: %j',
    (options) => {
      expect(() => channelFrom(NEVER, options)).toThrow(TypeError);
    },
  );

  it.each<[ChannelOptions<number>, number[]]>([
    [{ capacity: Infinity }, [1, 2, 3]],
    [{ capacity: 2, overflow: 'dropOldest' }, [2, 3]],
    [{ capacity: 2, overflow: 'dropNewest' }, [1, 2]],
    [{ capacity: 1, conflate: (a, b) => a + b }, [6]],
  ])('%# with a policy keeps what that says, and the end is never lost', (options, kept) => {
    const told = new Record();
    const ch = pushed(of(1, 2, 3), options);
    ch.subscribe(told.all('a'));
    check(ch);
    expect(told.lines).toEqual([...kept.map((n) => `a got ${n}`), 'a completed']);
  });

  it('never loses its error to a full buffer', () => {
    const told = new Record();
    const source = concat(
      of(1, 2),
      throwError(() => new Error('thrown')),
    );
    pushed(source, { capacity: 1, overflow: 'dropNewest' }).subscribe(told.all('a'));
    expect(told.lines).toEqual(['a got 1', 'a failed with thrown']);
  });

  it('on fail: what is buffered comes before the OverflowError, and the source is left', () => {
    const told = new Record();
    const source = new Subject<number>();
    const ch = pushed(source, { capacity: 2, overflow: 'fail' });
    for (const n of [1, 2, 3]) source.next(n);
    const observed = source.observed;
    ch.subscribe(told.all('a'));
    check(ch);
    expect([told.lines, observed]).toEqual([['a got 1', 'a got 2', 'a failed with OverflowError'], false]);
  });

  it('unsubscribes when it is cancelled', () => {
    const source = new Subject<number>();
    const ch = pushed(source, { capacity: Infinity });
    const before = source.observed;
    ch.cancel();
    expect([before, source.observed]).toEqual([true, false]);
  });

  it('gives a subscriber each value in the call that emits it', () => {
    const told = new Record();
    const source = new Subject<number>();
    pushed(source, { capacity: Infinity }).subscribe(told.all('a'));
    source.next(1);
    told.add('emitted');
    source.complete();
    expect(told.lines).toEqual(['a got 1', 'emitted', 'a completed']);
  });

  it('reports nothing unhandled when it errs before anybody listens', () => {
    expect(
      reportsOf(() => {
        pushed(
          throwError(() => new Error('thrown')),
          { capacity: Infinity },
        );
      }),
    ).toEqual([]);
  });
});
