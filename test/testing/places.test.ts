// Where each one waits, for a person: what a DeadlockError says of every kind of wait there is.

import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  barrier,
  channel,
  condition,
  type Coroutine,
  coroutine,
  deferred,
  gate,
  gather,
  go,
  latch,
  mergeSelect,
  mutex,
  type Operation,
  select,
  semaphore,
  shield,
  stateOwner,
  taskGroup,
  until,
  wait,
} from '../../src/index.ts';
import { DeadlockError, runMarbles } from '../../src/testing/index.ts';

/** What is said of a task that waits for ever. */
function placeOf(body: () => Coroutine<unknown>): string | undefined {
  try {
    runMarbles(({ expectIdle }) => {
      go(body, { name: 'one' });
      expectIdle();
    });
  } catch (error) {
    if (!(error instanceof DeadlockError)) throw error;
    return error.blocked.find((line) => line.startsWith('one: '));
  }
  return 'nothing';
}

const orders = channel<number>({ name: 'orders' });
const receive = orders.receive();
function* receives() {
  yield* orders.receive();
}

describe('10.5 a deadlock says of each where it waits', () => {
  const name = 'it';
  it.each<[string, () => Operation<unknown>]>([
    ['receive on orders', () => receive],
    ['receive on orders', () => orders.receiveResult()],
    ['receive on orders', () => receive.map(String)],
    ['receive on orders', () => receive.withTimeout(Infinity)],
    ['receive on orders', () => receive.withSignal(new AbortController().signal)],
    ['receive on orders', () => shield(receive)],
    ['send on full', () => channel({ name: 'full' }).send(1)],
    ['select of a, b', () => select({ a: orders, b: until(NEVER) })],
    ['receive on mergeSelect#1', () => mergeSelect({ orders }).receive()],
    ['an observable', () => until(NEVER)],
    ['the end of deferred#1', () => deferred()],
    ['wait for 2, 2 pending', () => wait([deferred(), deferred()])],
    ['gather of 2, 1 to come', () => gather([semaphore(1).acquire(), receive])],
    ['wait on it', () => barrier(2, { name }).wait()],
    ['wait on it', () => latch(1, { name }).wait()],
    ['wait on it', () => gate({ name }).wait()],
    ['when on it', () => stateOwner(0, { name }).when((value) => value === 1)],
    ['coroutine#1, waiting: receive on orders', () => coroutine(receives)],
    ['group it (0 running, 0 queued, open)', () => taskGroup(receives, { name })],
  ])('%s', (place, make) => {
    const body = function* () {
      yield* make();
    };
    expect(placeOf(body)).toBe(`one: ${place}, since frame 0`);
  });

  it('a condition, whose mutex it gave back', () => {
    const lock = mutex();
    const changed = condition(lock, { name: 'changed' });
    const body = function* () {
      yield* lock.lock();
      yield* changed.wait();
    };
    expect(placeOf(body)).toBe('one: wait on changed, since frame 0');
  });
});
