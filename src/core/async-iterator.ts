// What is iterated asynchronously: async iterables, and streams, which are async iterable on servers and not yet in every browser.

/** Whether `input` is one. */
export function isIterated(input: unknown): input is AsyncIterable<unknown> | ReadableStream<unknown> {
  return has(input, Symbol.asyncIterator) || has(input, 'getReader');
}

export function asyncIteratorOf<T>(input: AsyncIterable<T> | ReadableStream<T>): AsyncIterator<T> {
  // A stream's own iterator would let `return()` wait for the read that goes on, which may never end.
  if (!has(input, 'getReader')) return (input as AsyncIterable<T>)[Symbol.asyncIterator]();
  const reader = (input as ReadableStream<T>).getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<T>>,
    return: () => reader.cancel() as Promise<never>,
  };
}

/** Whether `input` has such a method. */
export function has(input: unknown, method: PropertyKey): boolean {
  return input !== null && input !== undefined && typeof (input as Record<PropertyKey, unknown>)[method] === 'function';
}
