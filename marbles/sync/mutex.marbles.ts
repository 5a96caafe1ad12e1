import { type Coroutine, mutex, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'one at a time has the lock, in the order in which they came',
    of: ['Mutex.lock', 'Mutex.unlock', 'mutex'],
    drawn: 'mutex()',
    inputs: {
      lock: '  ab-c------',
      unlock: '---x--x-x-',
    },
    run: ({ lock, unlock }) => {
      const m = mutex();
      unlock.subscribe(() => m.unlock());
      return {
        locked: perform(lock, () => m.lock()),
        isLocked: gauge(() => Number(m.locked)),
      };
    },
    outputs: {
      locked: '  a--b--c---',
      isLocked: '1-------0-',
    },
  }),
  spec({
    title: 'a lock that is withdrawn in line is not taken',
    of: ['Mutex.lock'],
    drawn: 'mutex()',
    inputs: {
      one: '   a-------',
      other: ' -b------',
      unlock: '----x---',
    },
    run: ({ one, other, unlock }) => {
      const m = mutex();
      m.tryLock();
      unlock.subscribe(() => m.unlock());
      return { one: perform(one, () => m.lock()), other: perform(other, () => m.lock()) };
    },
    outputs: {
      one: '   --------',
      other: ' ----b---',
    },
    during: {
      one: '   ^--!',
    },
  }),
  spec({
    title: 'withLock holds the lock until its work has ended',
    of: ['Mutex.withLock'],
    drawn: 'withLock(function* () { yield* sleep(3); return name; })',
    inputs: {
      go: '      ab-c---------',
    },
    run: ({ go }) => {
      const m = mutex();
      return {
        done: perform(go, (name) =>
          m.withLock(function* (): Coroutine<string> {
            yield* sleep(3);
            return name;
          }),
        ),
        isLocked: gauge(() => Number(m.locked)),
      };
    },
    outputs: {
      done: '    ---a--b--c---',
      isLocked: '1--------0---',
    },
  }),
  spec({
    title: 'withLock passes a failure on, and unlocks',
    of: ['Mutex.withLock'],
    drawn: 'withLock(work)',
    inputs: {
      work: '    a-#',
    },
    run: ({ work }) => {
      const m = mutex();
      return { output: m.withLock(work), isLocked: gauge(() => Number(m.locked)) };
    },
    outputs: {
      output: '  a-#',
      isLocked: '1-0',
    },
  }),
];
