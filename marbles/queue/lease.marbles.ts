import { map } from 'rxjs';
import {
  ClosedError,
  type DeadLetter,
  type Delivery,
  type Operation,
  type Queue,
  queue,
  type QueueOptions,
  StaleDeliveryError,
} from '../../src/index.ts';
import { unhandled } from '../rows.ts';
import { gauge, perform, spec } from '../spec.ts';

/**
 * Leases from a queue, and keeps what it has leased for those who settle it by its letter. A first delivery is written in a
 * small letter, a second one in a capital; a third as a digit.
 */
function lending(options: QueueOptions<string> = {}): {
  q: Queue<string>;
  lease: () => Operation<string>;
  held: (letter: string) => Delivery<string>;
} {
  const q = queue<string>({ name: 'q', ...options });
  const deliveries = new Map<string, Delivery<string>>();
  return {
    q,
    lease: () =>
      q.lease().map((delivery) => {
        const { value, attempt } = delivery;
        deliveries.set(value, delivery);
        return attempt === 1 ? value : attempt === 2 ? value.toUpperCase() : String(attempt);
      }),
    held: (letter) => deliveries.get(letter) as Delivery<string>,
  };
}

export const specs = [
  spec({
    title: 'what is acked is settled; what is nacked is at the front again, and its attempt is one higher',
    of: ['Queue.lease', 'queue'],
    drawn: 'queue()',
    inputs: {
      send: '      abc----------',
      lease: '     ---xx----x-x-',
      nack: '      ------a------',
      ack: '       -----b----a-c',
    },
    run: ({ send, lease: leases, nack, ack }) => {
      const { q, lease, held } = lending();
      send.subscribe((v) => q.trySend(v));
      nack.subscribe((v) => held(v).nack());
      ack.subscribe((v) => held(v).ack());
      return { leased: perform(leases, lease), unfinished: gauge(() => q.unfinished), buffered: gauge(() => q.size) };
    },
    outputs: {
      leased: '    ---ab----A-c-',
      unfinished: '123--2----1-0',
      buffered: '  12321-2--1-0-',
    },
  }),
  spec({
    title: 'who waits for a lease has what comes, and what comes back, in the line of those who receive',
    of: ['Queue.lease'],
    drawn: 'queue()',
    inputs: {
      lease: '     x-x--------',
      receive: '   -x---------',
      send: '      ---ab------',
      nack: '      -------a---',
    },
    run: ({ lease: leases, receive, send, nack }) => {
      const { q, lease, held } = lending();
      send.subscribe((v) => q.trySend(v));
      nack.subscribe((v) => held(v).nack());
      return {
        leased: perform(leases, lease),
        received: perform(receive, () => q.receive()),
        waiting: gauge(() => q.statistics().waitingReceivers),
      };
    },
    outputs: {
      leased: '    ---a---A---',
      received: '  ----b------',
      waiting: '   12321--0---',
    },
  }),
  spec({
    title: 'a lease that is withdrawn has taken nothing',
    of: ['Queue.lease'],
    drawn: 'queue()',
    inputs: {
      send: '     ----a--',
    },
    run: ({ send }) => {
      const { q, lease } = lending();
      const withdrawn = lease();
      send.subscribe((v) => q.trySend(v));
      return { withdrawn, buffered: gauge(() => q.size) };
    },
    outputs: {
      withdrawn: '-------',
      buffered: ' 0---1--',
    },
    during: {
      withdrawn: '^--!',
    },
  }),
  spec({
    title: 'a lease that is neither settled nor renewed in time comes back',
    of: ['Queue.lease'],
    drawn: 'queue({ leaseMs: 5 })',
    inputs: {
      send: '   a--------------',
      lease: '  -xx------------',
      extend: ' ----a----------',
      ack: '    ------------a--',
    },
    run: ({ send, lease: leases, extend, ack }) => {
      const { q, lease, held } = lending({ leaseMs: 5 });
      send.subscribe((v) => q.trySend(v));
      extend.subscribe((v) => held(v).extend());
      ack.subscribe((v) => held(v).ack());
      return { leased: perform(leases, lease), unfinished: gauge(() => q.unfinished) };
    },
    outputs: {
      // The second lease waits for what the first has not settled 5 frames after it was renewed.
      leased: '    -a-------A-----',
      unfinished: '1-----------0--',
    },
  }),
  spec({
    title: 'a nack with a delay: the value is on its way back, and nobody gets it before that is over',
    of: ['Queue.lease'],
    drawn: 'delivery.nack({ delay: 4 })',
    inputs: {
      send: '   ab---------',
      lease: '  -xx-x------',
      nack: '   ---a-------',
    },
    run: ({ send, lease: leases, nack }) => {
      const { q, lease, held } = lending();
      send.subscribe((v) => q.trySend(v));
      nack.subscribe((v) => held(v).nack({ delay: 4 }));
      return { leased: perform(leases, lease), unfinished: gauge(() => q.unfinished) };
    },
    outputs: {
      leased: '    -ab----A---',
      unfinished: '12---------',
    },
  }),
  spec({
    title: 'after maxAttempts deliveries it is a dead letter, and settled',
    of: ['Queue.lease', 'queue'],
    drawn: 'queue({ maxAttempts: 2 })',
    inputs: {
      send: '   a----------',
      lease: '  -x-x-------',
      nack: '   --a---a----',
    },
    run: ({ send, lease: leases, nack }) => {
      const letters = queue<DeadLetter<string>>();
      const { q, lease, held } = lending({ maxAttempts: 2, onDeadLetter: (letter) => letters.trySend(letter) });
      send.subscribe((v) => q.trySend(v));
      nack.subscribe((v) => held(v).nack({ error: 'no' }));
      return {
        leased: perform(leases, lease),
        dead: letters.pipe(map(({ value, attempts, error }) => `${value} after ${attempts}: ${String(error)}`)),
        unfinished: gauge(() => q.unfinished),
      };
    },
    values: { D: 'a after 2: no' },
    outputs: {
      leased: '    -a-A-------',
      dead: '      ------D----',
      unfinished: '1-----0----',
    },
  }),
  spec({
    title: 'a lease ends once: whatever is done to it then is stale, and changes nothing',
    of: ['Queue.lease'],
    drawn: 'queue()',
    inputs: {
      send: '      a------',
      lease: '     -x-----',
      ack: '       --a-a--',
      nack: '      -----a-',
    },
    run: ({ send, lease: leases, ack, nack }) => {
      const { q, lease, held } = lending();
      send.subscribe((v) => q.trySend(v));
      return {
        leased: perform(leases, lease),
        acked: perform(ack, (v) => held(v).ack()),
        nacked: perform(nack, (v) => held(v).nack()),
        unfinished: gauge(() => q.unfinished),
      };
    },
    values: { S: new StaleDeliveryError('q', 'was acked') },
    outputs: {
      leased: '    -a-----',
      acked: '     --a-S--',
      nacked: '    -----S-',
      unfinished: '1-0----',
    },
  }),
  spec({
    title: 'what comes back is in even if the queue is full: who waits to send waits until there is room',
    of: ['Queue.lease'],
    drawn: 'queue({ capacity: 1 })',
    inputs: {
      send: '    a-b-c------',
      lease: '   -x----x-x--',
      nack: '    -----a-----',
    },
    run: ({ send, lease: leases, nack }) => {
      const { q, lease, held } = lending({ capacity: 1 });
      nack.subscribe((v) => held(v).nack());
      return {
        sent: perform(send, (v) => q.send(v)),
        leased: perform(leases, lease),
        buffered: gauge(() => q.size),
      };
    },
    outputs: {
      sent: '    a-b-----c--',
      leased: '  -a----A-b--',
      buffered: '101--21----',
    },
  }),
  spec({
    title: 'a closed queue ends only when nothing is leased, for that may come back',
    of: ['Queue.lease'],
    drawn: 'queue()',
    inputs: {
      send: '   a----------',
      close: '  --x--------',
      lease: '  -x-x-x-----',
      nack: '   ----a------',
      ack: '    -------a---',
    },
    run: ({ send, close, lease: leases, nack, ack }) => {
      const { q, lease, held } = lending();
      send.subscribe((v) => q.trySend(v));
      close.subscribe(() => q.close());
      nack.subscribe((v) => held(v).nack());
      ack.subscribe((v) => held(v).ack());
      return { leased: perform(leases, lease), ended: q.whenEnded() };
    },
    values: { C: new ClosedError('q'), u: undefined },
    outputs: {
      leased: '   -a--A--C---',
      ended: '    -------(u|)',
    },
  }),
  spec({
    title: 'one that leases, nacks and leases again from inside of its callback has the same value again',
    of: ['Queue.lease'],
    drawn: 'queue()',
    inputs: {
      send: '   -ab--',
    },
    run: ({ send }) => {
      const seen = queue<string>();
      const { q, lease, held } = lending();
      send.subscribe((v) => q.trySend(v));
      lease().subscribe((first) => {
        seen.trySend(first);
        held(first).nack();
        lease().subscribe((again) => {
          seen.trySend(again);
          held(first).ack();
        });
      });
      return { seen, unfinished: gauge(() => q.unfinished) };
    },
    outputs: {
      seen: '      -(aA)-',
      unfinished: '0-1--',
    },
  }),
  spec({
    title: 'what onDeadLetter throws is reported; the value is settled',
    of: ['Queue.lease'],
    drawn: 'queue({ maxAttempts: 1 })',
    inputs: {
      send: '   a----',
      lease: '  -x---',
      nack: '   --a--',
    },
    run: ({ send, lease: leases, nack }) => {
      const reported = unhandled();
      const { q, lease, held } = lending({
        maxAttempts: 1,
        onDeadLetter: () => {
          throw new Error('no');
        },
      });
      send.subscribe((v) => q.trySend(v));
      return {
        leased: perform(leases, lease),
        nacked: perform(nack, (v) => held(v).nack()),
        reported,
        unfinished: gauge(() => q.unfinished),
      };
    },
    values: { E: new Error('no') },
    outputs: {
      leased: '    -a---',
      nacked: '    --a--',
      reported: '  --E--',
      unfinished: '1-0--',
    },
  }),
];
