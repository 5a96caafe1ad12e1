import { flow, queueMap, sleep } from '../../src/index.ts';
import { gauge, spec } from '../spec.ts';

let bodies = 0;
const ticks = flow<string>(function* (out) {
  bodies++;
  try {
    for (const letter of 'abc') {
      yield* sleep(2);
      yield* out.send(letter);
    }
  } finally {
    yield* sleep(1);
    bodies--;
  }
});

export const specs = [
  spec({
    title: 'each subscription of a flow runs the body anew; unsubscribing cancels that run',
    of: ['flow'],
    drawn: 'flow(function* (out) { for (…) { yield* sleep(2); yield* out.send(letter); } })',
    inputs: {},
    run: () => {
      bodies = 0;
      return { first: ticks, second: ticks, bodies: gauge(() => bodies) };
    },
    outputs: {
      first: ' --a-b-------',
      second: '------a-b-c|',
      // A body is gone when it has cleaned up, a frame after it was unsubscribed.
      bodies: '1---2-1----0',
    },
    during: {
      first: ' ^----!',
      second: '----^-----',
    },
  }),
  spec({
    title: 'its error is that of the subscriber, and its end too',
    of: ['flow'],
    drawn: 'flow(function* (out) { yield* out.send(a); throw error; })',
    inputs: {},
    run: () => ({
      failed: flow<string>(function* (out) {
        yield* sleep(1);
        yield* out.send('a');
        yield* sleep(2);
        throw new Error('oops');
      }),
      ended: flow<string>(function* (out) {
        yield* out.send('a');
        yield* sleep(3);
      }),
    }),
    error: new Error('oops'),
    outputs: {
      failed: '-a-#',
      ended: ' a--|',
    },
  }),
  spec({
    title: 'before a consumer that pulls, the next value is sent when it is wanted',
    of: ['flow'],
    drawn: 'flow(function* (out) { for (…) yield* out.send(letter); }).pipe(queueMap(work))',
    inputs: {},
    run: () => {
      let sent = 0;
      const letters = flow<string>(function* (out) {
        for (const letter of 'abc') {
          yield* out.send(letter);
          sent++;
        }
      });
      return {
        worked: letters.pipe(
          queueMap(function* (letter) {
            yield* sleep(3);
            return letter;
          }),
        ),
        sent: gauge(() => sent),
      };
    },
    outputs: {
      worked: '---a--b--(c|)',
      sent: '  1--2--3--',
    },
  }),
];
