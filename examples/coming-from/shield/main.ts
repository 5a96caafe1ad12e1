import { coroutine, go, shield, sleep } from 'rxsluice';

const save = coroutine(function* () {
  yield* sleep(20);
  console.log('saved');
});

go(function* () {
  try {
    yield* shield(save).withTimeout(10);
  } catch (error) {
    console.log(String(error)); // we stop waiting, the save goes on
  }
});
