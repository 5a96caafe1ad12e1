import { channel, go, sleep } from 'rxsluice';

const readings = channel<number>({ capacity: 4, name: 'readings' });
readings.trySend(20);
readings.trySend(21);

const logger = go(
  function* () {
    try {
      for (;;) console.log(`${yield* readings.receive()} degrees`);
    } finally {
      yield* sleep(10); // a clean-up may wait
      console.log('the log is closed');
    }
  },
  { name: 'logger' },
);

go(function* () {
  yield* sleep(10);
  yield* logger.cancel('it is midnight'); // until the clean-up is done
  console.log(logger.status);

  // What nobody had received is still there.
  readings.trySend(22);
  console.log(`${readings.size} left for others`);
});
logger.subscribe({
  error: (error: unknown) => {
    console.log(String(error));
  },
});
