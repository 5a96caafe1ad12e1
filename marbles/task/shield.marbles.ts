import { coroutine, shield, sleep } from '../../src/index.ts';
import { gauge, spec } from '../spec.ts';
import { unhandled } from '../rows.ts';

export const specs = [
  spec({
    title: 'shield runs the operation to its end, though the one who waited has left',
    of: ['shield'],
    drawn: 'shield(work)',
    inputs: {},
    run: () => {
      let working = 0;
      const work = coroutine(function* () {
        working++;
        yield* sleep(5);
        working--;
        return 'a';
      });
      return { stayed: shield(work), left: shield(work), working: gauge(() => working) };
    },
    during: {
      left: '   ^--!',
    },
    outputs: {
      stayed: ' -----(a|)',
      left: '   ------',
      working: '2----0',
    },
  }),
  spec({
    title: 'it fails as the operation does; a failure that comes too late is reported',
    of: ['shield'],
    drawn: 'shield(failing)',
    inputs: {},
    run: () => {
      const reported = unhandled();
      const failing = coroutine(function* () {
        yield* sleep(3);
        throw new Error('late');
      });
      return { stayed: shield(failing), left: shield(failing), reported };
    },
    error: new Error('late'),
    values: { r: new Error('late') },
    during: {
      left: '   ^-!',
    },
    outputs: {
      stayed: '  ---#',
      left: '    -----',
      reported: '---r',
    },
  }),
];
