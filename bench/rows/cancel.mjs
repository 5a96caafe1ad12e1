// Tasks that wait for a value are cancelled, one after the other. Starting them is not what is measured, and takes part of it:
// "only started" says how much.

import { channel, go } from '../../dist/bundle/index.js';

function* receiveOne(numbers) {
  return yield* numbers.receive();
}

function start(n) {
  const numbers = channel();
  return Array.from({ length: n }, () => go(() => receiveOne(numbers)));
}

export const row = {
  place: 6.2,
  title: 'start a task that waits, and cancel it',
  what: 'task',
  aim: 1000,
  n: 100_000,
  expected: (n) => n,
  rxsluice(n) {
    const tasks = start(n);
    for (const task of tasks) task.cancel();
    return tasks.filter((task) => task.status === 'cancelled').length;
  },
  others: { 'rxsluice, only started': (n) => start(n).length },
};
