import { type Coroutine, go, sleep, stateOwner } from 'rxsluice';

type Edit = (items: readonly string[]) => readonly string[];

const list = stateOwner({ saved: [] as readonly string[], unsaved: [] as readonly Edit[] });

// What the user sees: what the server has, and on top of that each edit that it has not answered yet.
const shown$ = list.select(
  ({ saved, unsaved }) => unsaved.reduce((items, edit) => edit(items), saved),
  (a, b) => a.join() === b.join(),
);

// Shows an edit at once. If the server refuses it, or somebody cancels, that edit is taken back, and no other.
function* optimistically(edit: Edit, save: () => Coroutine<void>): Coroutine<void> {
  yield* list.update(({ saved, unsaved }) => ({ saved, unsaved: [...unsaved, edit] }));
  let isSaved = false;
  try {
    yield* save();
    isSaved = true;
  } finally {
    yield* list.update(({ saved, unsaved }) => ({
      saved: isSaved ? edit(saved) : saved,
      unsaved: unsaved.filter((other) => other !== edit),
    }));
  }
}

// A server takes its time, and does not take everything.
function* store(item: string): Coroutine<void> {
  yield* sleep(20);
  if (item === 'plutonium') throw new Error('we do not sell plutonium');
}

const add = (item: string) =>
  go(() =>
    optimistically(
      (items) => [...items, item],
      () => store(item),
    ),
  );

shown$.subscribe((items) => {
  console.log(items.length === 0 ? 'nothing yet' : items.join(', '));
});

add('milk');
add('plutonium').subscribe({
  error: (error: unknown) => {
    console.log(String(error));
  },
});
add('bread').subscribe({
  complete: () => {
    console.log(`saved: ${list.value.saved.join(', ')}`);
  },
});
