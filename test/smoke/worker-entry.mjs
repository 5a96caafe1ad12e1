// What the entry `rxsluice/worker` must be able to do under every Node: throws if it does not.

export async function workerEntry({ go }, { inThread, threadPool }) {
  const told = await go(function* () {
    const pool = threadPool(new URL('./worker-thread.mjs', import.meta.url), { size: 1 });
    const sum = yield* pool.call('add', [1, 2]);
    yield* pool.close();
    return [sum, yield* inThread((n) => n + 1, [3])];
  }).promise();
  if (told.join() !== '3,4') throw new Error(`rxsluice/worker: ${told}`);
}
