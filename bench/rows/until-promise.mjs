// Sixteen coroutines, each of which waits for one promise after the other.

import { go, until } from '../../dist/bundle/index.js';

const AT_ONCE = 16;

function* wait(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield* until(Promise.resolve(i));
  return sum;
}

async function bareWait(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += await Promise.resolve(i);
  return sum;
}

async function sumOf(parts) {
  let sum = 0;
  for (const part of await Promise.all(parts)) sum += part;
  return sum;
}

const pool = (work) => Array.from({ length: AT_ONCE }, work);

export const row = {
  place: 9.1,
  title: 'yield* until(promise) in 16 coroutines',
  what: 'promise',
  aim: '3 × a bare await',
  n: 160_000,
  expected: (n) => AT_ONCE * (((n / AT_ONCE) * (n / AT_ONCE - 1)) / 2),
  rxsluice: (n) => sumOf(pool(() => go(() => wait(n / AT_ONCE)).promise())),
  others: { 'a bare await': (n) => sumOf(pool(() => bareWait(n / AT_ONCE))) },
};
