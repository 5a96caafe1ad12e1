// The prime sieve: a filter for each prime, each a coroutine, one behind the other over channels without a buffer. The aim is for
// 2000 primes; --quick makes do with 300.

import { channel, go } from '../../dist/bundle/index.js';

function* count(numbers) {
  for (let i = 2; ; i++) yield* numbers.send(i);
}

function* filter(source, target, prime) {
  for (;;) {
    const number = yield* source.receive();
    if (number % prime !== 0) yield* target.send(number);
  }
}

function* primes(n) {
  const tasks = [];
  let numbers = channel();
  const first = numbers;
  tasks.push(go(() => count(first)));
  let prime = 0;
  for (let i = 0; i < n; i++) {
    prime = yield* numbers.receive();
    const source = numbers;
    const target = (numbers = channel());
    const divisor = prime;
    tasks.push(go(() => filter(source, target, divisor)));
  }
  for (const task of tasks) task.cancel();
  return prime;
}

/** The same, over cells that one side fills and the other empties. */
class Cell {
  value = 0;
  full = false;
  waiting = null;
}

class Sieve {
  #ready = [];

  spawn(generator) {
    this.#ready.push(generator);
  }
  wake(cell) {
    if (cell.waiting === null) return;
    this.#ready.push(cell.waiting);
    cell.waiting = null;
  }
  /** Until `over` says so; the last one that was made ready goes first. */
  run(over) {
    while (!over()) {
      const generator = this.#ready.pop();
      const cell = generator.next().value;
      if (cell !== undefined) cell.waiting = generator;
    }
  }
}

function put(sieve, cell, value) {
  cell.value = value;
  cell.full = true;
  sieve.wake(cell);
}

function take(sieve, cell) {
  cell.full = false;
  sieve.wake(cell);
  return cell.value;
}

function* rawCount(sieve, target) {
  for (let i = 2; ; i++) {
    while (target.full) yield target;
    put(sieve, target, i);
  }
}

function* rawFilter(sieve, source, target, prime) {
  for (;;) {
    while (!source.full) yield source;
    const number = take(sieve, source);
    if (number % prime === 0) continue;
    while (target.full) yield target;
    put(sieve, target, number);
  }
}

function* rawPrimes(sieve, n, found) {
  let cell = new Cell();
  sieve.spawn(rawCount(sieve, cell));
  for (let i = 0; i < n; i++) {
    while (!cell.full) yield cell;
    const prime = take(sieve, cell);
    found(prime);
    const target = new Cell();
    sieve.spawn(rawFilter(sieve, cell, target, prime));
    cell = target;
  }
}

function nthPrime(n) {
  const primes = [];
  for (let i = 2; primes.length < n; i++) if (primes.every((prime) => i % prime !== 0)) primes.push(i);
  return primes.at(-1);
}

export const row = {
  place: 7,
  title: 'prime sieve, 2000 primes',
  unit: 'ms',
  whole: true,
  aim: 236,
  n: 2000,
  quick: 300,
  expected: nthPrime,
  rxsluice(n) {
    return go(() => primes(n)).promise();
  },
  raw(n) {
    const sieve = new Sieve();
    let seen = 0;
    let last = 0;
    sieve.spawn(rawPrimes(sieve, n, (prime) => ((last = prime), seen++)));
    sieve.run(() => seen === n);
    return last;
  },
};
