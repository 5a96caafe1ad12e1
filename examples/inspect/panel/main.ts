// A page that looks into itself: `<rxsluice-panel>` shows the tasks of a small parcel service, its channels, and what goes wrong. The
// element is in the document already, so that it looks on as soon as it is defined, before the first task is made.

import 'rxsluice/inspect/panel';
import { fromEvent } from 'rxjs';
import { channel, type Coroutine, go, type Mutex, mutex, semaphore, sleep, stateOwner, taskGroup } from 'rxsluice';

const orders = channel<number>({ name: 'orders', capacity: 8 });
const parcels = channel<string>({ name: 'parcels', capacity: 4 });
const log = channel<string>({ name: 'log', capacity: Infinity });
const printer = mutex({ name: 'printer' });
const vans = semaphore(2, { name: 'vans' });
const sold = stateOwner(0, { name: 'sold' });
const [ledger, till] = [mutex({ name: 'ledger' }), mutex({ name: 'till' })];
let pace = 330;

function* shop(): Coroutine<void> {
  for (let number = 1; ; number++) {
    yield* orders.send(number);
    yield* sleep(pace);
  }
}

function* packer(name: string): Coroutine<void> {
  for (;;) {
    const number = yield* orders.receive();
    yield* sleep(500 + 250 * (number % 3));
    yield* printer.withLock(function* () {
      yield* sleep(240);
    });
    log.trySend(`${name} ${number}`);
    yield* parcels.send(`${number}`);
  }
}

function* courier(): Coroutine<void> {
  for (;;) {
    yield* vans.withPermit(function* () {
      const parcel = yield* parcels.receive();
      yield* sleep(420);
      yield* sold.update((count) => count + 1);
      return parcel;
    });
  }
}

function* auditor(): Coroutine<void> {
  for (;;) {
    yield* sleep(1500);
    yield* log.receiveMany(Infinity);
  }
}

go(
  function* () {
    yield* taskGroup(
      function* (group) {
        group.go(shop, { name: 'shop' });
        for (const name of ['Ann', 'Ben', 'Cem']) group.go(() => packer(name), { name: `packer ${name}` });
        group.go(courier, { name: 'courier' });
        group.go(auditor, { name: 'auditor' });
      },
      { name: 'service' },
    );
  },
  { name: 'main' },
);

/** Two of them take the same two locks, each in an order of its own. */
function* clerk(first: Mutex, second: Mutex): Coroutine<void> {
  yield* first.withLock(function* () {
    yield* sleep(200);
    yield* second.withLock(function* () {
      yield* sleep(200);
    });
  });
}

const on = (id: string, act: () => void): void =>
  void fromEvent(document.getElementById(id) as HTMLElement, 'click').subscribe(act);

on('rush', () => (pace = pace === 330 ? 60 : 330));
on('clerks', () => {
  go(() => clerk(ledger, till), { name: 'clerk Ida' });
  go(() => clerk(till, ledger), { name: 'clerk Joe' });
});
on('block', () => {
  go(
    function* () {
      yield* sleep(0);
      for (const end = performance.now() + 120; performance.now() < end;);
    },
    { name: 'report' },
  );
});
