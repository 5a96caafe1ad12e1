import { go, sleep, taskGroup } from 'rxsluice';

let running = 0;

const resized = taskGroup(
  function* (group) {
    const tasks = ['a.png', 'b.png', 'c.png', 'd.png', 'e.png'].map((file) =>
      group.go(function* () {
        console.log(`${file}, ${++running} at once`);
        yield* sleep(10);
        running--;
        return file.replace('png', 'webp');
      }),
    );
    const results = [];
    for (const task of tasks) results.push(yield* task);
    return results;
  },
  { limit: 2 },
);

go(function* () {
  console.log(yield* resized);
});
