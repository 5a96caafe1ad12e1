import { TimeoutError } from 'rxjs';
import { channel, coroutine, sleep, until } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'withTimeout withdraws what takes too long, and nothing was taken',
    of: ['Operation.withTimeout'],
    drawn: 'receive().withTimeout(3)',
    inputs: {
      receive: ' x----x-----',
      send: '    ----a--b---',
    },
    run: ({ receive, send }) => {
      const ch = channel<string>(1);
      return {
        received: perform(receive, () => ch.receive().withTimeout(3)),
        sent: perform(send, (v) => ch.send(v)),
        buffered: gauge(() => ch.size),
      };
    },
    values: { T: new TimeoutError() },
    outputs: {
      // The first gave up a frame before its value came, which is there for the second.
      received: '---T-a-----',
      sent: '    ----a--b---',
      buffered: '0---10-1---',
    },
  }),
  spec({
    title: 'what comes in time is delivered, and nobody hears of the deadline',
    of: ['Operation.withTimeout'],
    drawn: 'sleep(2).withTimeout(3)',
    inputs: {
      perform: '-a----',
    },
    run: ({ perform: calls }, { expectIdle }) => {
      expectIdle();
      return { slept: perform(calls, () => sleep(2).withTimeout(3)) };
    },
    outputs: {
      slept: '  ---a--',
    },
  }),
  spec({
    title: 'without time it commits what is ready, and otherwise fails without waiting',
    of: ['Operation.withTimeout'],
    drawn: 'receive().withTimeout(0)',
    inputs: {
      send: '    ---a---',
      receive: ' -x---x-',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      return {
        received: perform(receive, () => ch.receive().withTimeout(0)),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    values: { T: new TimeoutError() },
    outputs: {
      received: '-T---a-',
      sent: '    ---a---',
    },
  }),
  spec({
    title: 'a failure of its own is not made a TimeoutError',
    of: ['Operation.withTimeout'],
    drawn: 'until(source).withTimeout(3)',
    inputs: {
      source: '--#',
    },
    run: ({ source }) => ({ first: until(source).withTimeout(3) }),
    error: new Error('gone'),
    outputs: {
      first: ' --#',
    },
  }),
  spec({
    title: 'unsubscribing withdraws the operation, and its deadline',
    of: ['Operation.withTimeout'],
    drawn: 'until(source).withTimeout(4)',
    inputs: {
      source: '---a--',
    },
    run: ({ source }, { expectIdle }) => {
      expectIdle();
      return { first: until(source).withTimeout(4) };
    },
    outputs: {
      first: ' ------',
    },
    during: {
      first: ' ^-!',
    },
    subscribed: {
      source: '^-!',
    },
  }),
  spec({
    title: 'of an outer and an inner deadline at the same moment, the outer wins',
    of: ['Operation.withTimeout'],
    drawn: 'coroutine(body).withTimeout(3), whose body catches its own sleep(9).withTimeout(3)',
    inputs: {},
    run: () => {
      const body = coroutine(function* () {
        try {
          yield* sleep(9).withTimeout(3);
        } catch {
          return 'i';
        }
        return 's';
      });
      return { returned: body.withTimeout(3) };
    },
    error: new TimeoutError(),
    outputs: {
      // Not i: the coroutine was cancelled, and catch does not see that.
      returned: '---#',
    },
  }),
];
