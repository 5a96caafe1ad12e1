import { condition, go, mutex } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'wait releases the mutex, and has it again when it was notified and the mutex is unlocked',
    of: ['Condition.wait', 'Condition.notify', 'condition'],
    drawn: 'condition(mutex)',
    inputs: {
      wait: '  a---------',
      lock: '  --l-------',
      notify: '----x-----',
      unlock: '------x-x-',
    },
    run: ({ wait, lock, notify, unlock }) => {
      const m = mutex();
      const c = condition(m);
      m.tryLock();
      notify.subscribe(() => c.notify());
      unlock.subscribe(() => m.unlock());
      return {
        waited: perform(wait, () => c.wait()),
        locked: perform(lock, () => m.lock()),
        isLocked: gauge(() => Number(m.locked)),
      };
    },
    outputs: {
      waited: '  ------a---',
      locked: '  --l-------',
      isLocked: '0-1-----0-',
    },
  }),
  spec({
    title: 'notifyAll lets all go on, one after the other, as each unlocks',
    of: ['Condition.wait', 'Condition.notifyAll'],
    drawn: 'condition(mutex)',
    inputs: {
      wait: '  abc---------',
      notify: '---x--------',
      unlock: '-----x-x-x--',
    },
    run: ({ wait, notify, unlock }) => {
      const m = mutex();
      const c = condition(m);
      notify.subscribe(() => {
        m.tryLock();
        c.notifyAll();
      });
      unlock.subscribe(() => m.unlock());
      return {
        waited: perform(wait, () => {
          m.tryLock();
          return c.wait();
        }),
      };
    },
    outputs: {
      waited: '  -----a-b-c--',
    },
  }),
  spec({
    title: 'a notification that was given to one who is withdrawn passes on to the next',
    of: ['Condition.wait'],
    drawn: 'condition(mutex)',
    inputs: {
      one: '   a-------',
      other: ' -b------',
      notify: '--x-----',
      unlock: '-----x--',
    },
    run: ({ one, other, notify, unlock }) => {
      const m = mutex();
      const c = condition(m);
      const wait = (): ReturnType<typeof c.wait> => {
        m.tryLock();
        return c.wait();
      };
      notify.subscribe(() => {
        m.tryLock();
        c.notify();
      });
      unlock.subscribe(() => m.unlock());
      return { one: perform(one, wait), other: perform(other, wait) };
    },
    outputs: {
      one: '   --------',
      other: ' -----b--',
    },
    during: {
      one: '   ^--!',
    },
  }),
  spec({
    title: 'a coroutine that is cancelled in wait has the mutex again before its finally runs',
    of: ['Condition.wait'],
    drawn: 'go(function* () { try { yield* c.wait(); } finally { clean = true; m.unlock(); } })',
    inputs: {
      lock: '   -l------',
      cancel: ' ---x----',
      unlock: ' -----x--',
    },
    run: ({ lock, cancel, unlock }) => {
      const m = mutex();
      const c = condition(m);
      let clean = 0;
      m.tryLock();
      const task = go(function* () {
        try {
          yield* c.wait();
        } finally {
          clean++;
          m.unlock();
        }
      });
      unlock.subscribe(() => m.unlock());
      return {
        locked: perform(lock, () => m.lock()),
        cancelled: perform(cancel, () => task.cancel()),
        clean: gauge(() => clean),
        isLocked: gauge(() => Number(m.locked)),
      };
    },
    outputs: {
      locked: '   -l------',
      cancelled: '-----x--',
      clean: '    0----1--',
      isLocked: ' 01---0--',
    },
  }),
];
