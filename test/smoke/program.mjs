// What every platform must be able to do with the package. Gives what happened; throws if it is not what should have.

export const EXPECTED = 'received 1 2 3; selected b=5; queued 1,2,3,4; raced timeout; marbles held; marbles failed';

export async function program({ channel, go, queueMap, select, sleep }, { runMarbles }, { from, of, race, timer }) {
  const happened = [];

  const numbers = channel({ capacity: 1 });
  const received = go(function* () {
    const all = [];
    for (let i = 0; i < 3; i++) all.push(yield* numbers.receive());
    return all;
  });
  go(function* () {
    for (const i of [1, 2, 3]) yield* numbers.send(i);
  });
  happened.push(`received ${(await received.promise()).join(' ')}`);

  const a = channel();
  const b = channel();
  const chosen = select({ a, b, late: sleep(10_000) }).promise();
  b.trySend(5);
  const { key, value } = await chosen;
  happened.push(`selected ${key}=${value}`);

  const queued = [];
  await new Promise((resolve, reject) => {
    from([1, 2, 3, 4])
      .pipe(queueMap((i) => of(i), { concurrency: 2, order: 'source' }))
      .subscribe({ next: (i) => queued.push(i), error: reject, complete: resolve });
  });
  happened.push(`queued ${queued.join()}`);

  // A receive that lost has taken nothing: the value is still there.
  await new Promise((resolve) => race(a.receive(), timer(5)).subscribe({ complete: resolve }));
  if (a.trySend(1)) throw new Error('somebody still waits to receive');
  happened.push('raced timeout');

  const marbles = (expected) =>
    runMarbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-b|').pipe(queueMap((letter) => sleep(2).map(() => letter)))).toBe(expected);
    });
  marbles('---a-(b|)');
  happened.push('marbles held');
  try {
    marbles('--a--(b|)');
  } catch {
    happened.push('marbles failed');
  }

  const told = happened.join('; ');
  if (told !== EXPECTED) throw new Error(`expected ${EXPECTED}\nreceived ${told}`);
  return told;
}
