// Calls over a port: caller and server in one thread, so that what happens on both sides can be told.

import { config, from, NEVER, Observable, of, Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CancelledError,
  channel,
  ClosedError,
  coroutine,
  deferred,
  forEach,
  gather,
  go,
  poll,
  select,
  sleep,
  type TaskContext,
  trySelect,
} from '../../src/index.ts';
import {
  expose,
  type Handler,
  PeerGoneError,
  RemoteError,
  type Thread,
  thread,
  withTransfer,
} from '../../src/worker/index.ts';
import { FORMS } from '../forms.ts';
import { Record as Notes, show, title } from '../record.ts';
import { eventually, failure, like, ports, settled } from './ports.ts';

const record = new Notes();
const reported: unknown[] = [];

beforeEach(() => {
  record.take();
  reported.length = 0;
  config.onUnhandledError = (error: unknown) => reported.push(error);
});
afterEach(() => {
  config.onUnhandledError = null;
});

/** A thread that is none. */
function serving<H extends Record<string, Handler>>(handlers: H): Thread<H> & { readonly server: { close(): void } } {
  const [here, there] = ports();
  expose(handlers, like(there));
  return Object.assign(
    thread<H>(() => like(here)),
    { server: there },
  );
}

/** What `f` returns is to be called. */
function returning(f: (this: TaskContext) => unknown): Thread<{ f: () => unknown }> {
  return serving({ f });
}

function* numbers(n: number): Generator<number, string> {
  for (let i = 1; i <= n; i++) yield i;
  return 'end';
}

async function* later(n: number): AsyncGenerator<number> {
  for (let i = 1; i <= n; i++) {
    await Promise.resolve();
    yield i;
  }
}

class Bag implements Iterable<number> {
  *[Symbol.iterator](): Generator<number> {
    yield 7;
    yield 8;
  }
}

const closed = (...values: number[]): unknown => {
  const made = channel<number>(Infinity);
  for (const value of values) made.trySend(value);
  made.close();
  return made;
};

