// Fair choices. Of two channels that are ready, chance decides, and the seed decides what chance does.

import { channel, go, select, sleep } from 'rxsluice';
import { mark, seed } from 'playground';

const left = channel<string>(6);
const right = channel<string>(6);

for (let n = 0; n < 6; n++) {
  left.trySend('l');
  right.trySend('r');
}

go(function* () {
  for (let n = 0; n < 12; n++) {
    const { key } = yield* select({ left, right });
    mark(key, n);
    yield* sleep(1);
  }
  console.log(`with seed ${seed}`);
});
