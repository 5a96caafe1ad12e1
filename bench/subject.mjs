// What everything is compared with: the plainest thing that RxJS does.

import { Subject } from 'rxjs';

export const subject = {
  n: 1_000_000,
  expected: (n) => (n * (n - 1)) / 2,
  run(n) {
    const values = new Subject();
    let sum = 0;
    values.subscribe((value) => (sum += value));
    for (let i = 0; i < n; i++) values.next(i);
    return sum;
  },
};
