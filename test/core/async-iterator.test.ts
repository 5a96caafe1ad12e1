import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { asyncIteratorOf, has, isIterated } from '../../src/core/async-iterator.ts';

async function* numbers(): AsyncGenerator<number> {
  yield await Promise.resolve(1);
}

/** As in a browser whose streams are not async iterable yet. */
function bare(stream: ReadableStream<number>): ReadableStream<number> {
  Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
  return stream;
}

describe('2.13 what is iterated asynchronously', () => {
  it('is an async iterable, or a stream, also one that is no async iterable', () => {
    const iterated = [numbers(), new ReadableStream(), bare(new ReadableStream<number>())];
    const others = [null, undefined, 1, 'x', {}, [1], of(1), Promise.resolve(1), { [Symbol.asyncIterator]: 1 }];
    expect(iterated.map(isIterated)).toEqual([true, true, true]);
    expect(others.map(isIterated)).toEqual(others.map(() => false));
  });

  it('is told by its methods, and of nothing at all there are none', () => {
    const called = { call: () => 1, name: 'x' };
    expect([has(called, 'call'), has(called, 'name'), has(called, 'none')]).toEqual([true, false, false]);
    expect([has(null, 'call'), has(undefined, 'call'), has('x', 'trim')]).toEqual([false, false, true]);
  });

  it('gives its own iterator, where it is no stream', async () => {
    const generator = numbers();
    const iterator = asyncIteratorOf(generator);
    expect(iterator).toBe(generator);
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
  });

  it('is read, where it is a stream, chunk by chunk to its end', async () => {
    const stream = bare(
      new ReadableStream<number>({
        start(controller) {
          controller.enqueue(1);
          controller.close();
        },
      }),
    );
    const iterator = asyncIteratorOf(stream);
    expect([await iterator.next(), await iterator.next()]).toEqual([
      { done: false, value: 1 },
      { done: true, value: undefined },
    ]);
  });

  it('is cancelled, where it is a stream, while a read goes on that may never end', async () => {
    let cancelled = false;
    const stream = new ReadableStream<number>({
      cancel() {
        cancelled = true;
      },
    });
    const iterator = asyncIteratorOf(stream);
    const reading = iterator.next();
    await iterator.return!();
    expect(cancelled).toBe(true);
    expect(await reading).toEqual({ done: true, value: undefined });
  });
});
