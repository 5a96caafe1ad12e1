// Two transfers, each of which locks the account that it takes from, and then the other. They meet in the middle, and wait for each
// other for ever. Nothing throws; inspection says at once what has happened, and who is part of it.

import { go, type Mutex, mutex, sleep, taskGroup } from 'rxsluice';
import { formatSnapshot, inspect, type Snapshot } from 'rxsluice/inspect';

const inspector = inspect();

const anna = mutex({ name: 'account of Anna' });
const ben = mutex({ name: 'account of Ben' });

function* transfer(from: Mutex, to: Mutex) {
  yield* from.lock();
  try {
    yield* sleep(5); // is there enough?
    yield* to.lock();
    to.unlock();
  } finally {
    from.unlock();
  }
}

const transfers = taskGroup(
  function* (group) {
    group.go(() => transfer(anna, ben), { name: 'Anna to Ben' });
    group.go(() => transfer(ben, anna), { name: 'Ben to Anna' });
    yield* sleep(1);
  },
  { name: 'transfers' },
);
const bank = go(transfers, { name: 'bank' });

/** So that this prints the same on every machine. */
function timeless({ tasks, ...others }: Snapshot): Snapshot {
  return { ...others, tasks: tasks.map((task) => ({ ...task, forMs: 0 })) };
}

inspector.findings$.subscribe(({ message }) => {
  console.log(message.replaceAll('. ', '.\n'));
  console.log(`\n${formatSnapshot(timeless(inspector.snapshot()))}`);
  inspector.stop();
  void bank.cancel('deadlock');
});
bank.subscribe({
  error: (error: unknown) => {
    console.log(`\n${String(error)}`);
  },
});
