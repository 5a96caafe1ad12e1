// An Observable pushes all it has into a buffer without bound.

import { range } from 'rxjs';
import { fromSource } from '../from-source.mjs';

export const row = fromSource({
  place: 15,
  kind: 'an Observable',
  aim: 100,
  n: 200_000,
  source: (n) => range(0, n),
  options: { capacity: Infinity },
  bare(n) {
    let sum = 0;
    range(0, n).subscribe((i) => (sum += i));
    return sum;
  },
});
