// Real threads: what a port alone cannot show. The threads run what was built.

import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { forEach, go, poll, sleep } from '../../src/index.ts';
import {
  inThread,
  PeerGoneError,
  portReceiver,
  portSender,
  RemoteError,
  type Thread,
  thread,
  type ThreadPool,
  threadPool,
  type ThreadPoolOptions,
} from '../../src/worker/index.ts';
import { Record as Notes } from '../record.ts';
import type { handlers } from './threads/crunch.mjs';
import { eventually, failure, like, settled } from './ports.ts';

type Crunch = typeof handlers;

const crunch = new URL('./threads/crunch.mjs', import.meta.url);
const broken = new URL('./threads/broken.mjs', import.meta.url);
const record = new Notes();
const open: { terminate(): { promise(): Promise<void> } }[] = [];

afterEach(async () => {
  record.take();
  await Promise.all(open.splice(0).map((one) => one.terminate().promise()));
});

function cruncher(source: URL | (() => never) = crunch): Thread<Crunch> {
  const made = thread<Crunch>(source);
  open.push(made);
  return made;
}

function pool(options: ThreadPoolOptions, source = crunch): ThreadPool<Crunch> & { check(): void } {
  const made = threadPool<Crunch>(source, options);
  open.push(made);
  return made as ThreadPool<Crunch> & { check(): void };
}

describe('a thread', () => {
  it('is called, streams, and ends', async () => {
    const there = cruncher();
    expect(await there.call('add', [2, 3]).promise()).toBe(5);
    const got: number[] = [];
    await forEach(there.stream('count', [100]), (value) => void got.push(value)).promise();
    expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i));
    await there.close().promise();
  });

  it('moves what is listed, both ways', async () => {
    const there = cruncher();
    const bytes = new Uint8Array(100);
    expect(await there.call('length', [bytes], { transfer: [bytes.buffer] }).promise()).toBe(100);
    expect([bytes.byteLength, (await there.call('fill', [9]).promise()).join('')]).toEqual([0, '777777777']);
  });

  it('may be made by a function, and has one use', async () => {
    const worker = new Worker(crunch);
    const there = cruncher(() => worker as never);
    expect(await there.call('add', [1, 1]).promise()).toBe(2);
    expect(() => thread(() => like(worker))).toThrow('thread: this port is in use');
  });

  it('that is cancelled cleans up, and who must not go on before waits', async () => {
    const there = cruncher();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const task = go(function* () {
      yield* there.call('forever', [flag]);
    });
    await there.call('add', [1, 1]).promise();
    await task.cancel().promise();
    expect(flag[0]).toBe(1);
  });

  it('that exits fails its calls with its exit code, those to come too', async () => {
    const there = cruncher();
    there.call('nap', [1e6]).subscribe(record.by('other'));
    const error = await failure(there.call('exit', [7]));
    expect(error).toBeInstanceOf(PeerGoneError);
    expect(error).toMatchObject({ exitCode: 7 });
    expect(record.take()).toEqual(['other failed with PeerGoneError']);
    expect(await failure(there.call('add', [1, 1]))).toMatchObject({ exitCode: 7 });
  });

  it('that has an uncaught error is gone, and says of what', async () => {
    const there = cruncher();
    expect(await failure(there.call('crash', []))).toMatchObject({
      name: 'PeerGoneError',
      exitCode: 1,
      cause: new RangeError('crashed'),
    });
  });

  it('whose script cannot be loaded, or throws, fails its calls', async () => {
    expect(await failure(cruncher(broken).call('add', [1, 1]))).toMatchObject({
      name: 'PeerGoneError',
      cause: new TypeError('this script is broken'),
    });
    const missing = cruncher(new URL('./threads/missing.mjs', import.meta.url));
    expect(await failure(missing.call('add', [1, 1]))).toMatchObject({ name: 'PeerGoneError' });
    expect(await failure(missing.call('add', [1, 1]))).toMatchObject({ name: 'PeerGoneError' });
  });

  it('that never yields is terminated after killAfter, and not waited for any longer', async () => {
    const there = cruncher();
    await there.call('add', [1, 1]).promise();
    const task = go(function* () {
      yield* there.call('spin', [], { killAfter: 50 });
    });
    await sleep(20).promise();
    const other = failure(there.call('add', [1, 1]));
    await task.cancel().promise();
    expect(task.status).toBe('cancelled');
    expect(await other).toBeInstanceOf(PeerGoneError);
  });

  it('that ends in time is not killed', async () => {
    const there = cruncher();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const call = there.call('forever', [flag], { killAfter: 3000 }).subscribe();
    await there.call('add', [1, 1]).promise();
    call.unsubscribe();
    await eventually(() => there.active === 0);
    expect(await there.call('add', [1, 1]).promise()).toBe(2);
  });

  it('that is terminated ends, whatever it does', async () => {
    const worker = new Worker(crunch);
    let exited = false;
    worker.on('exit', () => (exited = true));
    const there = cruncher(() => worker as never);
    await there.call('add', [1, 1]).promise();
    there.call('spin', []).subscribe(record.by('spin'));
    await there.terminate().promise();
    expect([exited, record.take()]).toEqual([true, ['spin failed with PeerGoneError']]);
  });
});

