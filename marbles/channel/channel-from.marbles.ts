import { EMPTY, map, NEVER } from 'rxjs';
import { CancelledError, channelFrom, OverflowError } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

/** Tells how many of `letters` were asked for, and whether it was told that nobody asks any more. */
class Letters {
  asked = 0;
  returned = 0;
  readonly #letters: string;

  constructor(letters: string) {
    this.#letters = letters;
  }

  *[Symbol.iterator](): Generator<string> {
    try {
      for (const letter of this.#letters) {
        this.asked++;
        if (letter === '!') throw new Error('broken');
        yield letter;
      }
    } finally {
      this.returned++;
    }
  }
}

export const specs = [
  spec({
    title: 'an iterable is asked for a value only when a slot of the buffer is free, or somebody waits',
    of: ['channelFrom'],
    drawn: "channelFrom(['a', 'b', 'c', 'd'], { capacity: 1 })",
    inputs: {
      receive: '  ---x-x--xx-x-',
    },
    run: ({ receive }) => {
      const letters = new Letters('abcd');
      const ch = channelFrom(letters, { capacity: 1 });
      return {
        received: perform(receive, () => ch.receiveResult().map((result) => (result.ok ? result.value : 'end'))),
        asked: gauge(() => letters.asked),
        whenEnded: ch.whenEnded(),
      };
    },
    values: { E: 'end', u: undefined },
    outputs: {
      received: ' ---a-b--cd-E-',
      // One ahead of what was received: the one that is buffered.
      asked: '    1--2-3--4----',
      whenEnded: '---------(u|)',
    },
  }),
  spec({
    title: 'an observable is pushed into the buffer, and its end comes after what is buffered',
    of: ['channelFrom'],
    drawn: "channelFrom(source, { capacity: 2, overflow: 'dropOldest' })",
    inputs: {
      source: '  abc|-------',
      receive: ' -----x-x-x-',
    },
    run: ({ source, receive }) => {
      const ch = channelFrom(source, { capacity: 2, overflow: 'dropOldest' });
      return {
        received: perform(receive, () => ch.receiveResult().map((result) => (result.ok ? result.value : 'end'))),
      };
    },
    values: { E: 'end' },
    outputs: {
      received: '-----b-c-E-',
    },
    subscribed: {
      source: '  ^--!-------',
    },
  }),
  spec({
    title: "an observable's error comes after what is buffered",
    of: ['channelFrom'],
    drawn: 'channelFrom(source, { capacity: Infinity })',
    inputs: {
      source: '  ab#--------',
      receive: ' -----x-x-x-',
    },
    run: ({ source, receive }) => {
      const ch = channelFrom(source, { capacity: Infinity });
      return { received: perform(receive, () => ch.receive()) };
    },
    values: { E: new Error('gone') },
    error: new Error('gone'),
    outputs: {
      received: '-----a-b-E-',
    },
  }),
  spec({
    title: 'with fail, what is buffered comes before the OverflowError; the source is left when it overflows',
    of: ['channelFrom'],
    drawn: "channelFrom(source, { capacity: 1, overflow: 'fail', name: 'ch' })",
    inputs: {
      source: '  ab-c|----',
      receive: ' -----x-x-',
    },
    run: ({ source, receive }) => {
      const ch = channelFrom(source, { capacity: 1, overflow: 'fail', name: 'ch' });
      return { received: perform(receive, () => ch.receive()) };
    },
    values: { O: new OverflowError('ch', 'b') },
    outputs: {
      received: '-----a-O-',
    },
    subscribed: {
      source: '  ^!-------',
    },
  }),
  spec({
    title: 'what an iterable throws is the close cause',
    of: ['channelFrom'],
    drawn: 'channelFrom(iterable)',
    inputs: {
      receive: ' -x-x-x-',
    },
    run: ({ receive }) => {
      const letters = new Letters('a!');
      const ch = channelFrom(letters);
      return {
        received: perform(receive, () => ch.receive()),
        asked: gauge(() => letters.asked),
      };
    },
    values: { E: new Error('broken') },
    outputs: {
      // Without a buffer, nothing is asked for ahead.
      received: '-a-E-E-',
      asked: '   01-2---',
    },
  }),
  spec({
    title: 'cancelling it tells the iterable, once, that nobody asks any more',
    of: ['channelFrom'],
    drawn: "channelFrom(iterable, { capacity: 1, name: 'ch' })",
    inputs: {
      receive: '  -x--x-',
      cancel: '   ---x-x',
    },
    run: ({ receive, cancel }) => {
      const letters = new Letters('abcd');
      const ch = channelFrom(letters, { capacity: 1, name: 'ch' });
      return {
        received: perform(receive, () => ch.receive()),
        cancelled: perform(cancel, () => ch.cancel('enough')),
        asked: gauge(() => letters.asked),
        returned: gauge(() => letters.returned),
      };
    },
    values: { t: true, f: false, X: new CancelledError('ch', 'enough') },
    outputs: {
      received: ' -a--X-',
      cancelled: '---t-f',
      asked: '    12----',
      returned: ' 0--1--',
    },
  }),
  spec({
    title: 'cancelling it unsubscribes from an observable',
    of: ['channelFrom'],
    drawn: 'channelFrom(source, { capacity: Infinity })',
    inputs: {
      source: '    -a-b-c-',
      cancel: '    ----x--',
    },
    run: ({ source, cancel }) => {
      const ch = channelFrom(source, { capacity: Infinity, name: 'ch' });
      cancel.subscribe(() => ch.cancel('enough'));
      return { subscriber: ch };
    },
    error: new CancelledError('ch', 'enough'),
    outputs: {
      subscriber: '-a-b#',
    },
    subscribed: {
      source: '    ^---!',
    },
  }),
  spec({
    title: 'nothing comes of what is empty but the end, and of what never emits nothing at all',
    of: ['channelFrom'],
    drawn: 'channelFrom(source, { capacity: Infinity })',
    inputs: {},
    run: () => ({
      empty: channelFrom(EMPTY, { capacity: Infinity }),
      emptyIterable: channelFrom(''),
      never: channelFrom(NEVER, { capacity: Infinity }),
    }),
    outputs: {
      empty: '        |',
      emptyIterable: '|',
      never: '        ----',
    },
  }),
  spec({
    title: 'it is hot: one who leaves does not stop the source, and what comes meanwhile is kept',
    of: ['channelFrom'],
    drawn: 'channelFrom(source, { capacity: Infinity })',
    inputs: {
      source: '-a-b-c-d|',
    },
    run: ({ source }) => {
      const ch = channelFrom(source, { capacity: Infinity });
      return { leaver: ch, later: ch };
    },
    outputs: {
      leaver: '-a-------',
      later: ' ----------(bcd|)',
    },
    during: {
      leaver: '^-!',
      later: ' ----------^',
    },
  }),
  spec({
    title: 'an observable cannot be made to wait: with suspend it is a TypeError, at the call',
    of: ['channelFrom'],
    drawn: 'channelFrom(source, { capacity: 4 })',
    inputs: {
      call: '  -x-',
    },
    run: ({ call }) => ({
      thrown: perform(call, () => channelFrom(NEVER, { capacity: 4 })).pipe(
        map((error) => (error instanceof TypeError ? 'T' : error)),
      ),
    }),
    outputs: {
      thrown: '-T-',
    },
  }),
];
