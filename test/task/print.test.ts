import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { deferred, gather, go, type Operation, select, shield, taskGroup, until, wait } from '../../src/index.ts';
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
