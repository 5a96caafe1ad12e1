// What blocks goes to a thread, as with asyncio.to_thread; the loop here goes on meanwhile. Given up, the thread is gone.

import { go, sleep } from 'rxsluice';
import { inThread } from 'rxsluice/worker';

await go(function* () {
  let ticks = 0;
  const clock = go(function* () {
    for (;;) {
      yield* sleep(1);
      ticks++;
    }
  });

  const sum = yield* inThread(
    (n: number) => {
      let total = 0;
      for (let i = 1; i <= n; i++) total += i % 10;
      return total;
    },
    [50_000_000],
  );
  clock.cancel();
  console.log(`the sum is ${sum}; the clock went on: ${ticks > 5}`);

  const forever = inThread(() => {
    for (;;);
  }, []);
  try {
    yield* forever.withTimeout(100);
  } catch (error) {
    console.log(`given up: ${(error as Error).name}`);
  }
}).promise();