describe('what a handler returns', () => {
  it.each<[string, () => unknown, unknown, unknown[]]>([
    ['a number', () => 1, 1, [1]],
    ['nothing', () => undefined, undefined, [undefined]],
    ['a string', () => 'text', 'text', ['text']],
    ['an array', () => [1, 2], [1, 2], [[1, 2]]],
    ['a Map', () => new Map([[1, 2]]), new Map([[1, 2]]), [new Map([[1, 2]])]],
    ['a Set', () => new Set([1, 2]), new Set([1, 2]), [new Set([1, 2])]],
    ['bytes', () => new Uint8Array([1, 2]), new Uint8Array([1, 2]), [new Uint8Array([1, 2])]],
    ['a buffer', () => new Uint8Array([1]).buffer, new Uint8Array([1]).buffer, [new Uint8Array([1]).buffer]],
    ['an object with a length', () => ({ length: 2 }), { length: 2 }, [{ length: 2 }]],
    ['a promise', () => Promise.resolve(5), 5, [5]],
    ['a promise of an array', () => Promise.resolve([5]), [5], [[5]]],
    ['a generator', () => numbers(3), 3, [1, 2, 3]],
    ['a generator that yields nothing', () => numbers(0), 'end', ['end']],
    ['an iterable of another kind', () => new Bag(), 8, [7, 8]],
    ['the iterator of a Map', () => new Map([[1, 2]]).keys(), 1, [1]],
    ['an async iterable', () => later(3), 3, [1, 2, 3]],
    ['an empty async iterable', () => later(0), undefined, []],
    ['an observable', () => of(1, 2, 3), 3, [1, 2, 3]],
    ['an empty observable', () => from([]), undefined, []],
    ['a channel', () => closed(1, 2, 3), 3, [1, 2, 3]],
    ['an operation', () => sleep(1).map(() => 'slept'), 'slept', ['slept']],
    ['a coroutine', () => coroutine(() => waits(4)), 4, [4]],
    ['a generator that waits', () => waits(4), 4, [4]],
    ['a stream', () => new Blob(['ab']).stream().pipeThrough(new TextDecoderStream()), 'ab', ['ab']],
  ])('%s: a call brings the last value, a stream all of them', async (_, f, last, all) => {
    const there = returning(f);
    expect(await there.call('f', []).promise()).toEqual(last);
    const got: unknown[] = [];
    await forEach(there.stream('f', []), (value) => void got.push(value)).promise();
    expect(got).toEqual(all);
    expect(there.active).toBe(0);
  });

  it('may wait and yield in turn, and is paced: no further than what was granted', async () => {
    const made: number[] = [];
    const there = returning(function* () {
      for (let i = 0; ; i++) {
        made.push(i);
        yield* sleep(0);
        yield i;
      }
    });
    const stream = there.stream('f', [], { window: 2 });
    await settled();
    expect(made).toEqual([]);
    expect(await stream.receive().promise()).toBe(0);
    await eventually(() => made.length >= 3);
    await sleep(30).promise();
    // Two are granted, one taken is granted anew, and one waits to be sent.
    expect(made).toEqual([0, 1, 2, 3]);
    stream.cancel();
  });

  it.each<[string, (asked: number[]) => unknown]>([
    [
      'an iterable',
      (asked) => ({
        *[Symbol.iterator]() {
          for (let i = 0; ; i++) {
            asked.push(i);
            yield i;
          }
        },
      }),
    ],
    [
      'an async iterable',
      async function* (asked: number[]) {
        for (let i = 0; ; i++) {
          asked.push(i);
          await Promise.resolve();
          yield i;
        }
      },
    ],
  ])('of %s, is asked for no more than is wanted, and told when nobody wants more', async (_, make) => {
    const asked: number[] = [];
    const there = returning(() => make(asked));
    const stream = there.stream('f', [], { window: 1 });
    expect(await stream.receive().promise()).toBe(0);
    await settled();
    expect(asked.length).toBeLessThanOrEqual(3);
    stream.cancel();
    await stream.whenEnded().promise();
    expect(there.active).toBe(0);
  });

  it('that pushes waits there', async () => {
    const subject = new Subject<number>();
    const there = returning(() => subject);
    const stream = there.stream('f', [], { window: 1 });
    const first = stream.receive().promise();
    await eventually(() => subject.observed);
    for (let i = 0; i < 100; i++) subject.next(i);
    subject.complete();
    const got = [await first];
    await forEach(stream, (value) => void got.push(value)).promise();
    expect(got).toEqual(Array.from({ length: 100 }, (__, i) => i));
  });

  it('is moved, not cloned, where that is said', async () => {
    const buffers: ArrayBuffer[] = [];
    const buffer = (): ArrayBuffer => {
      const made = new ArrayBuffer(8);
      buffers.push(made);
      return withTransfer(made, [made]);
    };
    const there = serving({
      one: () => buffer(),
      *many() {
        yield buffer();
        yield buffer();
      },
    });
    expect((await there.call('one', []).promise()).byteLength).toBe(8);
    const lengths: number[] = [];
    await forEach(there.stream('many', []), (one) => void lengths.push(one.byteLength)).promise();
    expect([lengths, buffers.map(({ byteLength }) => byteLength)]).toEqual([
      [8, 8],
      [0, 0, 0],
    ]);
    expect(withTransfer(5, [])).toBe(5);
    expect(() => withTransfer({}, 5 as never)).toThrow(TypeError);
  });

  it('fails its call, and no other, if it cannot be cloned', async () => {
    const there = serving({
      bad: () => () => 1,
      good: () => 1,
      *some() {
        try {
          yield 1;
          yield () => 2;
          yield 3;
        } finally {
          record.add('cleaned up');
        }
      },
    });
    expect(await failure(there.call('bad', []))).toMatchObject({ name: 'DataCloneError' });
    expect(await there.call('good', []).promise()).toBe(1);
    const stream = there.stream('some', []);
    expect(await stream.receive().promise()).toBe(1);
    expect(await failure(stream.receive())).toMatchObject({ name: 'DataCloneError' });
    expect(record.take()).toEqual(['cleaned up']);
  });
});

