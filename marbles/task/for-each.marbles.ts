import { channel, forEach, sleep } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'forEach takes the next value when its body is done with the last one; it ends with the channel',
    of: ['forEach'],
    drawn: 'forEach(channel(1), function* (v) { yield* sleep(3); })',
    inputs: {
      send: '    -abc------------',
      close: '   ----x-----------',
    },
    run: ({ send, close }) => {
      let busy = 0;
      const ch = channel<string>(1);
      close.subscribe(() => ch.close());
      return {
        sent: perform(send, (v) => ch.send(v)),
        forEach: forEach(ch, function* () {
          busy++;
          yield* sleep(3);
          busy--;
        }),
        busy: gauge(() => busy),
        buffered: gauge(() => ch.size),
      };
    },
    values: { u: undefined },
    outputs: {
      // c waits until the body is done with a, and b has left the buffer.
      sent: '    -ab-c-----------',
      forEach: ' ----------(u|)',
      busy: '    01--------0',
      buffered: '0-1----0',
    },
  }),
  spec({
    title: 'unsubscribing cancels the body, receives nothing more, and leaves the channel open',
    of: ['forEach'],
    drawn: 'forEach(ch, function* (v) { yield* sleep(4); })',
    inputs: {
      send: '    -a-b----',
      receive: ' ------x-',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      return {
        forEach: forEach(ch, function* () {
          yield* sleep(4);
        }),
        sent: perform(send, (v) => ch.send(v)),
        received: perform(receive, () => ch.receive()),
        buffered: gauge(() => ch.size),
      };
    },
    outputs: {
      forEach: ' --------',
      sent: '    -a-b----',
      received: '------b-',
      buffered: '0--1--0-',
    },
    during: {
      forEach: ' ^---!',
    },
  }),
  spec({
    title: 'what the body throws is its failure; what is in the channel stays there',
    of: ['forEach'],
    drawn: 'forEach(ch, (v) => { if (v === "b") throw new Error("broken"); })',
    inputs: {
      send: '    -a-b-c-',
    },
    run: ({ send }) => {
      const ch = channel<string>(1);
      send.subscribe((v) => ch.trySend(v));
      return {
        forEach: forEach(ch, (v) => {
          if (v === 'b') throw new Error('broken');
        }),
        buffered: gauge(() => ch.size),
      };
    },
    error: new Error('broken'),
    outputs: {
      forEach: ' ---#',
      buffered: '0----1-',
    },
  }),
  spec({
    title: 'a close cause is its failure, after the last value',
    of: ['forEach'],
    drawn: 'forEach(channel(2), function* (v) { yield* sleep(2); })',
    inputs: {
      send: '   -ab---',
      close: '  ---x--',
    },
    run: ({ send, close }) => {
      let done = 0;
      const ch = channel<string>(2);
      send.subscribe((v) => ch.trySend(v));
      close.subscribe(() => ch.close(new Error('broken')));
      return {
        forEach: forEach(ch, function* () {
          yield* sleep(2);
          done++;
        }),
        done: gauge(() => done),
      };
    },
    error: new Error('broken'),
    outputs: {
      forEach: '-----#',
      done: '   0--1-2',
    },
  }),
  spec({
    title: 'an empty channel that is closed ends it without a call',
    of: ['forEach'],
    drawn: 'forEach(ch, body)',
    inputs: {
      close: '  --x--',
    },
    run: ({ close }) => {
      let calls = 0;
      const ch = channel<string>();
      close.subscribe(() => ch.close());
      const count = (): void => {
        calls++;
      };
      return { forEach: forEach(ch, count), calls: gauge(() => calls) };
    },
    values: { u: undefined },
    outputs: {
      forEach: '--(u|)',
      calls: '  0-----',
    },
  }),
  spec({
    title: 'a body that sends to its own channel is called again for what it sent',
    of: ['forEach'],
    drawn: 'forEach(ch, (v) => { if (v === "a") ch.trySend("b"); })',
    inputs: {
      send: '-a----c-',
    },
    run: ({ send }) => {
      const ch = channel<string>(2);
      const seen = channel<string>(Infinity);
      send.subscribe((v) => ch.trySend(v));
      forEach(ch, (v) => {
        seen.trySend(v);
        if (v === 'a') ch.trySend('b');
      }).subscribe();
      return { seen };
    },
    outputs: {
      seen: '-(ab)-c-',
    },
  }),
];
