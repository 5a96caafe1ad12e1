// A row for channelFrom: what one kind of source brings, received by a coroutine.

import { channelFrom, go } from '../dist/bundle/index.js';

function* consume(values, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* values.receive();
  return sum;
}

/** `source(n)`: brings the numbers below n. `bare(n)`: adds them up with no library between. */
export function fromSource({ kind, source, options, bare, ...row }) {
  return {
    title: `channelFrom ${kind}`,
    what: 'item',
    expected: (n) => (n * (n - 1)) / 2,
    rxsluice: (n) => go(() => consume(channelFrom(source(n), options), n)).promise(),
    others: { 'no channel': bare },
    ...row,
  };
}