function* helper(isWaiting = false): Generator<number, void> {
  try {
    if (isWaiting) yield* sleep(1e9);
    for (;;) yield 1;
  } finally {
    yield* sleep(1);
    record.add('inner');
  }
}

function* waits(value: number): Generator<never, number> {
  yield* sleep(1);
  return value;
}

describe('a call', () => {
  it('passes its arguments, and moves what is listed when it begins', async () => {
    const there = serving({ f: (a: number, b: { c: string }, buffer: ArrayBuffer) => [a, b, buffer.byteLength] });
    const buffer = new ArrayBuffer(8);
    const call = there.call('f', [1, { c: 'x' }, buffer], { transfer: [buffer] });
    expect(buffer.byteLength).toBe(8);
    expect(await call.promise()).toEqual([1, { c: 'x' }, 8]);
    expect(buffer.byteLength).toBe(0);
  });

  it('whose arguments cannot be cloned fails, alone, and moves nothing', async () => {
    const there = serving({ f: () => 1 });
    const buffer = new ArrayBuffer(8);
    const error = await failure(there.call('f', [() => 1, buffer] as never, { transfer: [buffer] }));
    expect([show(error), buffer.byteLength, there.active]).toEqual(['DataCloneError', 8, 0]);
    expect(await there.call('f', []).promise()).toBe(1);
  });

  it('does nothing before it is performed, and is performed anew each time', async () => {
    let calls = 0;
    const there = serving({ f: () => ++calls });
    const call = there.call('f', []);
    await settled();
    expect([calls, await call.promise(), await call.promise()]).toEqual([0, 1, 2]);
  });

  it('of what is not exposed fails, also of what every object has', async () => {
    const there = serving({ f: () => 1 }) as Thread<Record<string, () => unknown>>;
    for (const name of ['g', 'toString', '__proto__', 'constructor']) {
      expect(await failure(there.call(name, []))).toEqual(new TypeError(`nothing is exposed as "${name}"`));
    }
  });

  it('runs beside others, in whatever order they end', async () => {
    const there = serving({
      *f(ms: number) {
        yield* sleep(ms);
        return ms;
      },
    });
    there.call('f', [30]).subscribe(record.by('slow'));
    there.call('f', [1]).subscribe(record.by('fast'));
    await settled();
    expect(there.active).toBeGreaterThan(0);
    await eventually(() => record.lines.length === 2);
    expect(record.take()).toEqual(['fast got 1', 'slow got 30']);
    expect(there.active).toBe(0);
  });

  it('can be a case of a select, that loses and is cancelled there', async () => {
    const there = serving({
      *f() {
        try {
          yield* sleep(1e9);
        } finally {
          record.add('cleaned up');
        }
      },
    });
    const other = channel<string>(1);
    const chosen = select({ call: there.call('f', []), other }).promise();
    await settled();
    other.trySend('x');
    expect(await chosen).toEqual({ key: 'other', value: 'x' });
    await eventually(() => record.lines.length === 1);
  });

  it.each([
    ['name', [5, []], TypeError],
    ['args', ['f', 5], TypeError],
    ['options', ['f', [], null], TypeError],
    ['transfer', ['f', [], { transfer: 5 }], TypeError],
    ['killAfter', ['f', [], { killAfter: -1 }], RangeError],
    ['killAfter', ['f', [], { killAfter: NaN }], RangeError],
  ])('is refused a wrong %s, at the call', (_, args, Wrong) => {
    const there = serving({ f: () => 1 });
    expect(() => there.call(...(args as ['f', []]))).toThrow(Wrong);
    expect(() => there.stream(...(args as ['f', []]))).toThrow(Wrong);
    expect(() => there.stream('f', [], { window: 0 })).toThrow(RangeError);
  });
});

