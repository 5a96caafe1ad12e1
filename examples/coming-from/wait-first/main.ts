import { go, sleep, wait } from 'rxsluice';

const mirrors = [30, 10, 1000].map((ms) =>
  go(
    function* () {
      yield* sleep(ms);
      return `answer after ${ms} ms`;
    },
    { name: `mirror ${ms}` },
  ),
);

go(function* () {
  const { done, pending } = yield* wait(mirrors, { until: 'first', timeout: 100 });
  console.log(done.map((task) => task.result()));
  console.log(pending.map((task) => task.name));

  const late = yield* wait(mirrors, { timeout: 60 }); // a timeout is no error
  console.log(late.pending.map((task) => `${task.name} is ${task.status}`));
  for (const task of late.pending) yield* task.cancel();
});
