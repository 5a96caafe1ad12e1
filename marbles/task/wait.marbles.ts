import { deferred, type Deferred, wait, type WaitOptions } from '../../src/index.ts';
import { gauge, spec } from '../spec.ts';
import type { Observable } from 'rxjs';

/** A future that settles as the diagram does. */
function futureOf(source: Observable<string> | undefined): Deferred<string> {
  const future = deferred<string>();
  source?.subscribe({ next: (value) => future.resolve(value), error: (error: unknown) => future.reject(error) });
  return future;
}

export const specs = [
  spec({
    title: 'wait tells which have settled and which have not, when the first, an error, or all have come',
    of: ['wait'],
    drawn: "wait([a, b, c], { until: 'first' | 'firstError' | 'all' })",
    inputs: {
      a: '           --1|',
      b: '           ----#',
      c: '           ------3|',
    },
    run: ({ a, b, c }) => {
      const futures = [futureOf(a), futureOf(b), futureOf(c)];
      const found = (options: WaitOptions) =>
        wait(futures, options).map(({ done, pending }) => `${done.length} of ${done.length + pending.length}`);
      return {
        first: found({ until: 'first' }),
        firstError: found({ until: 'firstError' }),
        all: found({ until: 'all' }),
      };
    },
    values: { x: '1 of 3', y: '2 of 3', z: '3 of 3' },
    outputs: {
      first: '       --(x|)',
      firstError: '  ----(y|)',
      all: '         ------(z|)',
    },
  }),
  spec({
    title: 'a timeout is no error: what has not settled is pending, and goes on',
    of: ['wait'],
    drawn: 'wait([a, b], { timeout: 4 })',
    inputs: {
      a: '      --1|',
      b: '      ------2|',
    },
    run: ({ a, b }) => {
      const futures = [futureOf(a), futureOf(b)];
      return {
        waited: wait(futures, { timeout: 4 }).map(({ done, pending }) => `${done.length} and ${pending.length}`),
        settled: gauge(() => futures.filter(({ status }) => status !== 'pending').length),
      };
    },
    values: { x: '1 and 1' },
    outputs: {
      waited: ' ----(x|)',
      settled: '0-1---2',
    },
  }),
  spec({
    title: 'withdrawn, it leaves nothing behind; of no futures, all have settled',
    of: ['wait'],
    drawn: 'wait([a])   wait([])',
    inputs: {},
    run: (_inputs, { expectIdle }) => {
      expectIdle();
      return { waited: wait([deferred()], { timeout: 9 }), none: wait([]).map(({ done }) => done.length) };
    },
    values: { 0: 0 },
    during: {
      waited: '^--!',
    },
    outputs: {
      waited: '----------',
      none: '  (0|)',
    },
  }),
];