describe.each(FORMS)('a call by $form', ({ perform }) => {
  it('gets the result', async () => {
    const there = serving({ f: (a: number) => a + 1 });
    perform(there.call('f', [1]), record.by('caller'));
    await eventually(() => record.lines.length === 1);
    expect(record.take()).toEqual(['caller got 2']);
  });

  it('that is withdrawn cancels the handler: its signal aborts, its finally blocks run', async () => {
    const there = serving({
      *f(this: TaskContext) {
        this.signal.addEventListener('abort', () => record.add('aborted'));
        try {
          yield* sleep(1e9);
          record.add('never');
        } finally {
          yield* sleep(1);
          record.add('cleaned up');
        }
      },
    });
    const withdraw = perform(there.call('f', []), record.by('caller'));
    await settled();
    expect(there.active).toBe(1);
    withdraw();
    // It still cleans up.
    expect(there.active).toBe(1);
    await eventually(() => there.active === 0);
    expect(record.take()).toEqual(['aborted', 'cleaned up']);
  });

  it('fails with what was thrown there', async () => {
    const there = serving({
      f: () => {
        throw new RangeError('far');
      },
    });
    perform(there.call('f', []), record.by('caller'));
    await eventually(() => record.lines.length === 1);
    expect(record.take()).toEqual(['caller failed with RangeError']);
    await settled();
    expect(reported).toEqual([]);
  });
});

describe('who gives up a call', () => {
  it('waits for its clean-up, if it is a coroutine', async () => {
    const there = serving({
      *f() {
        try {
          yield* sleep(1e9);
        } finally {
          yield* sleep(20);
          record.add('cleaned up there');
        }
      },
    });
    const task = go(function* () {
      try {
        yield* there.call('f', []);
      } finally {
        record.add('goes on here');
      }
    });
    await settled();
    await task.cancel().promise();
    expect(record.take()).toEqual(['cleaned up there', 'goes on here']);
  });

  it('does not wait for a clean-up that ended while it waited for something else', async () => {
    const there = serving({
      *f() {
        try {
          yield* sleep(1e9);
        } finally {
          record.add('cleaned up there');
        }
      },
    });
    const call = there.call('f', []);
    const done = deferred<string>();
    const task = go(function* () {
      yield* gather([select({ call, late: sleep(5) }), done]);
      return 'went on';
    });
    await sleep(10).promise();
    await settled();
    expect(record.take()).toEqual(['cleaned up there']);
    done.resolve('done');
    expect(await task.withTimeout(1000).promise()).toBe('went on');
  });

  it('by a deadline hears of it at once, as an observer', async () => {
    const there = serving({
      *f() {
        try {
          yield* sleep(1e9);
        } finally {
          yield* sleep(20);
          record.add('cleaned up');
        }
      },
    });
    there.call('f', []).withTimeout(5).subscribe(record.by('observer'));
    await eventually(() => record.lines.length === 2);
    expect(record.take()).toEqual(['observer failed with TimeoutError', 'cleaned up']);
  });

  it('fails with what its clean-up threw, or that is reported', async () => {
    const there = serving({
      *f() {
        try {
          yield* sleep(1e9);
        } finally {
          // eslint-disable-next-line no-unsafe-finally -- It is what is tested.
          throw new RangeError('unclean');
        }
      },
    });
    const task = go(() => there.call('f', []) as never);
    await settled();
    await task.cancel().promise();
    expect(task.status).toBe('rejected');
    expect(await failure(task)).toEqual(new RangeError('unclean'));
    const observer = there.call('f', []).subscribe();
    await settled();
    observer.unsubscribe();
    await eventually(() => reported.length === 1);
    expect(reported).toEqual([new RangeError('unclean')]);
  });

  it('abandons a promise at once', async () => {
    const there = serving({ f: () => new Promise(() => undefined) });
    const task = go(function* () {
      yield* there.call('f', []);
    });
    await settled();
    await task.cancel().promise();
    expect(there.active).toBe(0);
  });

  it('cancels a channel that the handler returned, unsubscribes an observable, ends an iterator', async () => {
    const made = channel<number>();
    const there = serving({
      channel: () => made,
      observable: () => new Observable(() => () => record.add('unsubscribed')),
      iterator: async function* () {
        try {
          yield 1;
          await sleep(1).promise();
          yield 2;
        } finally {
          record.add('returned');
        }
      },
    });
    const streams = [
      there.stream('channel', []),
      there.stream('observable', []),
      there.stream('iterator', [], { window: 1 }),
    ];
    for (const one of streams) one.receive().subscribe({ error: () => undefined });
    const call = there.call('channel', []).subscribe();
    await eventually(() => there.active === 4);
    for (const one of streams) one.cancel();
    call.unsubscribe();
    await eventually(() => there.active === 0);
    expect(made.tryReceive()).toEqual({ ok: false, closed: true });
    expect(record.take().sort()).toEqual(['returned', 'unsubscribed']);
  });

  it('may do so before it has begun there', async () => {
    const there = serving({ f: () => NEVER });
    there.call('f', []).subscribe().unsubscribe();
    await eventually(() => there.active === 0);
  });
});