describe('a pool', () => {
  it('has a thread less than the machine, at least one, unless told', () => {
    expect(pool({}).size).toBeGreaterThanOrEqual(1);
    expect(pool({ size: 3 }).size).toBe(3);
  });

  it('starts threads as needed, size at most, and serves in the order of asking', async () => {
    const four = pool({ size: 2 });
    expect([four.active, four.waiting]).toEqual([0, 0]);
    for (const ms of [60, 60, 1, 1]) four.call('busy', [ms]).subscribe(record.by(`${four.active + four.waiting}`));
    expect([four.active, four.waiting]).toEqual([2, 2]);
    four.check();
    await eventually(() => record.lines.length === 4);
    four.check();
    expect(record.take().sort()).toEqual(['0 got 60', '1 got 60', '2 got 1', '3 got 1']);
    expect([four.active, four.waiting]).toEqual([0, 0]);
  });

  it('with one thread runs one call after the other', async () => {
    const one = pool({ size: 1 });
    for (let i = 0; i < 5; i++) one.call('add', [i, 0]).subscribe(record.by('call'));
    one.stream('count', [2]).subscribe(record.all('stream'));
    one.call('add', [9, 0]).subscribe(record.by('last'));
    await eventually(() => record.lines.length === 9);
    expect(record.take()).toEqual([
      ...[0, 1, 2, 3, 4].map((i) => `call got ${i}`),
      ...['stream got 0', 'stream got 1', 'stream completed', 'last got 9'],
    ]);
  });

  it('counts as waiting what its capacity lets wait; others are suspended, and come in order too', async () => {
    const small = pool({ size: 1, capacity: 2 });
    for (let i = 0; i < 6; i++) small.call('add', [i, 0]).subscribe(record.by('call'));
    expect([small.active, small.waiting]).toEqual([1, 2]);
    await eventually(() => record.lines.length === 6);
    expect(record.take()).toEqual([0, 1, 2, 3, 4, 5].map((i) => `call got ${i}`));
  });

  it('forgets who is withdrawn while it waits, and moves nothing of it', async () => {
    const one = pool({ size: 1 });
    one.call('busy', [30]).subscribe(record.by('first'));
    const bytes = new Uint8Array(8);
    const waiting = one.call('length', [bytes], { transfer: [bytes.buffer] }).subscribe(record.by('second'));
    one.call('add', [1, 1]).subscribe(record.by('third'));
    waiting.unsubscribe();
    one.check();
    expect(one.waiting).toBe(1);
    await eventually(() => record.lines.length === 2);
    expect(record.take()).toEqual(['first got 30', 'third got 2']);
    expect(bytes.byteLength).toBe(8);
  });

  it('replaces a thread that died, and fails its call alone', async () => {
    const one = pool({ size: 1 });
    one.call('exit', [3]).subscribe(record.by('dying'));
    one.call('add', [1, 1]).subscribe(record.by('next'));
    await eventually(() => record.lines.length === 2);
    one.check();
    expect(record.take()).toEqual(['dying failed with PeerGoneError', 'next got 2']);
  });

  it('replaces a thread that had to be killed', async () => {
    const one = pool({ size: 1 });
    await one.call('add', [1, 1]).promise();
    const spin = one.call('spin', [], { killAfter: 20 }).subscribe();
    one.call('add', [2, 2]).subscribe(record.by('next'));
    spin.unsubscribe();
    // The thread is busy with the clean-up.
    expect([one.active, one.waiting]).toEqual([1, 1]);
    await eventually(() => record.lines.length === 1);
    expect(record.take()).toEqual(['next got 4']);
  });

  it('replaces a thread that was killed before its script was loaded: who waits is not failed by that', async () => {
    const one = pool({ size: 1 });
    const spin = one.call('spin', [], { killAfter: 0 }).subscribe();
    one.call('add', [2, 2]).subscribe(record.by('next'));
    spin.unsubscribe();
    await eventually(() => record.lines.length === 1);
    one.check();
    expect(record.take()).toEqual(['next got 4']);
  });

  it('of a script that cannot be loaded fails all that wait, and tries again when it is asked again', async () => {
    let starts = 0;
    const made = threadPool<Crunch>(
      () => {
        starts++;
        return like(new Worker(broken));
      },
      { size: 2 },
    );
    open.push(made);
    for (let i = 0; i < 5; i++) made.call('add', [1, 1]).subscribe(record.by(String(i)));
    await eventually(() => record.lines.length === 5);
    expect(record.take().every((line) => line.endsWith('failed with PeerGoneError'))).toBe(true);
    expect(starts).toBe(2);
    await sleep(30).promise();
    expect(starts).toBe(2);
    expect(await failure(made.call('add', [1, 1]))).toBeInstanceOf(PeerGoneError);
    expect(starts).toBe(3);
  });

  it('whose source throws fails the call with that', async () => {
    const made = threadPool<Crunch>(() => {
      throw new RangeError('no more threads');
    });
    expect(await failure(made.call('add', [1, 1]))).toEqual(new RangeError('no more threads'));
  });

  it('ends a thread that was idle for long, and starts another when it is needed', async () => {
    const workers: Worker[] = [];
    let exited = 0;
    const source = (): never => {
      const worker = new Worker(crunch);
      worker.on('exit', () => exited++);
      workers.push(worker);
      return worker as never;
    };
    const made = threadPool<Crunch>(source, { size: 2, idle: 30 });
    open.push(made);
    expect(await made.call('add', [1, 1]).promise()).toBe(2);
    expect(await made.call('add', [1, 1]).promise()).toBe(2);
    expect(workers.length).toBe(1);
    await eventually(() => exited === 1);
    expect(await made.call('add', [1, 1]).promise()).toBe(2);
    expect(workers.length).toBe(2);
  });

  it('that is closed serves what waits, refuses what comes, and ends its threads', async () => {
    const one = pool({ size: 1 });
    for (let i = 0; i < 3; i++) one.call('add', [i, 0]).subscribe(record.by('call'));
    one.close().subscribe(record.by('closed'));
    one.call('add', [1, 1]).subscribe(record.by('late'));
    await eventually(() => record.lines.length === 5);
    expect(record.take()).toEqual([
      ...['late failed with ClosedError', 'call got 0', 'call got 1', 'call got 2', 'closed got undefined'],
    ]);
  });

  it('that is terminated fails all calls, waiting ones too', async () => {
    const one = pool({ size: 1 });
    for (let i = 0; i < 3; i++) one.call('busy', [1000]).subscribe(record.by(String(i)));
    await one.terminate().promise();
    expect(record.take()).toEqual([0, 1, 2].map((i) => `${i} failed with PeerGoneError`));
    expect(await failure(one.call('add', [1, 1]))).toBeInstanceOf(PeerGoneError);
    expect([one.active, one.waiting]).toEqual([0, 0]);
  });

  it.each([
    [{ size: 0 }, RangeError],
    [{ size: 1.5 }, RangeError],
    [{ size: Infinity }, RangeError],
    [{ capacity: -1 }, RangeError],
    [{ idle: -1 }, RangeError],
    [{ idle: NaN }, RangeError],
    [{ idle: '5' }, RangeError],
    [{ name: 5 }, TypeError],
    [null, TypeError],
    [4, TypeError],
  ])('is refused options like %o, at the call', (options, Wrong) => {
    expect(() => threadPool(crunch, options as never)).toThrow(Wrong);
  });
});

