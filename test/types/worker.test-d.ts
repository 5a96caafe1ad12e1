// What a caller gets of what a handler returns.

import type { Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import type { Coroutine, Operation, ReceiveChannel, TaskContext } from 'rxsluice';
import { expose, inThread, portReceiver, portSender, thread, threadPool, withTransfer } from 'rxsluice/worker';

interface Handlers {
  add(a: number, b: number): number;
  text(): string;
  list(): number[];
  map(): Map<string, number>;
  bytes(): Uint8Array;
  nothing(): void;
  later(): Promise<number>;
  values(): Observable<number>;
  steps(): Generator<string, void>;
  waits(): Coroutine<boolean>;
  channel(): ReceiveChannel<number>;
  stream(): AsyncIterable<number>;
}
declare const url: URL;

it('gives a call the last value, as it is typed', () => {
  const one = thread<Handlers>(url);
  expectTypeOf(one.call('add', [1, 2])).toEqualTypeOf<Operation<number>>();
  expectTypeOf(one.call('text', [])).toEqualTypeOf<Operation<string>>();
  expectTypeOf(one.call('list', [])).toEqualTypeOf<Operation<number[]>>();
  expectTypeOf(one.call('map', [])).toEqualTypeOf<Operation<Map<string, number>>>();
  expectTypeOf(one.call('bytes', [])).toEqualTypeOf<Operation<Uint8Array>>();
  expectTypeOf(one.call('nothing', [])).toEqualTypeOf<Operation<void>>();
  expectTypeOf(one.call('later', [])).toEqualTypeOf<Operation<number>>();
  expectTypeOf(one.call('values', [])).toEqualTypeOf<Operation<number>>();
  expectTypeOf(one.call('waits', [])).toEqualTypeOf<Operation<boolean>>();
  expectTypeOf(one.call('channel', [])).toEqualTypeOf<Operation<number>>();
  expectTypeOf(threadPool<Handlers>(url).stream('steps', [])).toEqualTypeOf<ReceiveChannel<string>>();
  expectTypeOf(threadPool<Handlers>(url).stream('stream', [], { window: 1 })).toEqualTypeOf<ReceiveChannel<number>>();
  // @ts-expect-error -- There is no such handler.
  one.call('subtract', [1, 2]);
  // @ts-expect-error -- It wants two numbers.
  one.call('add', [1]);
});

it('lets handlers have their context', () => {
  const handlers = {
    *f(this: TaskContext, n: number): Coroutine<number> {
      return this.signal.aborted ? 0 : n;
    },
  };
  expose(handlers);
  expectTypeOf(thread<typeof handlers>(url).call('f', [1])).toEqualTypeOf<Operation<number>>();
});

it('knows what ports carry, and what a function returns', () => {
  withPort((port) => {
    expectTypeOf(portSender<number>(port).send(1)).toEqualTypeOf<Operation<void>>();
    expectTypeOf(portReceiver<string>(port).receive()).toEqualTypeOf<Operation<string>>();
  });
  expectTypeOf(inThread((a: number) => String(a), [1])).toEqualTypeOf<Operation<string>>();
  expectTypeOf(inThread((a: number) => Promise.resolve(a), [1])).toEqualTypeOf<Operation<number>>();
  expectTypeOf(withTransfer({ a: 1 }, [])).toEqualTypeOf<{ a: number }>();
});

declare function withPort(use: (port: MessagePort) => void): void;