describe('a generator that is cancelled', () => {
  it('at a plain yield is told, and its finally blocks may wait', async () => {
    const there = serving({
      *f() {
        try {
          for (let i = 0; ; i++) yield i;
        } finally {
          yield* sleep(5);
          record.add('cleaned up');
        }
      },
    });
    const stream = there.stream('f', [], { window: 1 });
    expect(await stream.receive().promise()).toBe(0);
    stream.cancel('enough');
    await stream.whenEnded().promise();
    expect(record.take()).toEqual(['cleaned up']);
  });

  it('at a plain yield of a helper ends all around it, and runs no other statement', async () => {
    const there = serving({
      *f() {
        try {
          for (;;) {
            yield* helper();
            record.add('never');
          }
        } finally {
          yield* sleep(1);
          record.add('outer');
        }
      },
    });
    const stream = there.stream('f', [], { window: 1 });
    expect(await stream.receive().promise()).toBe(1);
    await settled();
    stream.cancel();
    await stream.whenEnded().promise();
    expect([record.take(), reported]).toEqual([['inner', 'outer'], []]);
  });

  it('in a helper that waits ends all around it, and runs no other statement', async () => {
    const there = serving({
      *f() {
        for (;;) {
          yield* helper(true);
          record.add('never');
        }
      },
    });
    const call = there.call('f', []).subscribe();
    await settled();
    call.unsubscribe();
    await eventually(() => there.active === 0);
    expect([record.take(), reported]).toEqual([['inner'], []]);
  });

  it('though it never waits, is, if it yields now and then', async () => {
    const there = serving({
      *f() {
        for (let i = 0; ; i++) yield i;
      },
    });
    expect(await failure(there.call('f', []).withTimeout(20))).toMatchObject({ name: 'TimeoutError' });
    await eventually(() => there.active === 0);
  });
});

