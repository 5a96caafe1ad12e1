// Thumbnails, made by workers that are killed while they work: every photo gets one, and it counts once.
//
//   node --import tsx examples/cluster/main.ts                                in this process
//   node --import tsx examples/cluster/main.ts --nats nats://127.0.0.1:4222    on a NATS server, each worker a process of its own

import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type Engine, gather, go, memoryEngine } from 'rxsluice';
import { thumbnails } from './thumbnails.ts';

const { values } = parseArgs({
  options: {
    nats: { type: 'string' },
    prefix: { type: 'string', default: `thumbs${Date.now()}` },
    worker: { type: 'boolean' },
  },
});

/** The one line that is different on a cluster, and the connection that it needs. */
async function engineOn(servers: string | undefined): Promise<Engine> {
  if (servers === undefined) return memoryEngine();
  const { connect } = await import('@nats-io/transport-node');
  const { natsEngine } = await import('rxsluice/nats');
  const connection = await connect({
    servers,
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
  });
  return natsEngine(connection, { prefix: values.prefix, ackWait: 1000 });
}

/** Starts a worker, here or as a process; what is returned kills it. */
function startWorker(): () => void {
  if (values.nats === undefined) {
    const working = program.worker().subscribe();
    return () => working.unsubscribe();
  }
  const args = [
    ...process.execArgv,
    process.argv[1] as string,
    '--worker',
    '--nats',
    values.nats,
    '--prefix',
    values.prefix,
  ];
  const child = spawn(process.execPath, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  return () => child.kill('SIGKILL');
}

const engine = await engineOn(values.nats);
const program = thumbnails(engine);

if (values.worker === true) {
  process.once('disconnect', () => process.exit()); // the program that started it is gone
  program.worker().subscribe();
} else {
  const kill = Array.from({ length: 3 }, startWorker);
  let shown = 0;
  const showing = program.page.subscribe((done) => {
    // Somebody may tell of the twelfth before the tenth.
    while (shown + 10 <= done) {
      console.log(`${(shown += 10)} thumbnails are there`);
      // With photos in its hands. A new one takes its place.
      if (shown % 20 === 10) {
        kill.shift()?.();
        kill.push(startWorker());
        console.log('a worker was killed');
      }
    }
  });
  await gather([go(() => program.produce(1)), go(() => program.produce(2))]).promise();
  console.log(await go(() => program.finished()).promise());
  showing.unsubscribe();
  for (const each of kill) each();
  await engine.close().promise();
  if (values.nats !== undefined) process.exit(0);
}
