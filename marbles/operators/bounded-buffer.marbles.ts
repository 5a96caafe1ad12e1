import { asyncScheduler } from 'rxjs';
import { boundedBuffer, type BufferOptions, OverflowError, queueMap, sleep } from '../../src/index.ts';
import { losses } from '../rows.ts';
import { spec } from '../spec.ts';

const row = (
  title: string,
  overflow: BufferOptions<string>['overflow'],
  outputs: Readonly<Record<'rendered' | 'undelivered', string>>,
) =>
  spec({
    title,
    of: ['boundedBuffer'],
    drawn: `boundedBuffer(1, { overflow: '${overflow}' }), queueMap(render)`,
    inputs: {
      frames: '    abcd---e-|----',
    },
    run: ({ frames }) => {
      const { undelivered, onUndelivered } = losses();
      return {
        // Rendering takes four frames of time. Whoever renders is not asked for more meanwhile.
        rendered: frames.pipe(
          boundedBuffer(1, { overflow, onUndelivered }),
          queueMap((frame) => sleep(4).map(() => frame)),
        ),
        undelivered,
      };
    },
    outputs,
    values: {
      a: 'a',
      b: 'b',
      c: 'c',
      d: 'd',
      e: 'e',
      B: 'b evicted',
      C: 'c evicted',
      D: 'c dropped',
      E: 'd dropped',
    },
    error: new OverflowError('boundedBuffer', 'c'),
  });

export const specs = [
  row('drop frames when the renderer is busy: the newest is kept', 'dropOldest', {
    rendered: '   ----a---d---(e|)',
    undelivered: '--BC----------',
  }),
  row('or the oldest is kept', 'dropNewest', {
    rendered: '   ----a---b---(e|)',
    undelivered: '--DE----------',
  }),
  row('or it fails, after what is buffered', 'fail', {
    // `c` is in the error, which comes once `b` has left the buffer. A pulled source's error errs queueMap at once.
    rendered: '   ----(a#)------',
    undelivered: '--------------',
  }),
  spec({
    title: 'before a consumer that neither pulls nor has a scheduler, values pass straight through',
    of: ['boundedBuffer'],
    drawn: "boundedBuffer(1, { overflow: 'fail' })",
    inputs: {
      source: '-(abc)--d-|',
    },
    run: ({ source }) => ({ passed: source.pipe(boundedBuffer(1, { overflow: 'fail' })) }),
    outputs: {
      passed: '-(abc)--d-|',
    },
  }),
  spec({
    title: 'on a scheduler, what comes before the consumer is called has to fit into the buffer',
    of: ['boundedBuffer'],
    drawn: "boundedBuffer(2, { overflow: 'dropOldest', scheduler: asyncScheduler })",
    inputs: {
      source: '     -(abc)--d-|',
    },
    run: ({ source }) => {
      const { undelivered, onUndelivered } = losses();
      return {
        received: source.pipe(boundedBuffer(2, { overflow: 'dropOldest', onUndelivered, scheduler: asyncScheduler })),
        undelivered,
      };
    },
    outputs: {
      received: '   -(bc)---d-|',
      undelivered: '-A----------',
    },
    values: { a: 'a', b: 'b', c: 'c', d: 'd', A: 'a evicted' },
  }),
  spec({
    title: 'unsubscribing reports what is buffered',
    of: ['boundedBuffer'],
    drawn: "boundedBuffer(2, { overflow: 'dropNewest' }), queueMap(render)",
    inputs: {
      frames: '    abc------',
    },
    run: ({ frames }) => {
      const { undelivered, onUndelivered } = losses();
      return {
        rendered: frames.pipe(
          boundedBuffer(2, { overflow: 'dropNewest', onUndelivered }),
          queueMap((frame) => sleep(4).map(() => frame)),
        ),
        undelivered,
      };
    },
    outputs: {
      rendered: '   ---------',
      undelivered: '---(BC)--',
    },
    values: { B: 'b cancelled', C: 'c cancelled' },
    during: {
      rendered: '   ^--!',
    },
    subscribed: {
      frames: '     ^--!',
    },
  }),
];
