import { go, sleep, taskGroup, TaskGroupError } from 'rxsluice';

function* fetchPage(page: number) {
  try {
    yield* sleep(page * 10);
    if (page === 2) throw new Error(`page ${page} is missing`);
    console.log(`page ${page}`);
  } finally {
    console.log(`connection ${page} closed`);
  }
}

const pages = taskGroup(function* (group) {
  for (const page of [1, 2, 3]) group.go(() => fetchPage(page));
  yield* sleep(1);
  console.log(`${group.size} under way`);
});

go(function* () {
  try {
    yield* pages;
  } catch (error) {
    if (error instanceof TaskGroupError) console.log(error.errors.map(String));
  }
});
