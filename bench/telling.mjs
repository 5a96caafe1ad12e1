// A row for broadcast: so many subscribers, each of whom hears every value.

import { Subject } from 'rxjs';
import { broadcast, go } from '../dist/bundle/index.js';

function* produce(values, n) {
  for (let i = 0; i < n; i++) yield* values.send(i);
}

export function telling(listeners, place) {
  const total = 500_000;
  const listenTo = (values) => {
    const heard = { sum: 0 };
    for (let i = 0; i < listeners; i++) values.subscribe((value) => (heard.sum += value));
    return heard;
  };
  return {
    place,
    title: `broadcast to ${listeners}`,
    what: 'delivery',
    aim: '3 × a Subject',
    n: total,
    expected: (n) => ((n / listeners) * (n / listeners - 1) * listeners) / 2,
    async rxsluice(n) {
      const values = broadcast();
      const heard = listenTo(values);
      await go(() => produce(values, n / listeners)).promise();
      return heard.sum;
    },
    others: {
      'a Subject'(n) {
        const values = new Subject();
        const heard = listenTo(values);
        for (let i = 0; i < n / listeners; i++) values.next(i);
        return heard.sum;
      },
    },
  };
}
