import { channel } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

/** Those that listen to the signal. */
function listenersOf(signal: AbortSignal): ReadonlySet<unknown> {
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener, options?: AddEventListenerOptions) => {
    listeners.add(listener);
    add(type, listener, options);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    listeners.delete(listener);
    remove(type, listener);
  };
  return listeners;
}

export const specs = [
  spec({
    title: 'withSignal withdraws when the signal aborts, and fails with its reason',
    of: ['Operation.withSignal'],
    drawn: 'receive().withSignal(signal)',
    inputs: {
      receive: ' x--x-----',
      send: '    -a-----b-',
      abort: '   -----x---',
    },
    run: ({ receive, send, abort }) => {
      const ch = channel<string>(1);
      const controller = new AbortController();
      abort.subscribe(() => controller.abort('enough'));
      return {
        received: perform(receive, () => ch.receive().withSignal(controller.signal)),
        sent: perform(send, (v) => ch.send(v)),
        buffered: gauge(() => ch.size),
      };
    },
    values: { E: 'enough' },
    outputs: {
      received: '-a---E---',
      sent: '    -a-----b-',
      // b has lost its receiver, and is kept for another one.
      buffered: '0------1-',
    },
  }),
  spec({
    title: 'a signal that has aborted before: it fails without touching anything',
    of: ['Operation.withSignal'],
    drawn: 'receive().withSignal(AbortSignal.abort())',
    inputs: {
      send: '    -a----',
      receive: ' ---x--',
    },
    run: ({ send, receive }) => {
      const ch = channel<string>(1);
      const signal = AbortSignal.abort('too late');
      return {
        received: perform(receive, () => ch.receive().withSignal(signal)),
        sent: perform(send, (v) => ch.send(v)),
        buffered: gauge(() => ch.size),
      };
    },
    values: { E: 'too late' },
    outputs: {
      received: '---E--',
      sent: '    -a----',
      buffered: '01----',
    },
  }),
  spec({
    title: 'unsubscribing withdraws it before the signal can',
    of: ['Operation.withSignal'],
    drawn: 'receive().withSignal(signal)',
    inputs: {
      abort: '   ----x-',
    },
    run: ({ abort }) => {
      const ch = channel<string>();
      const controller = new AbortController();
      abort.subscribe(() => controller.abort());
      return {
        received: ch.receive().withSignal(controller.signal),
        waiting: gauge(() => ch.statistics().waitingReceivers),
      };
    },
    outputs: {
      received: '------',
      waiting: ' 1-0---',
    },
    during: {
      received: '^-!',
    },
  }),
  spec({
    title: 'no listener stays behind, however it ends',
    of: ['Operation.withSignal'],
    drawn: 'receive().withSignal(signal)',
    inputs: {
      receive: '  -x---x----',
      send: '     ---a------',
      abort: '    -------x--',
    },
    run: ({ receive, send, abort }) => {
      const ch = channel<string>();
      const controller = new AbortController();
      const { signal } = controller;
      const listeners = listenersOf(signal);
      abort.subscribe(() => controller.abort('enough'));
      return {
        received: perform(receive, () => ch.receive().withSignal(signal)),
        sent: perform(send, (v) => ch.send(v)),
        listeners: gauge(() => listeners.size),
      };
    },
    values: { E: 'enough' },
    outputs: {
      received: ' ---a---E--',
      sent: '     ---a------',
      listeners: '01-0-1-0--',
    },
  }),
];
