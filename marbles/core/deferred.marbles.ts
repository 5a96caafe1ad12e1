import { catchError, concatMap, of } from 'rxjs';
import { type CancelledError, deferred } from '../../src/index.ts';
import { unhandled } from '../rows.ts';
import { perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a deferred has one outcome, for all who wait and for all who come later',
    of: ['deferred'],
    drawn: 'deferred()',
    inputs: {
      resolve: ' ---a-b---',
    },
    run: ({ resolve }) => {
      const result = deferred<string>();
      return {
        early: result,
        late: result,
        resolved: perform(resolve, (v) => result.resolve(v)),
      };
    },
    values: { t: true, f: false },
    outputs: {
      early: '   ---(a|)--',
      // Subscribed in frame 7: the outcome is there.
      late: '    -------(a|)',
      // The first outcome wins; b came too late.
      resolved: '---t-f---',
    },
    during: {
      late: '    -------^',
    },
  }),
  spec({
    title: 'one who leaves disturbs nobody else',
    of: ['deferred'],
    drawn: 'deferred()',
    inputs: {
      resolve: '----a-',
    },
    run: ({ resolve }) => {
      const result = deferred<string>();
      resolve.subscribe((v) => result.resolve(v));
      return { leaver: result, other: result };
    },
    outputs: {
      leaver: ' ------',
      other: '  ----(a|)',
    },
    during: {
      leaver: ' ^-!',
    },
  }),
  spec({
    title: 'reject fails all who wait, and all who come later, with the same error',
    of: ['deferred'],
    drawn: 'deferred()',
    inputs: {
      reject: '---x----',
      wait: '  a----b--',
    },
    run: ({ reject, wait }) => {
      const result = deferred<string>();
      reject.subscribe(() => result.reject(new Error('no')));
      return { waited: perform(wait, () => result) };
    },
    values: { E: new Error('no') },
    outputs: {
      waited: '---E-E--',
    },
  }),
  spec({
    title: 'cancel fails them with CancelledError, which carries the reason',
    of: ['deferred'],
    drawn: 'deferred()',
    inputs: {
      cancel: '---x----',
      wait: '  a----b--',
    },
    run: ({ cancel, wait }) => {
      const result = deferred<string>();
      cancel.subscribe(() => result.cancel('enough'));
      const reason = result.pipe(catchError((error: unknown) => of((error as CancelledError).reason)));
      return { reason: perform(wait, () => reason) };
    },
    values: { R: 'enough' },
    outputs: {
      reason: '---R-R--',
    },
  }),
  spec({
    title: 'one who asks again from inside of its callback has the outcome at once',
    of: ['deferred'],
    drawn: 'deferred()',
    inputs: {
      resolve: '---a---',
    },
    run: ({ resolve }) => {
      const result = deferred<string>();
      resolve.subscribe((v) => result.resolve(v));
      return { again: result.pipe(concatMap((v) => result.map((same) => v + same))) };
    },
    values: { A: 'aa' },
    outputs: {
      again: '  ---(A|)',
    },
  }),
  spec({
    title: 'without an outcome there is nothing',
    of: ['deferred'],
    drawn: 'deferred()',
    inputs: {},
    run: () => ({ waiting: deferred() }),
    outputs: {
      waiting: '------',
    },
  }),
  spec({
    title: 'an observer that throws is reported, and keeps nobody else waiting',
    of: ['deferred'],
    drawn: 'deferred()',
    inputs: {
      resolve: '  ---a---',
    },
    run: ({ resolve }) => {
      const result = deferred<string>();
      const reported = unhandled();
      resolve.subscribe((v) => result.resolve(v));
      result.subscribe(() => {
        throw new Error('oops');
      });
      return { other: result, unhandled: reported };
    },
    values: { E: new Error('oops') },
    outputs: {
      other: '    ---(a|)',
      unhandled: '---E---',
    },
  }),
];
