// Producers put work into a queue, consumers take it out. When all of it is done, the consumers, who wait for more, are
// cancelled: `join` tells when. After the example of asyncio's documentation of queues.
//
// `node --import tsx examples/producer-consumer/main.ts` runs it in virtual time; with `--real`, in real time.

import { TestScheduler } from 'rxjs/testing';
import { type Coroutine, queue, sleep, taskGroup } from 'rxsluice';

interface Parcel {
  readonly address: string;
  readonly minutes: number;
}

const DAY: readonly Parcel[] = [
  { address: 'Mill Lane 4', minutes: 30 },
  { address: 'High Street 1', minutes: 10 },
  { address: 'Harbour 12', minutes: 40 },
  { address: 'Station Road 7', minutes: 20 },
  { address: 'Old Market 3', minutes: 10 },
];

const parcels = queue<Parcel>({ name: 'parcels', capacity: 2 });
const driven = { ann: 0, bob: 0 };

function* load(): Coroutine<void> {
  for (const parcel of DAY) yield* parcels.send(parcel); // waits while two are on the ramp
}

function* drive(driver: keyof typeof driven): Coroutine<never> {
  try {
    for (;;) {
      const { address, minutes } = yield* parcels.receive();
      yield* sleep(minutes);
      driven[driver] += minutes;
      console.log(`${driver} was at ${address}`);
      parcels.taskDone();
    }
  } finally {
    console.log(`${driver} goes home after ${driven[driver]} minutes on the road`);
  }
}

const day = taskGroup(function* (group) {
  const loading = group.go(load, { name: 'loading' });
  const drivers = [group.go(() => drive('ann')), group.go(() => drive('bob'))];
  yield* loading; // all are sent …
  yield* parcels.join(); // … and delivered
  for (const driver of drivers) yield* driver.cancel();
  console.log(`${parcels.unfinished} left: ${String(parcels)}`);
});

if (process.argv.includes('--real')) day.subscribe();
else
  new TestScheduler(() => undefined).run(({ flush }) => {
    day.subscribe();
    flush();
  });
