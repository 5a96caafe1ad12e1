import { barrier, go, sleep } from 'rxsluice';

const round = barrier(3);

for (const [runner, ms] of [
  ['Ann', 30],
  ['Ben', 10],
  ['Cid', 20],
] as const) {
  go(function* () {
    for (const lap of [1, 2]) {
      yield* sleep(ms);
      const place = yield* round.wait();
      if (place === 0) console.log(`lap ${lap}: ${runner} was first`);
      if (place === 2) console.log(`lap ${lap}: ${runner} was last`);
    }
  });
}
