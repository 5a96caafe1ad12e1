import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  coroutine,
  deferred,
  gather,
  go,
  type Operation,
  select,
  shield,
  taskGroup,
  taskScope,
  until,
  wait,
} from '../../src/index.ts';
import { type DeadlockError, runMarbles } from '../../src/testing/index.ts';
import { title } from '../record.ts';

describe('2.15 what waits for others calls itself by what it waits for', () => {
  it.each<[string, () => Operation<unknown>]>([
    ['gather of 2', () => gather([deferred(), deferred()])],
    ['wait for 1', () => wait([deferred()])],
    ['shield', () => shield(deferred())],
    ['select of a, b', () => select({ a: deferred(), b: until(NEVER) })],
  ])('%s', (text, make) => {
    expect(title(make())).toBe(text);
  });
});

describe('2.15 a task that waits says', () => {
  const settled = deferred();
  settled.resolve(1);

  it.each<[string, () => Operation<unknown>]>([
    ['gather of 3, 2 to come', () => gather([deferred(), settled, deferred()])],
    ['wait for 3, 2 pending', () => wait([deferred(), settled, deferred()])],
    ['receive on orders', () => shield(channel({ name: 'orders' }).receive())],
    ['the end of chat', () => closing('chat')],
  ])('%s', (text, make) => {
    const task = go(make(), { name: 'one' });
    expect(title(task)).toBe(`one, waiting: ${text}`);
  });

  it('what the coroutine does that it waits for', () => {
    const orders = channel({ name: 'orders' });
    const inner = coroutine(function* () {
      yield* orders.receive();
    });
    const task = go(inner, { name: 'one' });
    expect(title(task)).toMatch(/^one, waiting: coroutine#\d+, waiting: receive on orders$/);
  });
});

/** A scope that waits for its child for ever. */
function closing(name: string): Operation<void> {
  const scope = taskScope({ name });
  scope.go(deferred());
  return scope.close();
}

describe('10.5 one that cleans up after what it was cancelled in', () => {
  it('waits for the clean-up of the group, which it names', () => {
    const never = deferred();
    const run = () =>
      runMarbles(({ expectIdle }) => {
        const task = go(
          function* () {
            yield* taskGroup(
              function* (group) {
                group.go(function* () {
                  try {
                    yield* never;
                  } finally {
                    yield* never;
                  }
                });
                yield* never;
              },
              { name: 'group' },
            );
          },
          { name: 'one' },
        );
        task.cancel();
        expectIdle();
      });
    let blocked: readonly string[] = [];
    try {
      run();
    } catch (error) {
      ({ blocked } = error as DeadlockError);
    }
    expect(blocked.filter((line) => line.startsWith('one'))).toEqual(['one: the clean-up of group, since frame 0']);
  });
});