it('a Worker that has exited before it is used is gone', async () => {
  const exited = async (): Promise<Worker> => {
    const worker = new Worker('', { eval: true });
    await new Promise((resolve) => worker.on('exit', resolve));
    return worker;
  };
  const [forThread, forPort] = [await exited(), await exited()];
  const made = thread<Crunch>(() => like(forThread));
  expect(await failure(made.call('add', [1, 2]))).toBeInstanceOf(PeerGoneError);
  await made.close().promise();
  expect(await failure(portReceiver(like(forPort)).receive())).toBeInstanceOf(PeerGoneError);
});

describe('inThread', () => {
  it('starts no thread when it is only tried', async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const setting = inThread((shared: Int32Array) => Atomics.store(shared, 0, 1), [flag]);
    expect(poll(setting)).toEqual({ ok: false, closed: false });
    expect(await failure(setting.withTimeout(0))).toMatchObject({ name: 'TimeoutError' });
    await sleep(100).promise();
    expect(Atomics.load(flag, 0)).toBe(0);
  });

  const methods: Record<string, (this: void, ...args: never[]) => unknown> = {
    add(a: number, b: number) {
      return a + b;
    },
    async later(a: number) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return a;
    },
    'odd name'(a: number) {
      return a;
    },
    async(a: number) {
      return a;
    },
    get(a: number) {
      return a;
    },
  };

  it.each<[string, (...args: never[]) => unknown, unknown[], unknown]>([
    ['an arrow', (a: number, b: number) => a + b, [1, 2], 3],
    ['an arrow with one name', eval('a => a'), [1], 1],
    ['an async arrow', async (a: number) => Promise.resolve(a), [1], 1],
    [
      'a function',
      function named(a: number): number {
        return a === 0 ? 0 : named(a - 1);
      },
      [5],
      0,
    ],
    ['a shorthand method', methods.add!, [1, 2], 3],
    ['an async method', methods.later!, [1], 1],
    ['a method whose name is no identifier', methods['odd name']!, [1], 1],
    ['a method that is called async', methods.async!, [1], 1],
    ['a method that is called get', methods.get!, [1], 1],
    ['what a compiler adds names to', eval('(a) => { const f = __name(() => a, "f"); return f(); }'), [1], 1],
  ])('runs %s', async (_, fn, args, result) => {
    expect(await inThread(fn, args as never[]).promise()).toEqual(result);
  });

  it('runs on a thread of its own, once for each performance', async () => {
    const where = inThread(
      () => (process.getBuiltinModule('node:worker_threads') as { threadId: number }).threadId,
      [],
    );
    const [one, other] = [await where.promise(), await where.promise()];
    expect(one).not.toBe(other);
  });

  it('moves what is listed when it begins', async () => {
    const bytes = new Uint8Array(8);
    const run = inThread((given: Uint8Array) => given.byteLength, [bytes], { transfer: [bytes.buffer] });
    expect(bytes.byteLength).toBe(8);
    expect(await run.promise()).toBe(8);
    expect(bytes.byteLength).toBe(0);
  });

  it('fails with what is thrown there', async () => {
    const error = await failure(
      inThread(() => {
        throw new RangeError('far', { cause: new TypeError('inner') });
      }, []),
    );
    expect(error).toEqual(new RangeError('far', { cause: new TypeError('inner') }));
    expect((error as Error).cause).toBeInstanceOf(TypeError);
    const odd = await failure(
      inThread(() => {
        class OddError extends Error {}
        throw Object.assign(new OddError('odd'), { code: 5, f: () => 1 });
      }, []),
    );
    expect(odd).toBeInstanceOf(RemoteError);
    expect(odd).toMatchObject({ remoteName: 'OddError', message: 'odd', code: 5 });
    expect(
      await failure(
        inThread(() => {
          throw 5 as unknown;
        }, []),
      ),
    ).toBe(5);
  });

  it('fails with an error of any size and shape, as a call does', async () => {
    const large = await failure(
      inThread(() => {
        let last = new Error('0');
        for (let i = 1; i <= 3000; i++) last = new Error(String(i), { cause: last });
        const keys = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`key${i}`, i]));
        throw Object.assign(new AggregateError([last, ...Array.from({ length: 3000 }, () => last)], 'large'), keys);
      }, []),
    );
    expect(large).toMatchObject({
      message: 'large',
      key0: 0,
      errors: { length: 1000, 0: { cause: { message: '2999' } } },
    });
    const trapped = await failure(
      inThread(() => {
        const get = (): never => {
          throw new Error('a getter');
        };
        const fields = { message: { get }, cause: { get }, trap: { get, enumerable: true } };
        throw Object.defineProperties(Object.assign(new TypeError('x'), { code: 5 }), fields) as Error;
      }, []),
    );
    expect(trapped).toMatchObject({ name: 'TypeError', message: '', code: 5 });
    const odd = await failure(
      inThread(() => {
        throw Symbol('s') as unknown;
      }, []),
    );
    expect(odd).toMatchObject({ remoteName: 'DataCloneError', message: 'it threw a symbol, which cannot be cloned' });
  });

  it('fails if its arguments or its result cannot be cloned, or the thread dies', async () => {
    expect(await failure(inThread((f: () => void) => f, [() => undefined]))).toMatchObject({ name: 'DataCloneError' });
    expect(await failure(inThread(() => () => 1, []))).toMatchObject({ name: 'DataCloneError' });
    expect(await failure(inThread(() => process.exit(4), []))).toMatchObject({ name: 'PeerGoneError', exitCode: 4 });
  });

  it('is terminated when it is withdrawn, and a coroutine waits for that', async () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const task = go(function* () {
      yield* inThread(
        (shared: Int32Array) => {
          for (;;) Atomics.add(shared, 0, 1);
        },
        [flag],
      );
    });
    await eventually(() => flag[0] !== 0);
    await task.cancel().promise();
    const then = flag[0];
    await settled();
    expect(flag[0]).toBe(then);
  });

  it('refuses what is no function, or has no text, at the call', () => {
    expect(() => inThread(5 as never, [])).toThrow(TypeError);
    expect(() => inThread(Math.max, [])).toThrow(/^inThread: fn must be a function whose text can be read/);
    expect(() => inThread((() => 1).bind(null), [])).toThrow(TypeError);
    expect(() => inThread(() => 1, 5 as never)).toThrow(TypeError);
    expect(() => inThread(() => 1, [], null as never)).toThrow(TypeError);
    expect(() => inThread(() => 1, [], { transfer: 5 as never })).toThrow(TypeError);
  });
});

