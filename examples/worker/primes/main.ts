// A pool that streams primes. Two threads run ahead by what their streams may hold, and no further; the reader has enough after a
// while, and with that they stop.

import { forEach, go } from 'rxsluice';
import { threadPool } from 'rxsluice/worker';
import type { handlers } from './thread.ts';

const pool = threadPool<typeof handlers>(new URL('./thread.ts', import.meta.url), { size: 2 });

await go(function* () {
  const small = pool.stream('primes', [2, 60], { window: 4 });
  const all: number[] = [];
  yield* forEach(small, (prime) => void all.push(prime));
  console.log(`below 60: ${all.join(' ')}`);

  // Both would go on for very long.
  const streams = [1_000_000, 2_000_000].map((from) => pool.stream('primes', [from, Infinity]));
  for (const stream of streams) {
    const three = [yield* stream.receive(), yield* stream.receive(), yield* stream.receive()];
    console.log(`the first three of many: ${three.join(' ')}`);
  }
  console.log(`${pool.active} are at work`);
  for (const stream of streams) {
    stream.cancel();
    yield* stream.whenEnded();
  }
  console.log(`${pool.active} are at work`);
  yield* pool.close();
}).promise();
