// Node's diagnostics channels: told while inspection is on, for whoever subscribes.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { channel, go } from '../../src/index.ts';
import { inspect, type Inspector } from '../../src/inspect/index.ts';
import { diagnostics } from '../../src/inspect/diagnostics.ts';
import { program } from './real.ts';

interface Message {
  readonly kind: string;
  readonly name: string;
  readonly id: number;
  readonly parent: number | null;
  readonly at: number;
  readonly waitingFor: string | null;
}

let inspector: Inspector;
let messages: Message[] = [];
const hear = (message: unknown): void => void messages.push(message as Message);

beforeEach(() => {
  messages = [];
  inspector = inspect();
});
afterEach(() => {
  inspector.stop();
  unsubscribe('rxsluice:task', hear);
  unsubscribe('rxsluice:finding', hear);
});

const lines = (): string[] =>
  messages
    .splice(0)
    .map(({ kind, name, waitingFor }) => [name, kind, ...(waitingFor === null ? [] : [waitingFor])].join(' '));

function shop(): () => void {
  const orders = channel<number>({ name: 'orders' });
  go(
    function* () {
      go(() => orders.receive(), { name: 'clerk' });
      yield* orders.receive();
    },
    { name: 'shop' },
  );
  return () => {
    orders.trySend(1);
    orders.trySend(2);
  };
}

describe('rxsluice:task', () => {
  it('tells of each task that it starts, waits, goes on and ends', () => {
    subscribe('rxsluice:task', hear);
    const serve = shop();
    const [first] = messages;
    expect(messages).toContainEqual(expect.objectContaining({ kind: 'started', name: 'clerk', parent: first?.id }));
    expect(lines()).toEqual([
      'shop started',
      'shop waits receive on orders',
      'clerk started',
      'clerk waits receive on orders',
    ]);
    serve();
    expect(lines()).toEqual(['shop resumed', 'shop ended', 'clerk resumed', 'clerk ended']);
    expect(first).toEqual({
      kind: 'started',
      at: expect.any(Number),
      id: expect.any(Number),
      name: 'shop',
      parent: null,
      waitingFor: null,
    });
  });

  it('is heard by who subscribes later, and not after they have left', () => {
    const serve = shop();
    subscribe('rxsluice:task', hear);
    serve();
    expect(lines()).toEqual(['shop resumed', 'shop ended', 'clerk resumed', 'clerk ended']);
    unsubscribe('rxsluice:task', hear);
    shop()();
    expect(lines()).toEqual([]);
  });

  it('is silent when inspection is off', () => {
    subscribe('rxsluice:task', hear);
    inspector.stop();
    shop()();
    expect(lines()).toEqual([]);
  });
});

it('nobody needs more than Node itself, in a process of one’s own', async () => {
  const { stdout, stderr } = await program(`
    import { subscribe } from 'node:diagnostics_channel';
    import { inspect } from './node_modules/.native/src/inspect/index.js';
    subscribe('rxsluice:task', ({ kind, name }) => console.log(name, kind));
    subscribe('rxsluice:finding', ({ kind, task }) => console.log(kind, task));
    inspect({ slowStep: 20 });
    await main(function* () {
      yield* sleep(1);
      for (const end = Date.now() + 100; Date.now() < end; );
    });
  `);
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining(['main started', 'main waits', 'main resumed', 'main ended', 'slowStep main']),
  );
});

it('where there is no such module, nobody subscribes', () => {
  for (const process of [undefined, {}, { getBuiltinModule: () => undefined }]) {
    vi.stubGlobal('process', process);
    const { task, finding } = diagnostics();
    vi.unstubAllGlobals();
    expect([task.hasSubscribers, finding.hasSubscribers]).toEqual([false, false]);
    task.publish(1);
  }
});
