import { coroutine, deferred, gather, sleep } from '../../src/index.ts';
import { gauge, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'gather emits all results in the order of the inputs, when the last has come',
    of: ['gather'],
    drawn: 'gather([a, b, c])',
    inputs: {
      a: '      --1|',
      b: '      ----2|',
      c: '      -3|',
    },
    run: ({ a, b, c }) => {
      const [first, second, third] = [deferred<string>(), deferred<string>(), deferred<string>()];
      a.subscribe((v) => first.resolve(v));
      b.subscribe((v) => second.resolve(v));
      c.subscribe((v) => third.resolve(v));
      return { gathered: gather([first, second, third]).map((values) => values.join('')) };
    },
    values: { x: '123' },
    outputs: {
      gathered: '----(x|)',
    },
  }),
  spec({
    title: 'the first failure fails it at once; what is cold is cancelled, and nobody waits for its clean-up',
    of: ['gather'],
    drawn: 'gather([coroutine(function* () { try { … } finally { yield* sleep(3); } }), failing])',
    inputs: {
      failing: ' --#',
    },
    run: ({ failing }) => {
      let working = 0;
      const cold = coroutine(function* () {
        working = 1;
        try {
          yield* sleep(9);
        } finally {
          yield* sleep(3);
          working = 0;
        }
      });
      const broken = deferred();
      failing.subscribe({ error: (error: unknown) => broken.reject(error) });
      return { gathered: gather([cold, broken]), working: gauge(() => working) };
    },
    outputs: {
      gathered: '--#',
      working: ' 1----0',
    },
  }),
  spec({
    title: 'withdrawn, it withdraws all its parts; of no operations the results are there at once',
    of: ['gather'],
    drawn: 'gather([cold])   gather([])',
    inputs: {},
    run: () => {
      let working = 0;
      const cold = coroutine(function* () {
        working = 1;
        try {
          yield* sleep(9);
        } finally {
          working = 0;
        }
      });
      return { gathered: gather([cold]), working: gauge(() => working), none: gather([]).map((all) => all.length) };
    },
    values: { 0: 0 },
    during: {
      gathered: '^---!',
    },
    outputs: {
      gathered: '-----',
      working: ' 1---0',
      none: '    (0|)',
    },
  }),
];
