// Starts the server beside this file, asks two things of it, and tells it to end.

import { fileURLToPath } from 'node:url';
import { forEach, go, until } from 'rxsluice';
import { main, start } from 'rxsluice/node';

void main(function* () {
  const server = start(process.execPath, [fileURLToPath(new URL('./server.ts', import.meta.url))]);
  const port = String(yield* server.stdout.receive()).match(/\d+/)?.[0];
  let said = '';
  const listening = go(forEach(server.stdout, (chunk) => void (said += String(chunk))));

  const ask = (path: string) => until(fetch(`http://localhost:${port}${path}`));
  const [short, long] = [yield* ask('/short'), yield* ask('/long')]; // both have begun
  server.kill('SIGTERM');
  console.log(`short: ${yield* until(short.text())}`);
  console.log(`long: ${yield* until(long.text().catch(() => 'cut off'))}`);

  const { code } = yield* server.exit;
  yield* listening;
  console.log(`\nthe server said:\n${said}and ended with exit code ${code}`);
});
