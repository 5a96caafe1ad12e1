import { gather, go, sleep, until } from 'rxsluice';

const user = until(Promise.resolve('Ada'));
const orders = sleep(10).map(() => 3);

go(function* () {
  const [name, count] = yield* gather([user, orders]); // both at once
  console.log(`${name} has ${count} orders`);

  const failing = sleep(5).map(() => {
    throw new Error('no such page');
  });
  try {
    yield* gather([orders, failing]);
  } catch (error) {
    console.log(String(error)); // at once; the other one was withdrawn
  }
});