describe('a stream', () => {
  it('begins when a value is first asked for, in whatever way', async () => {
    let begun = 0;
    const there = serving({
      *f() {
        begun++;
        yield 1;
      },
    });
    const streams = Array.from({ length: 4 }, () => there.stream('f', []));
    await settled();
    expect(begun).toBe(0);
    expect(streams[0]!.tryReceive()).toEqual({ ok: false, closed: false });
    expect(trySelect({ stream: streams[1] })).toBeUndefined();
    streams[2]!.subscribe();
    await settled();
    expect(begun).toBe(3);
    streams[3]!.cancel();
    await streams[3]!.whenEnded().promise();
    expect(await failure(streams[3]!.receive())).toBeInstanceOf(CancelledError);
    expect(begun).toBe(3);
  });

  it('fails with what was thrown, after what came before it', async () => {
    const there = serving({
      *f() {
        yield 1;
        throw new ClosedError('the moon');
      },
    });
    const stream = there.stream('f', []);
    stream.subscribe(record.all('reader'));
    await eventually(() => record.lines.length === 2);
    expect(record.take()).toEqual(['reader got 1', 'reader failed with ClosedError']);
    expect(await failure(stream.receive())).toEqual(new ClosedError('the moon'));
  });

  it('takes many values in their order, at any window', async () => {
    const there = serving({ f: (n: number) => numbers(n) });
    for (const window of [1, 2, 3, 16, 1000]) {
      const got: unknown[] = [];
      await forEach(there.stream('f', [500], { window }), (value) => void got.push(value)).promise();
      expect(got).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    }
  });
});

describe('errors', () => {
  it('arrive as what they are, or as a RemoteError, or as they are if they are none', async () => {
    class OddError extends Error {
      override readonly name = 'OddError';
      readonly code = 5;
    }
    const thrown: unknown[] = [
      new TypeError('t', { cause: new ClosedError('x') }),
      new OddError('odd'),
      5,
      { a: 1 },
      undefined,
    ];
    const there = serving({
      f(i: number) {
        throw thrown[i];
      },
      *g(i: number) {
        yield* sleep(0);
        throw thrown[i];
      },
      h: (i: number) => Promise.reject(thrown[i] as Error),
    });
    for (const name of ['f', 'g', 'h'] as const) {
      const errors = [];
      for (let i = 0; i < thrown.length; i++) errors.push(await failure(there.call(name, [i])));
      expect(errors[0]).toBeInstanceOf(TypeError);
      expect((errors[0] as Error).cause).toBeInstanceOf(ClosedError);
      expect(errors[1]).toBeInstanceOf(RemoteError);
      expect(errors[1]).toMatchObject({ remoteName: 'OddError', message: 'odd', code: 5 });
      expect(errors.slice(2)).toEqual([5, { a: 1 }, undefined]);
    }
  });
});

describe('the end of a thread', () => {
  it('by close: running calls end first, later ones are refused, and close is for once', async () => {
    const there = serving({
      *f() {
        yield* sleep(20);
        return 1;
      },
    });
    there.call('f', []).subscribe(record.by('running'));
    await settled();
    there.close().subscribe(record.by('closed'));
    there.call('f', []).subscribe(record.by('late'));
    await eventually(() => record.lines.length === 3);
    expect(record.take()).toEqual(['late failed with ClosedError', 'running got 1', 'closed got undefined']);
    await there.close().promise();
    await there.terminate().promise();
  });

  it('by terminate: running calls fail with PeerGoneError, those to come too', async () => {
    const there = serving({ f: () => NEVER });
    there.call('f', []).subscribe(record.by('running'));
    const stream = there.stream('f', []);
    stream.subscribe(record.all('stream'));
    await settled();
    const ended = there.terminate();
    expect(record.take()).toEqual(['running failed with PeerGoneError', 'stream failed with PeerGoneError']);
    await ended.promise();
    await stream.whenEnded().promise();
    expect(await failure(there.call('f', []))).toBeInstanceOf(PeerGoneError);
    expect(there.active).toBe(0);
  });

  it('by its death: the same, and what it had brought is still received', async () => {
    const there = serving({
      *f() {
        yield 1;
        yield 2;
        yield* sleep(1e9);
      },
    });
    const stream = there.stream('f', []);
    expect(await stream.receive().promise()).toBe(1);
    await settled();
    there.server.close();
    await eventually(() => there.active === 0);
    expect(await stream.receive().promise()).toBe(2);
    expect(await failure(stream.receive())).toBeInstanceOf(PeerGoneError);
    expect(await failure(there.call('f', []))).toBeInstanceOf(PeerGoneError);
  });

  it('of the caller: whatever runs for it is cancelled', async () => {
    const [here, there] = ports();
    expose(
      {
        *f(this: TaskContext) {
          try {
            yield* sleep(1e9);
          } finally {
            record.add(`cancelled: ${show(this.signal.reason)}`);
          }
        },
      },
      like(there),
    );
    const caller = thread<{ f: () => unknown }>(() => like(here));
    caller.call('f', []).subscribe({ error: () => undefined });
    await settled();
    here.close();
    await eventually(() => record.lines.length === 1);
    expect(record.take()).toEqual(['cancelled: PeerGoneError']);
  });
});

