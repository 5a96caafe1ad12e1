import { channel, ClosedError, produce, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'produce starts its body when a value is asked for, and the body is paced by who takes',
    of: ['produce'],
    drawn: 'produce(function* (out) { … yield* out.send(letter); … })',
    inputs: {
      receive: ' ---x--x---x-',
    },
    run: ({ receive }) => {
      const working = channel<string>(Infinity);
      const letters = produce<string>(
        function* (out) {
          for (const letter of 'ab') {
            yield* sleep(1);
            working.trySend(letter);
            yield* out.send(letter);
          }
        },
        { name: 'letters' },
      );
      return {
        body: working,
        received: perform(receive, () => letters.receive()),
      };
    },
    values: { C: new ClosedError('letters') },
    outputs: {
      // Each letter takes the body a frame to make; b waits until it is taken.
      body: '    ----ab------',
      received: '----a-b---C--',
    },
  }),
  spec({
    title: 'cancelled, it cancels its body; whenEnded waits for the clean-up',
    of: ['produce'],
    drawn: 'produce(function* (out) { try { … } finally { yield* sleep(3); } })',
    inputs: {
      receive: '  x------',
      cancel: '   --x----',
    },
    run: ({ receive, cancel }) => {
      let bodies = 0;
      const letters = produce<string>(function* (out) {
        bodies++;
        try {
          for (;;) yield* out.send('a');
        } finally {
          yield* sleep(3);
          bodies--;
        }
      });
      cancel.subscribe(() => letters.cancel());
      return {
        received: perform(receive, () => letters.receive()),
        bodies: gauge(() => bodies),
        whenEnded: letters.whenEnded(),
      };
    },
    values: { u: undefined },
    outputs: {
      received: ' a------',
      bodies: '   1----0-',
      whenEnded: '-----(u|)',
    },
  }),
];
