import { concat, NEVER, Observable, of, Subject, takeUntil, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type ChannelOptions, channel, channelFrom, deferred, poll, type ReceiveChannel } from '../../src/index.ts';
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
  it('reports nothing of a value that comes after a cancel: nobody has sent it', async () => {
    const told = new Record();
    const source = givenLater(told);
    const ch = channelFrom(source, { capacity: 1, onUndelivered: (value, reason) => told.add(`${value} ${reason}`) });
    await source.give({ done: false, value: 1 });
    ch.tryReceive();
    ch.cancel();
    await source.give({ done: false, value: 2 });
    expect([told.lines, ch.tryReceive(), source.asked]).toEqual([['returned'], { ok: false, closed: true }, 2]);
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
      }),
    } as unknown as AsyncIterable<number>;
    const ch = channelFrom(source, { capacity: 1, overflow: 'fail' });
    answers[0]!({ done: false, value: 1 });
    ch.receive().pipe(takeUntil(stop)).subscribe(told.by('first'));
    answers[1]!({ done: false, value: 2 });
    check(ch);
    ch.subscribe(told.all('second'));
    expect([told.lines, answers.length]).toEqual([['second got 1', 'second failed with OverflowError'], 2]);
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

  it('a promise is pushed: its value, and the end', async () => {
    const told = new Record();
    channelFrom(Promise.resolve(1), { capacity: Infinity }).subscribe(told.all('a'));
    await tick();
    expect(told.lines).toEqual(['a got 1', 'a completed']);
  });

  it('what is like an array is iterated', () => {
    expect(values(channelFrom({ length: 2, 0: 'a', 1: 'b' } as ArrayLike<string>, { capacity: 2 }))).toEqual([
      'a',
      'b',
    ]);
  });

  it.each([[null], [undefined], [5], [() => 1], [{}]])('%# is refused at the call', (input) => {
    expect(() => channelFrom(input as never, { capacity: Infinity })).toThrow(
      /provided .* where a stream was expected/,
    );
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