describe('expose', () => {
  it.each([null, undefined, 5, { f: 5 }])('refuses %o, at the call', (handlers) => {
    const [port] = ports();
    expect(() => expose(handlers as never, like(port))).toThrow(TypeError);
  });

  it('wants a port, where the thread has none of its own', () => {
    const { process } = globalThis;
    expect(() => {
      // Tests may run in a thread themselves.
      Object.defineProperty(globalThis, 'process', { value: {}, configurable: true });
      try {
        expose({});
      } finally {
        Object.defineProperty(globalThis, 'process', { value: process, configurable: true, writable: true });
      }
    }).toThrow('expose: this is no thread of its own; give the port to serve on');
  });
});

describe('thread', () => {
  it.each([null, 5, 'file:///x.js', {}])('refuses the source %o, at the call', (source) => {
    expect(() => thread(source as never)).toThrow(/^thread: source must be a URL, or a function that makes a Worker/);
  });
  it('refuses options that are none', () => {
    expect(() => thread(() => like(ports()[0]), null as never)).toThrow(TypeError);
    expect(() => thread(() => like(ports()[0]), { name: 5 } as never)).toThrow(TypeError);
  });
  it('prints itself', async () => {
    const [here, there] = ports();
    expose({ f: () => NEVER }, like(there));
    const one = thread<{ f: () => unknown }>(() => like(here), { name: 'cruncher' });
    one.call('f', []).subscribe({ error: () => undefined });
    expect(title(one)).toBe('cruncher (1 active, open)');
    expect(title(one.call('f', []))).toBe('call of f on cruncher');
    expect(title(one.stream('f', []))).toMatch(/^stream#\d+ of f on cruncher \(0\/16, new\)$/);
    await one.terminate().promise();
    expect(title(one)).toBe('cruncher (0 active, gone)');
  });
});

describe('a call that is only tried', () => {
  it('is not made at all: it would have to be given up at once', async () => {
    const made: string[] = [];
    const there = serving({ f: (what: string) => void made.push(what) });
    await there.call('f', ['once']).promise();
    const ready = channel<string>(3);
    for (const value of ['a', 'b', 'c']) ready.trySend(value);
    expect(poll(there.call('f', ['poll']))).toEqual({ ok: false, closed: false });
    expect(poll(there.call('f', ['map']).map(String))).toEqual({ ok: false, closed: false });
    expect(trySelect({ called: there.call('f', ['trySelect']) })).toBeUndefined();
    for (const order of ['fair', 'priority'] as const) {
      const { key } = await select({ called: there.call('f', [order]), ready }, { order }).promise();
      expect(key).toBe('ready');
    }
    expect(await failure(there.call('f', ['deadline']).withTimeout(0))).toMatchObject({ name: 'TimeoutError' });
    expect(there.active).toBe(0);
    await settled();
    expect(made).toEqual(['once']);
  });

  it('is refused by a thread that has ended', async () => {
    const there = serving({ f: () => 1 });
    await there.terminate().promise();
    expect(() => poll(there.call('f', []))).toThrow(PeerGoneError);
    const closed = serving({ f: () => 1 });
    await closed.close().promise();
    expect(() => poll(closed.call('f', []))).toThrow(ClosedError);
  });
});