describe('a channel to a thread', () => {
  it('is told of its death, with the exit code', async () => {
    const worker = new Worker('process.on("message", () => {}); setTimeout(() => process.exit(5), 20)', { eval: true });
    const into = portReceiver<number>(like(worker));
    expect(await failure(into.receive())).toMatchObject({ name: 'PeerGoneError', exitCode: 5 });
  });

  it('carries values at the pace of the thread', async () => {
    const script = `
      import { parentPort } from 'node:worker_threads';
      import { go } from 'rxsluice';
      import { portReceiver, portSender } from 'rxsluice/worker';
      parentPort.once('message', ([a, b]) => {
        const into = portReceiver(a, { window: 4 });
        const out = portSender(b);
        go(function* () {
          for (;;) {
            const next = yield* into.receiveResult();
            if (!next.ok) break;
            yield* out.send(next.value * 2);
          }
          out.close();
        });
      });
    `;
    // A data URL finds no packages: it is written beside the other scripts.
    const { writeFileSync, rmSync } = await import('node:fs');
    const path = new URL('./threads/doubling.tmp.mjs', import.meta.url);
    writeFileSync(path, script);
    try {
      const worker = new Worker(path);
      const there = new MessageChannel();
      const back = new MessageChannel();
      worker.postMessage([there.port2, back.port1] as never, [there.port2, back.port1] as never);
      const out = portSender<number>(like(there.port1));
      const into = portReceiver<number>(like(back.port2), { window: 4 });
      let sent = 0;
      go(function* () {
        for (; sent < 100; sent++) yield* out.send(sent);
        out.close();
      });
      await sleep(200).promise();
      expect(sent).toBeLessThan(100);
      const got: number[] = [];
      await forEach(into, (value) => void got.push(value)).promise();
      expect(got).toEqual(Array.from({ length: 100 }, (_, i) => i * 2));
      await worker.terminate();
    } finally {
      rmSync(path);
    }
  });
});
