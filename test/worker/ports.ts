// What the tests of ports share: pairs of real ports, and waiting for what takes real time.

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach } from 'vitest';
import type { Operation, ReceiveChannel } from '../../src/index.ts';
import {
  portReceiver,
  type PortReceiverOptions,
  portSender,
  type PortSender,
  type PortSenderOptions,
} from '../../src/worker/index.ts';
import type { PortLike } from '../../src/worker/index.ts';

const open: MessagePort[] = [];

afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** The two ports of a channel, closed after the test. */
export function ports(): [MessagePort, MessagePort] {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  return [port1, port2];
}

export interface Pair<T> {
  readonly out: PortSender<T> & { check(): void };
  readonly into: ReceiveChannel<T> & { check(): void };
  readonly sending: MessagePort;
  readonly receiving: MessagePort;
  readonly check: () => void;
}

/** A sender and a receiver at the two ends of one channel. */
export function pair<T>(
  window?: number,
  sends: PortSenderOptions<T> = {},
  takes: PortReceiverOptions<T> = {},
): Pair<T> {
  const [sending, receiving] = ports();
  const out = portSender<T>(like(sending), sends) as Pair<T>['out'];
  const into = portReceiver<T>(like(receiving), window === undefined ? takes : { window, ...takes }) as Pair<T>['into'];
  const check = (): void => {
    out.check();
    into.check();
  };
  return { out, into, sending, receiving, check };
}

/** Node's types want an array that can be written to. */
export function like(port: object): PortLike {
  return port as PortLike;
}

/** Until everything that was posted has arrived, and what was posted in answer, and so on. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Until `condition` holds. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('it never happened');
}

/** What it failed with. */
export async function failure(operation: Operation<unknown>): Promise<unknown> {
  try {
    await operation.promise();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
