import { channel, coroutine, go, select, sleep } from 'rxsluice';

const deposits = channel<number>();
const readings = channel<(balance: number) => void>();
const stop = channel<never>();

// The only one who touches the balance: no lock, and no reader sees a half-made change.
const account = go(function* () {
  let balance = 0;
  for (;;) {
    const next = yield* select({ deposits, readings, stop: stop.whenEnded() });
    if (next.key === 'deposits') balance += next.value;
    else if (next.key === 'readings') next.value(balance);
    else return balance;
  }
});

const client = coroutine(function* () {
  yield* deposits.send(100);
  yield* deposits.send(20);
  yield* readings.send((balance) => {
    console.log(`balance: ${balance}`);
  });

  // A send is a case as well. Nobody takes it in time, so it has not happened.
  const idle = channel<string>();
  const outcome = yield* select({ sent: idle.send('hello'), late: sleep(10) });
  console.log(`${outcome.key}, and ${idle.statistics().waitingSenders} are waiting to send`);

  stop.close();
});

client.subscribe();
account.subscribe((balance) => {
  console.log(`closed at ${balance}`);
});
