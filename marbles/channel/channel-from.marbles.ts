import { channelFrom, OverflowError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'an iterable is asked for a value when one is taken, or when a slot of the buffer is free',
    of: ['channelFrom'],
    drawn: "channelFrom(['a', 'b', 'c'], { capacity: 1 })",
    inputs: {
      receive: '--x-x-x-x',
    },
    run: ({ receive }) => {
      let asked = 0;
      function* letters(): Generator<string> {
        for (const letter of 'abc') {
          asked++;
          yield letter;
        }
      }
      const ch = channelFrom(letters(), { capacity: 1, name: 'ch' });
      return {
        received: perform(receive, () => ch.receiveResult().map((result) => (result.ok ? result.value : 'end'))),
        asked: gauge(() => asked),
      };
    },
    values: { E: 'end' },
    outputs: {
      received: '--a-b-c-E',
      asked: '   1-2-3----',
    },
  }),
  spec({
    title: 'an observable is pushed, and its end is never lost to a full buffer',
    of: ['channelFrom'],
    drawn: "channelFrom(source, { capacity: 2, overflow: 'dropOldest' })",
    inputs: {
      source: ' abc|------',
      receive: '-----x-x-x',
    },
    run: ({ source, receive }) => {
      const ch = channelFrom(source, { capacity: 2, overflow: 'dropOldest' });
      return {
        received: perform(receive, () => ch.receiveResult().map((result) => (result.ok ? result.value : 'end'))),
      };
    },
    values: { E: 'end' },
    outputs: {
      received: '-----b-c-E',
    },
    subscribed: { source: '^--!' },
  }),
  spec({
    title: 'with fail, what is buffered comes before the OverflowError, and the source is left',
    of: ['channelFrom'],
    drawn: "channelFrom(source, { capacity: 1, overflow: 'fail', name: 'ch' })",
    inputs: {
      source: ' ab-c|----',
      receive: '----x-x-',
    },
    run: ({ source, receive }) => {
      const ch = channelFrom(source, { capacity: 1, overflow: 'fail', name: 'ch' });
      return {
        received: perform(receive, () => ch.receive()),
      };
    },
    values: { O: new OverflowError('ch', 'b') },
    outputs: {
      received: '----a-O-',
    },
    subscribed: { source: '^!' },
  }),
];
