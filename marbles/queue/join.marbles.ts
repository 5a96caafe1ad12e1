import { TimeoutError } from 'rxjs';
import { queue } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

export const specs = [
  spec({
    title: 'join waits until all that was sent is settled; what is sent meanwhile, too',
    of: ['Queue.join', 'Queue.taskDone'],
    drawn: 'queue()',
    inputs: {
      send: '      a--b---------',
      receive: '   --x--x-------',
      taskDone: '  ----x-----x--',
      join: '      -j------k-----l',
    },
    run: ({ send, receive, taskDone, join }) => {
      const q = queue<string>();
      send.subscribe((v) => q.trySend(v));
      taskDone.subscribe(() => q.taskDone());
      return {
        received: perform(receive, () => q.receive()),
        joined: perform(join, () => q.join()),
        unfinished: gauge(() => q.unfinished),
      };
    },
    outputs: {
      received: '  --a--b-------',
      // Both in the frame of the last taskDone; the one that comes later at once.
      joined: '    ----------(jk)l',
      unfinished: '1--21-----0--',
    },
  }),
  spec({
    title: 'of an empty queue it completes at once',
    of: ['Queue.join'],
    drawn: 'join()',
    inputs: {},
    run: () => ({ join: queue<string>().join() }),
    values: { u: undefined },
    outputs: {
      join: '(u|)',
    },
  }),
  spec({
    title: 'one that is withdrawn disturbs nobody; one that takes too long is withdrawn',
    of: ['Queue.join'],
    drawn: 'join(), join().withTimeout(4)',
    inputs: {
      send: '   a-------',
      settle: ' ------x-',
    },
    run: ({ send, settle }) => {
      const q = queue<string>();
      send.subscribe((v) => q.trySend(v));
      settle.subscribe(() => {
        q.tryReceive();
        q.taskDone();
      });
      const after = perform(send, () => q.join());
      return {
        left: perform(send, () => q.join()),
        late: perform(send, () => q.join().withTimeout(4)),
        stays: after,
      };
    },
    values: { T: new TimeoutError() },
    outputs: {
      left: '   --------',
      late: '   ----T---',
      stays: '  ------a-',
    },
    during: {
      left: '   ^--!',
    },
  }),
  spec({
    title: 'of a queue that is cancelled it waits only for what was handed out',
    of: ['Queue.join'],
    drawn: 'queue()',
    inputs: {
      send: '      abc------',
      lease: '     ---x-----',
      join: '      ----j----',
      cancel: '    -----x---',
      ack: '       -------x-',
    },
    run: ({ send, lease, join, cancel, ack }) => {
      const q = queue<string>();
      send.subscribe((v) => q.trySend(v));
      cancel.subscribe(() => q.cancel());
      let settle = (): void => undefined;
      ack.subscribe(() => settle());
      return {
        leased: perform(lease, () =>
          q.lease().map((delivery) => {
            settle = () => delivery.ack();
            return delivery.value;
          }),
        ),
        joined: perform(join, () => q.join()),
        unfinished: gauge(() => q.unfinished),
      };
    },
    outputs: {
      leased: '    ---a-----',
      joined: '    -------j-',
      unfinished: '123--1-0-',
    },
  }),
  spec({
    title: 'one that sends when it has joined: those who wait with it have joined all the same',
    of: ['Queue.join'],
    drawn: 'queue()',
    inputs: {
      send: '      a------',
      join: '      -jk----',
      settle: '    ----x--',
    },
    run: ({ send, join, settle }) => {
      const q = queue<string>();
      send.subscribe((v) => q.trySend(v));
      settle.subscribe(() => {
        q.tryReceive();
        q.taskDone();
      });
      return {
        joined: perform(join, () => q.join().map(() => (q.trySend('b') ? undefined : 'full'))),
        unfinished: gauge(() => q.unfinished),
      };
    },
    outputs: {
      joined: '    ----(jk)',
      unfinished: '1---2--',
    },
  }),
];
