import { describe, expect, it } from 'vitest';
import { type Channel, channel, go } from '../../src/index.ts';

const named = (capacity: number): Channel<number> => channel<number>({ capacity, name: 'orders' });

describe('2.15 toString', () => {
  it('shows kind, name, size and capacity, who waits, and the state', () => {
    const ch = named(2);
    const shown = [String(ch)];
    ch.trySend(1);
    shown.push(String(ch));
    ch.trySend(2);
    ch.send(3).subscribe();
    shown.push(String(ch));
    ch.close();
    shown.push(String(ch));
    for (let i = 0; i < 3; i++) ch.tryReceive();
    shown.push(String(ch));
    expect(shown).toEqual([
      'channel orders (0/2, open)',
      'channel orders (1/2, open)',
      'channel orders (2/2, 1 sending, open)',
      'channel orders (2/2, 1 sending, draining)',
      'channel orders (0/2, closed)',
    ]);
  });

  it('counts receivers and subscribers', () => {
    const ch = named(Infinity);
    ch.receive().subscribe();
    ch.subscribe();
    expect(String(ch)).toBe('channel orders (0/Infinity, 2 receiving, open)');
  });

  it('says that it was cancelled', () => {
    const ch = named(0);
    ch.cancel();
    expect(String(ch)).toBe('channel orders (0/0, cancelled)');
  });

  it('calls what has no name by kind and number, and keeps the number', () => {
    const [a, b] = [channel(), channel()];
    const number = Number(/^channel#(\d+)$/.exec(a.name)![1]);
    expect([a.name, b.name]).toEqual([`channel#${number}`, `channel#${number + 1}`]);
    expect(String(a)).toBe(`channel#${number} (0/0, open)`);
  });

  it('of a coroutine names what it waits for', () => {
    const ch = named(0);
    const waits = [ch.receive(), ch.receiveResult(), ch.whenEnded(), ch.receive().map(String).withTimeout(1e9)];
    const tasks = waits.map((operation) =>
      go(
        function* () {
          yield* operation;
        },
        { name: 'task' },
      ),
    );
    const full = channel<number>({ name: 'full' });
    const sender = go(
      function* () {
        yield* full.send(1);
      },
      { name: 'sender' },
    );
    expect([...tasks, sender].map(String)).toEqual([
      'task, waiting: receive on orders',
      'task, waiting: receive on orders',
      'task, waiting: the end of orders',
      'task, waiting: receive on orders',
      'sender, waiting: send on full',
    ]);
    for (const task of [...tasks, sender]) task.cancel();
  });

  it('of the operations themselves names them', () => {
    const ch = named(0);
    expect([ch.receive(), ch.send(1)].map(String)).toEqual(['receive on orders', 'send on orders']);
  });
});
