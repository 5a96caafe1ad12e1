// One consumer of a merge of four channels of capacity 64, each with a producer of its own.

import { channel, go, mergeSelect } from '../../dist/bundle/index.js';
import { row as select } from './select.mjs';

function* produce(numbers, from, to) {
  for (let i = from; i < to; i++) yield* numbers.send(i);
}

function* consume(merged, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (yield* merged.receive()).value;
  return sum;
}

export const row = {
  place: 5.1,
  title: 'mergeSelect over 4 fed channels',
  what: 'item',
  aim: '2 × raw iterators',
  n: 400_000,
  expected: select.expected,
  rxsluice(n) {
    const channels = { a: channel(64), b: channel(64), c: channel(64), d: channel(64) };
    const share = n / 4;
    Object.values(channels).forEach((numbers, i) => go(() => produce(numbers, i * share, (i + 1) * share)));
    return go(() => consume(mergeSelect(channels), n)).promise();
  },
  raw: select.raw,
  others: { 'raw iterators, a select for each': select.others['raw iterators'] },
};
