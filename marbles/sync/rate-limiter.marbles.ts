import { rateLimiter } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'at most so many starts in any window: the third as soon as the first is ten frames old',
    of: ['RateLimiter.acquire', 'rateLimiter'],
    drawn: 'rateLimiter(2, 10)',
    inputs: {
      acquire: 'a-b-c------------',
    },
    run: ({ acquire }) => {
      const api = rateLimiter(2, 10);
      return {
        starts: perform(acquire, () => api.acquire()),
        waiting: gauge(() => api.waiting),
      };
    },
    outputs: {
      starts: ' a-b-------c------',
      waiting: '0---1-----0------',
    },
  }),
  spec({
    title: 'a large request is not overtaken; withdrawn, it has used nothing up',
    of: ['RateLimiter.acquire'],
    drawn: 'rateLimiter(2, 6)   // acquire(2), acquire()',
    inputs: {
      one: '     --b--------',
    },
    run: ({ one }) => {
      const api = rateLimiter(2, 6);
      api.tryAcquire();
      return {
        two: api.acquire(2),
        one: perform(one, () => api.acquire()),
        waiting: gauge(() => api.waiting),
      };
    },
    outputs: {
      two: '     -----------',
      // There was room for one all the time.
      one: '     ----b------',
      waiting: ' 1-2-0------',
    },
    during: {
      two: '     ^---!',
    },
  }),
];
