import { CancelledError, ClosedError, OverflowError, queue } from '../../src/index.ts';
import { losses, unhandled } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

// The same script for each order: letters come in this order, and are taken when all are there.
const inputs = {
  send: '   cab------',
  receive: '----x-x-x',
} as const;
const alphabetical = (a: string, b: string): number => a.charCodeAt(0) - b.charCodeAt(0);

export const specs = [
  spec({
    title:
      'what is taken is unfinished until taskDone is called for it; a send never waits, unless there is a capacity',
    of: ['queue', 'Queue.taskDone'],
    drawn: 'queue()',
    inputs: {
      send: '    ab-----------',
      receive: ' ---x-x-------',
      taskDone: '----x-----x--',
    },
    run: ({ send, receive, taskDone }) => {
      const q = queue<string>();
      taskDone.subscribe(() => q.taskDone());
      return {
        sent: perform(send, (v) => q.send(v)),
        received: perform(receive, () => q.receive()),
        unfinished: gauge(() => q.unfinished),
        buffered: gauge(() => q.size),
      };
    },
    outputs: {
      sent: '      ab-----------',
      received: '  ---a-b-------',
      unfinished: '12--1-----0--',
      buffered: '  12-1-0-------',
    },
  }),
  spec({
    title: 'by default the first that came leaves first',
    of: ['queue'],
    drawn: "queue({ order: 'fifo' })",
    inputs,
    run: ({ send, receive }) => {
      const q = queue<string>();
      send.subscribe((v) => q.trySend(v));
      return { received: perform(receive, () => q.receive()) };
    },
    outputs: {
      received: '----c-a-b',
    },
  }),
  spec({
    title: 'the last that came leaves first',
    of: ['queue'],
    drawn: "queue({ order: 'lifo' })",
    inputs,
    run: ({ send, receive }) => {
      const q = queue<string>({ order: 'lifo' });
      send.subscribe((v) => q.trySend(v));
      return { received: perform(receive, () => q.receive()) };
    },
    outputs: {
      received: '----b-a-c',
    },
  }),
  spec({
    title: 'the least leaves first, also when it comes last; who waits gets what comes, whatever it is',
    of: ['queue'],
    drawn: 'queue({ order: alphabetical })',
    inputs: {
      send: '    cb---a-----d',
      receive: ' --x----x-xx-',
    },
    run: ({ send, receive }) => {
      const q = queue<string>({ order: alphabetical });
      send.subscribe((v) => q.trySend(v));
      return { received: perform(receive, () => q.receive()), buffered: gauge(() => q.size) };
    },
    outputs: {
      // The last x finds nothing, and waits for d.
      received: ' --b----a-c-d',
      buffered: ' 121--2-1-0---',
    },
  }),
  spec({
    title: 'a full queue makes a send wait; a slow consumer slows its producer',
    of: ['queue'],
    drawn: 'queue({ capacity: 1 })',
    inputs: {
      send: '    abc------',
      receive: ' ----x-x-x',
    },
    run: ({ send, receive }) => {
      const q = queue<string>({ capacity: 1 });
      return {
        sent: perform(send, (v) => q.send(v)),
        received: perform(receive, () => q.receive()),
        waiting: gauge(() => q.statistics().waitingSenders),
      };
    },
    outputs: {
      sent: '    a---b-c--',
      received: '----a-b-c',
      waiting: ' 012-1-0--',
    },
  }),
  spec({
    title: 'what is evicted is settled; whatever the order, it is the one that came first',
    of: ['queue'],
    drawn: "queue({ capacity: 2, order: 'lifo', overflow: 'dropOldest' })",
    inputs: {
      send: '        abc----',
      receive: '     ----x-x',
    },
    run: ({ send, receive }) => {
      const { undelivered, onUndelivered } = losses();
      const q = queue<string>({ capacity: 2, order: 'lifo', overflow: 'dropOldest', onUndelivered });
      send.subscribe((v) => q.trySend(v));
      return {
        received: perform(receive, () => q.receive()),
        undelivered,
        unfinished: gauge(() => q.unfinished),
      };
    },
    values: { E: 'a evicted' },
    outputs: {
      received: '    ----c-b',
      undelivered: ' --E----',
      unfinished: '  12-----',
    },
  }),
  spec({
    title: 'a send that finds no room fails, and is not unfinished',
    of: ['queue'],
    drawn: "queue({ capacity: 1, overflow: 'fail', name: 'q' })",
    inputs: {
      send: '      ab-',
    },
    run: ({ send }) => {
      const q = queue<string>({ capacity: 1, overflow: 'fail', name: 'q' });
      return { sent: perform(send, (v) => q.send(v)), unfinished: gauge(() => q.unfinished) };
    },
    values: { F: new OverflowError('q', 'b') },
    outputs: {
      sent: '      aF-',
      unfinished: '1--',
    },
  }),
  spec({
    title: 'closed, it is drained; then it ends',
    of: ['queue', 'Queue.receive', 'Queue.receiveResult', 'Queue.whenEnded'],
    drawn: "queue({ name: 'q' })",
    inputs: {
      send: '    ab---c-',
      close: '   --x----',
      receive: ' ---x-xx-',
      result: '  -------x',
    },
    run: ({ send, close, receive, result }) => {
      const q = queue<string>({ name: 'q' });
      close.subscribe(() => q.close());
      return {
        sent: perform(send, (v) => q.send(v)),
        received: perform(receive, () => q.receive()),
        resulted: perform(result, () => q.receiveResult().map(({ ok }) => (ok ? 'value' : 'end'))),
        ended: q.whenEnded(),
      };
    },
    values: { C: new ClosedError('q'), E: 'end', u: undefined },
    outputs: {
      sent: '    ab---C-',
      received: '---a-bC-',
      resulted: '-------E',
      ended: '   -----(u|)',
    },
  }),
  spec({
    title: 'cancelled, it loses what was not handed out; what was, is still to be done',
    of: ['queue'],
    drawn: "queue({ name: 'q' })",
    inputs: {
      send: '       abc----',
      receive: '    --x-----',
      cancel: '     ----x---',
      taskDone: '   ------x-',
    },
    run: ({ send, receive, cancel, taskDone }) => {
      const { undelivered, onUndelivered } = losses();
      const q = queue<string>({ name: 'q', onUndelivered });
      send.subscribe((v) => q.trySend(v));
      cancel.subscribe(() => q.cancel());
      taskDone.subscribe(() => q.taskDone());
      return {
        received: perform(receive, () => q.receive()),
        undelivered,
        unfinished: gauge(() => q.unfinished),
      };
    },
    values: { B: 'b cancelled', C: 'c cancelled' },
    outputs: {
      received: '   --a-----',
      undelivered: '----(BC)-',
      unfinished: ' 123-1-0-',
    },
  }),
  spec({
    title: 'nothing is sent: nothing is received, and those who wait leave no trace',
    of: ['queue'],
    drawn: "queue({ name: 'q' })",
    inputs: {
      cancel: '  -----x-',
    },
    run: ({ cancel }) => {
      const q = queue<string>({ name: 'q' });
      cancel.subscribe(() => q.cancel());
      return { left: q.receive(), stays: q.receive(), waiting: gauge(() => q.statistics().waitingReceivers) };
    },
    error: new CancelledError('q'),
    outputs: {
      left: '    ------',
      stays: '   -----#',
      waiting: ' 2--1-0',
    },
    during: {
      left: '    ^--!',
    },
  }),
  spec({
    title: 'a consumer that sends from inside of its callback gets that, too, when its callback is over',
    of: ['queue'],
    drawn: 'queue()',
    inputs: {
      send: '      -a---b-',
    },
    run: ({ send }) => {
      const q = queue<string>();
      send.subscribe((v) => q.trySend(v));
      q.subscribe((v) => {
        if (v === v.toLowerCase()) q.trySend(v.toUpperCase());
        else seen.trySend(v);
        q.taskDone();
      });
      const seen = queue<string>();
      return { seen, unfinished: gauge(() => q.unfinished) };
    },
    outputs: {
      seen: '      -A---B-',
      unfinished: '0------',
    },
  }),
  spec({
    title: 'a comparison that throws fails that send, and no other; with trySend it is reported',
    of: ['queue'],
    drawn: 'queue({ order: throws at b })',
    inputs: {
      send: '      abc----',
      trySend: '   ---b---',
      receive: '   -----xx',
    },
    run: ({ send, trySend, receive }) => {
      const reported = unhandled();
      const q = queue<string>({
        order: (a, b) => {
          if (a === 'b') throw new Error('no');
          return alphabetical(a, b);
        },
      });
      return {
        sent: perform(send, (v) => q.send(v)),
        tried: perform(trySend, (v) => (q.trySend(v) ? 'y' : 'n')),
        received: perform(receive, () => q.receive()),
        reported,
      };
    },
    values: { E: new Error('no') },
    outputs: {
      sent: '      aEc----',
      tried: '     ---n---',
      received: '  -----ac',
      reported: '  ---E---',
    },
  }),
];
