import { channel, queueMap, shareBroadcast, sleep } from '../../src/index.ts';
import { gauge, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'a source that can be pulled waits for the slowest of those who share it',
    of: ['shareBroadcast'],
    drawn: 'shared = channel.pipe(shareBroadcast())',
    inputs: {
      send: '  -abc------|',
    },
    run: ({ send }) => {
      const ch = channel<string>(Infinity);
      send.subscribe({ next: (v) => ch.trySend(v), complete: () => ch.close() });
      const shared = ch.pipe(shareBroadcast());
      return {
        slow: shared.pipe(
          queueMap(function* (letter) {
            yield* sleep(4);
            return letter;
          }),
        ),
        fast: shared,
        inChannel: gauge(() => ch.size),
      };
    },
    outputs: {
      // The slow one takes 4 frames for each; b is on its way to it until frame 5, and c stays in the channel.
      slow: '     -----a---b---(c|)',
      fast: '     -ab--c----|',
      inChannel: '0--1-0-----',
    },
  }),
  spec({
    title: 'the source is subscribed for the first, unsubscribed with the last, and anew for who comes next',
    of: ['shareBroadcast'],
    drawn: 'shared = source.pipe(shareBroadcast({ capacity: Infinity }))',
    inputs: {
      source: '-a-b-c-d|',
    },
    run: ({ source }) => {
      const shared = source.pipe(shareBroadcast({ capacity: Infinity }));
      return { first: shared, second: shared, third: shared };
    },
    outputs: {
      first: ' -a-b---------------',
      second: '---b-c--------------',
      third: ' ----------a-b-c-d|--',
    },
    during: {
      first: ' ^---!',
      second: '--^---!',
      third: ' ---------^----------',
    },
    subscribed: {
      source: ['^-----!', '---------^-------!'],
    },
  }),
  spec({
    title: 'its error reaches all, after what they hold',
    of: ['shareBroadcast'],
    drawn: 'source.pipe(shareBroadcast({ capacity: Infinity }))',
    inputs: {
      source: 'ab#',
    },
    run: ({ source }) => {
      const shared = source.pipe(shareBroadcast({ capacity: Infinity }));
      return { slow: shared.pipe(queueMap((letter: string) => sleep(3).map(() => letter))), fast: shared };
    },
    outputs: {
      // It had taken b when the source had nothing left but its error.
      slow: '---(a#)',
      fast: 'ab#',
    },
  }),
];
