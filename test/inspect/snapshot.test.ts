import { describe, expect, it } from 'vitest';
import { channel, go } from '../../src/index.ts';
import { inspect } from '../../src/inspect/index.ts';
import { at, virtual } from '../virtual.ts';

describe('a snapshot of tasks', () => {
  it('has each with its parent, what it waits for, and since when', () => {
    virtual(() => {
      using inspector = inspect();
      const orders = channel<number>({ name: 'orders' });
      go(
        function* () {
          go(() => orders.receive(), { name: 'child' });
          yield* orders.receive();
        },
        { name: 'parent' },
      );
      const [parent, child] = inspector.snapshot().tasks;
      expect([parent, child]).toEqual([
        {
          id: parent?.id,
          name: 'parent',
          parent: null,
          state: 'waiting',
          waitingFor: 'receive on orders',
          forMs: 0,
          startedAt: null,
        },
        {
          id: child?.id,
          name: 'child',
          parent: parent?.id,
          state: 'waiting',
          waitingFor: 'receive on orders',
          forMs: 0,
          startedAt: null,
        },
      ]);
      at(5, () => undefined);
    });
  });
});
