// Prices, as lines of JSON that do not end: each line a burst, each tick `[symbol, price]`. `?rate=` ticks a second.

import { type Coroutine, sleep } from 'rxsluice';
import { write } from 'rxsluice/node';
import type { Area, Ask } from './router.ts';

const SYMBOLS = Array.from({ length: 60 }, (_, i) => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return [i * 7, i * 11 + 3 + Math.floor(i / 26), i * 5 + 8].map((n) => letters[n % 26]).join('');
});
const EVERY = 10;

function* stream({ url, response }: Ask): Coroutine<undefined> {
  const rate = Math.min(100_000, Number(url.searchParams.get('rate') ?? 10_000));
  const prices = SYMBOLS.map((_, i) => 20 + ((i * 37) % 180));
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  const begin = performance.now();
  let sent = 0;
  for (;;) {
    const due = Math.floor(((performance.now() - begin) / 1000) * rate);
    const burst: [string, number][] = [];
    for (; sent < due; sent++) {
      const at = Math.floor(Math.random() * SYMBOLS.length);
      const price = (prices[at] = Math.max(1, (prices[at] ?? 1) * (1 + (Math.random() - 0.5) / 200)));
      burst.push([SYMBOLS[at] ?? '', Math.round(price * 100) / 100]);
    }
    // Who reads slowly is not sent more: it waits here.
    if (burst.length > 0) yield* write(response, `${JSON.stringify(burst)}\n`);
    yield* sleep(EVERY);
  }
}

export const ticks: Area = { name: 'ticks', routes: { 'GET /api/ticks': stream } };
