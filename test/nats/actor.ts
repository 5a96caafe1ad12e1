// A process that takes part in a trial: `tsx actor.ts <role> <name> <servers> <prefix> <options>`. It tells what happens to it,
// a line each: what, value, when. It ends when its standard input does, or is told to stop.

import { createInterface } from 'node:readline';
import { go, sleep } from '../../src/index.ts';
import { natsEngine } from '../../src/nats/index.ts';
import { connectTo } from './connect.ts';

const [role, name, servers, prefix, text] = process.argv.slice(2) as [string, string, string, string, string];
const options = JSON.parse(text) as { ackWait: number; capacity: number | null; replicas: 1 | 3; rate: number };
const connection = await connectTo(servers.split(','));
const engine = natsEngine(connection, { prefix, ackWait: options.ackWait, replicas: options.replicas });
const queue = engine.queue<string>('jobs', { ...(options.capacity !== null && { capacity: options.capacity }) });

function tell(what: string, value: string): void {
  process.stdout.write(`${what} ${value} ${performance.timeOrigin + performance.now()}\n`);
}

let stopping = false;
createInterface(process.stdin).on('line', () => (stopping = true));
process.stdin.on('end', () => process.exit(0));

/** Sixteen at once; what is not told as sent was not, as far as anybody knows. */
async function produce(): Promise<void> {
  let n = 0;
  const one = async (): Promise<void> => {
    while (!stopping) {
      const value = `${name}-${n++}`;
      await queue.send(value).promise();
      tell('sent', value);
      await sleep(options.rate).promise();
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
}

function* work() {
  for (;;) {
    const delivery = yield* queue.lease();
    const { value, attempt } = delivery;
    tell('leased', value);
    if (attempt > 1) tell('again', value);
    yield* sleep(Math.random() * 5);
    delivery.ack();
    const { confirmed } = delivery as unknown as { confirmed: Promise<boolean> };
    void confirmed.then((is) => is && tell('acked', value));
  }
}

tell('begun', '-');
if (role === 'producer') {
  await produce();
  tell('stopped', '-');
} else for (let i = 0; i < 8; i++) go(work, { name: `worker ${i}` });
