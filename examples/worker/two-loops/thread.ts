// One loop in a thread: takes jobs from a queue, and sends tagged results back.

import { parentPort } from 'node:worker_threads';
import { forEach, go } from 'rxsluice';
import { type PortLike, portReceiver, portSender } from 'rxsluice/worker';

export interface Job {
  readonly name: string;
  readonly n: number;
}
export interface Done {
  readonly job: string;
  readonly result: number;
}

function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

parentPort?.once('message', ([jobs, results]: [PortLike, PortLike]) => {
  const incoming = portReceiver<Job>(jobs, { window: 2 });
  const outgoing = portSender<Done>(results);
  go(function* () {
    yield* forEach(incoming, function* ({ name, n }) {
      if (n < 0) throw new RangeError(`${name}: there is no such number`);
      yield* outgoing.send({ job: name, result: fibonacci(n) });
    });
    outgoing.close();
  }).subscribe({ error: (error: unknown) => outgoing.close(error) });
});
