import { TimeoutError } from 'rxjs';
import { channel, deferred, sleep, until } from '../../src/index.ts';
import { perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'sleep takes its time on the clock, each performance anew',
    of: ['sleep'],
    drawn: 'sleep(3)',
    inputs: {
      perform: '-a-b------',
    },
    run: ({ perform: calls }) => ({ slept: perform(calls, () => sleep(3)) }),
    outputs: {
      slept: '  ----a-b---',
    },
  }),
  spec({
    title: 'until takes the first value, and unsubscribes',
    of: ['until'],
    drawn: 'until(source)',
    inputs: {
      source: '---a-b-|',
    },
    run: ({ source }) => ({ first: until(source) }),
    outputs: {
      first: ' ---(a|)',
    },
    subscribed: { source: '^--!' },
  }),
  spec({
    title: 'until fails with the error of its source',
    of: ['until'],
    drawn: 'until(source)',
    inputs: {
      source: '---#',
    },
    run: ({ source }) => ({ first: until(source) }),
    outputs: {
      first: ' ---#',
    },
    error: new Error('gone'),
  }),
  spec({
    title: 'map makes of the value another, after the commit',
    of: ['Operation.map'],
    drawn: 'receive().map((v) => v.toUpperCase())',
    inputs: {
      send: '   ---a-b-',
      receive: 'x------y',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      const upper = ch.receive().map((v) => v.toUpperCase());
      return {
        received: perform(receive, () => upper),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    outputs: {
      received: '---A---B',
      sent: '    ---a-b--',
    },
  }),
  spec({
    title: 'withTimeout withdraws what takes too long, and takes nothing',
    of: ['Operation.withTimeout'],
    drawn: 'receive().withTimeout(3)',
    inputs: {
      receive: 'x----y---z',
      send: '   -----a---b',
    },
    run: ({ receive, send }) => {
      const ch = channel<string>();
      return {
        received: perform(receive, () => ch.receive().withTimeout(3)),
        sent: perform(send, (v) => ch.send(v)),
      };
    },
    values: { T: new TimeoutError() },
    outputs: {
      received: '---T-a---b',
      sent: '    -----a---b',
    },
  }),
  spec({
    title: 'withSignal withdraws when the signal aborts, and fails with its reason',
    of: ['Operation.withSignal'],
    drawn: 'receive().withSignal(signal)',
    inputs: {
      receive: 'x----y-',
      abort: '  ---x---',
    },
    run: ({ receive, abort }) => {
      const ch = channel<string>();
      const controller = new AbortController();
      return {
        received: perform(receive, () => ch.receive().withSignal(controller.signal)),
        aborted: perform(abort, () => controller.abort('enough')),
      };
    },
    values: { E: 'enough' },
    outputs: {
      received: '---E-E-',
      aborted: ' ---x---',
    },
  }),
  spec({
    title: 'a deferred has one outcome, for all who wait and for all who come later',
    of: ['deferred'],
    drawn: 'deferred()',
    inputs: {
      wait: '   x----y--',
      resolve: '---a-b---',
    },
    run: ({ wait, resolve }) => {
      const result = deferred<string>();
      return {
        waited: perform(wait, () => result),
        won: perform(resolve, (v) => result.resolve(v)),
      };
    },
    values: { t: true, f: false },
    outputs: {
      waited: ' ---a-a---',
      won: '    ---t-f---',
    },
  }),
];
