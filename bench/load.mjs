// Requests over loopback from a process of their own, so that what they cost is not the server's: node load.mjs PORT AMOUNT.
//
// As a module it is the server's side: `serving` has a server asked so often, and gives how many answers were as they should be.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(import.meta.url);

/** `attach` has the server answer; what it returns lets go of it. */
export async function serving(n, attach) {
  const server = createServer();
  const close = attach(server);
  server.listen(0);
  await once(server, 'listening');
  const load = execFile(process.execPath, [script, String(server.address().port), String(n)]);
  let told = '';
  load.stdout.on('data', (text) => (told += text));
  await once(load, 'close');
  await close();
  return Number(told);
}

if (process.argv[1] === script) {
  const [port, amount] = process.argv.slice(2).map(Number);
  const { default: autocannon } = await import('autocannon');
  const result = await autocannon({ url: `http://127.0.0.1:${port}`, amount, connections: 16, pipelining: 1 });
  console.log(result['2xx']);
}
