import { getEventListeners, setMaxListeners } from 'node:events';
import { NEVER, Subject, take } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as abort from '../../src/core/abort.ts';
import { onAbort } from '../../src/core/abort.ts';
import { channel, go, select, sleep, takeUntilAborted, taskScope, until } from '../../src/index.ts';
import { Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';

function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

/** Everything of ours that can wait for a signal; what is returned leaves it. */
const WAYS: readonly [string, (signal: AbortSignal) => () => void][] = [
  [
    'withSignal, subscribed',
    (signal) => {
      const waiting = channel<number>()
        .receive()
        .withSignal(signal)
        .subscribe({ error: () => undefined });
      return () => waiting.unsubscribe();
    },
  ],
  [
    'withSignal, in a coroutine',
    (signal) => {
      const task = go(function* () {
        yield* sleep(Infinity).withSignal(signal);
      });
      task.observe();
      return () => task.cancel();
    },
  ],
  [
    'withSignal, behind others, as the case of a select',
    (signal) => {
      const waiting = select({ a: sleep(Infinity).withSignal(signal).map(String).withTimeout(Infinity) }).subscribe({
        error: () => undefined,
      });
      return () => waiting.unsubscribe();
    },
  ],
  [
    'a promise',
    (signal) => {
      const ch = channel<number>(1);
      ch.receive()
        .promise({ signal })
        .catch(() => undefined);
      return () => ch.trySend(1);
    },
  ],
  [
    'takeUntilAborted',
    (signal) => {
      const waiting = NEVER.pipe(takeUntilAborted(signal)).subscribe();
      return () => waiting.unsubscribe();
    },
  ],
  [
    'onAbort',
    (signal) => {
      const heard = onAbort(signal, () => undefined);
      return () => heard.unsubscribe();
    },
  ],
];

describe('1.13 however many wait on one AbortSignal, there is one listener', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('of all ways together, and none when the last has left, in whatever order', () => {
    const { signal } = new AbortController();
    const leave: (() => void)[] = [];
    for (let i = 0; i < 60; i++) {
      leave.push(WAYS[i % WAYS.length]![1](signal));
      expect(listenersOf(signal)).toBe(1);
    }
    // 7 is prime to 60: they leave from all over the line.
    for (let i = 0; i < 60; i++) {
      expect(listenersOf(signal)).toBe(1);
      leave[(i * 7) % 60]!();
    }
    expect(listenersOf(signal)).toBe(0);
  });

  it.each(WAYS)('%s leaves none behind, left or aborted, and can come again', (_, wait) => {
    const controller = new AbortController();
    wait(controller.signal)();
    expect(listenersOf(controller.signal)).toBe(0);
    const leave = wait(controller.signal);
    expect(listenersOf(controller.signal)).toBe(1);
    controller.abort(new Error('stop'));
    expect(listenersOf(controller.signal)).toBe(0);
    leave();
    expect(listenersOf(controller.signal)).toBe(0);
  });

  it('does not make Node warn of a leak, also on a signal of ours', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const scope = taskScope();
    const { signal } = new AbortController();
    setMaxListeners(2, signal);
    for (let i = 0; i < 100; i++) {
      scope.go(({ signal: own }) => NEVER.pipe(takeUntilAborted(own), takeUntilAborted(signal)));
      scope.go(sleep(Infinity).withSignal(scope.signal).withSignal(signal));
      scope.go(function* () {
        yield* until(NEVER).withSignal(scope.signal);
      });
    }
    scope.unsubscribe();
    await new Promise((resolve) => setImmediate(resolve));
    expect([warned.mock.calls, listenersOf(signal), listenersOf(scope.signal)]).toEqual([[], 0, 0]);
  });

  it('tells all, in the order in which they came; observers before coroutines', () => {
    const told = new Record();
    const controller = new AbortController();
    const { signal } = controller;
    for (const name of ['a', 'b', 'c']) {
      const operation = sleep(Infinity).withSignal(signal);
      go(function* () {
        try {
          yield* operation;
        } catch {
          told.add(`coroutine ${name}`);
        }
      });
      operation.subscribe(told.by(name));
    }
    controller.abort(new Error('stop'));
    expect(told.lines).toEqual([
      ...['a failed with stop', 'b failed with stop', 'c failed with stop'],
      ...['coroutine a', 'coroutine b', 'coroutine c'],
    ]);
  });

  it('does not tell one who leaves while others are told', () => {
    const told = new Record();
    const controller = new AbortController();
    const { signal } = controller;
    onAbort(signal, () => {
      told.add('a');
      c.unsubscribe();
    });
    onAbort(signal, () => told.add('b'));
    const c = onAbort(signal, () => told.add('c'));
    onAbort(signal, () => told.add('d'));
    controller.abort();
    expect(told.lines).toEqual(['a', 'b', 'd']);
  });

  it('does not tell one who comes while others are told, and keeps nothing of it', () => {
    const told = new Record();
    const controller = new AbortController();
    const { signal } = controller;
    let late = { unsubscribe: (): void => undefined };
    onAbort(signal, () => {
      late = onAbort(signal, () => told.add('late'));
      last.unsubscribe();
    });
    const last = onAbort(signal, () => told.add('last'));
    controller.abort();
    late.unsubscribe();
    expect([told.lines, listenersOf(signal)]).toEqual([[], 0]);
  });

  it('tells the others though one throws, which is reported', () => {
    const told = new Record();
    const controller = new AbortController();
    const reports = reportsOf(() => {
      onAbort(controller.signal, () => {
        throw new Error('no');
      });
      onAbort(controller.signal, () => told.add('b'));
      controller.abort();
    });
    expect([told.lines, reports]).toEqual([['b'], [new Error('no')]]);
  });

  it('is one for all copies of the library', async () => {
    const again = '../../src/core/abort.ts?again';
    const other = (await import(again)) as typeof abort;
    expect(other.onAbort).not.toBe(onAbort);
    const controller = new AbortController();
    const told = new Record();
    const first = onAbort(controller.signal, () => told.add('first'));
    other.onAbort(controller.signal, () => told.add('second'));
    expect(listenersOf(controller.signal)).toBe(1);
    first.unsubscribe();
    expect(listenersOf(controller.signal)).toBe(1);
    controller.abort();
    expect([told.lines, listenersOf(controller.signal)]).toEqual([['second'], 0]);
  });

  it('costs the same to leave among many as among few', () => {
    const { signal } = new AbortController();
    const source = new Subject<number>();
    const leave = Array.from({ length: 100_000 }, () => onAbort(signal, () => undefined));
    for (let i = 0; i < leave.length; i++) leave[(i * 7919) % leave.length]!.unsubscribe();
    source.pipe(takeUntilAborted(signal), take(1)).subscribe();
    expect(listenersOf(signal)).toBe(1);
    source.next(1);
    expect(listenersOf(signal)).toBe(0);
  });
});
