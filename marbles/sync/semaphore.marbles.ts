import { TimeoutError } from 'rxjs';
import { semaphore } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a released permit goes straight to whoever waits longest',
    of: ['Semaphore.acquire', 'Semaphore.release', 'semaphore'],
    drawn: 'semaphore(2)',
    inputs: {
      acquire: '  abcd--------',
      release: '  ------x-x-xx',
    },
    run: ({ acquire, release }) => {
      const s = semaphore(2);
      release.subscribe(() => s.release());
      return {
        acquired: perform(acquire, () => s.acquire()),
        available: gauge(() => s.available),
      };
    },
    outputs: {
      acquired: ' ab----c-d---',
      available: '10--------12',
    },
  }),
  spec({
    title: 'a large request at the head is not overtaken; withdrawing it lets those behind it go',
    of: ['Semaphore.acquire'],
    drawn: 'semaphore(2), one of which is held: large acquires 2, small 1',
    inputs: {
      large: '    -l-------',
      small: '    --s------',
      try: '      ---t---t-',
    },
    run: ({ large, small, try: trying }) => {
      const s = semaphore(2);
      s.tryAcquire();
      return {
        large: perform(large, () => s.acquire(2)),
        small: perform(small, () => s.acquire()),
        tried: perform(trying, () => (s.tryAcquire() ? 'y' : 'n')),
        available: gauge(() => s.available),
      };
    },
    outputs: {
      large: '    ---------',
      small: '    -----s---',
      tried: '    ---n---n-',
      available: '1----0---',
    },
    during: {
      large: '    ^----!',
    },
  }),
  spec({
    title: 'an acquire that takes too long is withdrawn, and has taken nothing',
    of: ['Semaphore.acquire'],
    drawn: 'acquire().withTimeout(3)',
    inputs: {
      acquire: '  a-------',
      release: '  -----x--',
    },
    run: ({ acquire, release }) => {
      const s = semaphore(1);
      s.tryAcquire();
      release.subscribe(() => s.release());
      return {
        acquired: perform(acquire, () => s.acquire().withTimeout(3)),
        available: gauge(() => s.available),
      };
    },
    values: { T: new TimeoutError() },
    outputs: {
      acquired: ' ---T----',
      available: '0----1--',
    },
  }),
];
