// The thread: finds primes, and is paced by who takes them.

import { expose } from 'rxsluice/worker';

function isPrime(n: number): boolean {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return true;
}

export const handlers = {
  *primes(from: number, to: number): Generator<number, void> {
    for (let n = Math.max(2, from); n < to; n++) if (isPrime(n)) yield n;
  },
};

expose(handlers);
