import { map } from 'rxjs';
import { asCompleted, deferred } from '../../src/index.ts';
import { spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'asCompleted emits the futures in the order in which they settle, in any way; those that have come first',
    of: ['asCompleted'],
    drawn: 'asCompleted([a, b, c])',
    inputs: {
      a: '        ----1|',
      b: '        --#',
    },
    run: ({ a, b }) => {
      const [first, second, third] = [deferred<string>(), deferred<string>(), deferred<string>()];
      third.resolve('3');
      a.subscribe((v) => first.resolve(v));
      b.subscribe({ error: (error: unknown) => second.reject(error) });
      const name = (one: unknown): string => (one === first ? 'a' : one === second ? 'b' : 'c');
      return { completed: asCompleted([first, second, third]).pipe(map(name)) };
    },
    outputs: {
      completed: 'c-b-(a|)',
    },
  }),
  spec({
    title: 'unsubscribed, it leaves them as they are; of none it completes at once',
    of: ['asCompleted'],
    drawn: 'asCompleted([a])   asCompleted([])',
    inputs: {},
    run: (_inputs, { expectIdle }) => {
      expectIdle();
      return { completed: asCompleted([deferred()]), none: asCompleted([]) };
    },
    during: {
      completed: '^--!',
    },
    outputs: {
      completed: '----',
      none: '     |',
    },
  }),
];
