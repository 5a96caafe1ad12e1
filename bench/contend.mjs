// One contender of one row, in a process of its own: what the others have taught the compiler does not slow it. For each message
// it runs one round, and answers with nanoseconds of CPU and wall time, or with how it failed.
//
// node contend.mjs ROW CONTENDER N EXPECTED [FILE of peers]

import { runOf } from './peers.mjs';
import { subject } from './subject.mjs';

const [row, name, n, expected, file] = process.argv.slice(2);

async function find() {
  if (name === 'Subject.next') return subject.run;
  if (file !== undefined) return runOf({ name, file }, row);
  const { rxsluice, raw, others } = (await import(`./rows/${row}.mjs`)).row;
  return { rxsluice, 'raw yield*': raw, ...others }[name];
}

let giveUp = () => {};
/** It waits for what nobody will bring: the loop is empty, and it has not ended. */
process.on('beforeExit', () => giveUp(new Error('deadlocked')));

async function once(run) {
  // Whoever listens to the other process has something to wait for.
  process.channel.unref();
  const wallBefore = process.hrtime.bigint();
  const cpuBefore = process.cpuUsage();
  const got = await new Promise((resolve, reject) => {
    giveUp = reject;
    Promise.resolve(run(Number(n))).then(resolve, reject);
  });
  const { user, system } = process.cpuUsage(cpuBefore);
  const wall = Number(process.hrtime.bigint() - wallBefore);
  if (String(got) !== expected) throw new Error(`gave ${got} instead of ${expected}`);
  return { cpu: (user + system) * 1000, wall };
}

const run = await find();
process.on('message', () => {
  once(run)
    .catch((error) => ({ failure: error.message }))
    .then((answer) => {
      process.channel.ref();
      process.send(answer);
    });
});
process.send('ready');
