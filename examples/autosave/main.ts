import { filter } from 'rxjs';
import { coroutine, jobQueue, sleep, until } from 'rxsluice';

// "Save now, and if it is edited meanwhile, save the latest next, and tell me how it ended."
const saves = jobQueue(
  function* (text: string, { signal }) {
    signal.addEventListener('abort', () => console.log(`  (gave up saving "${text}")`));
    yield* sleep(20); // the server
    if (text.includes('!')) throw new Error('the server refuses "!"');
    return `saved "${text}"`;
  },
  { name: 'saves', capacity: 1, overflow: 'dropOldest' },
);

saves.pending$.subscribe((n) => console.log(`${n} to be saved`));

const edit = (text: string) =>
  saves.submit(text).subscribe({
    next: console.log,
    error: (error: unknown) => console.log(`"${text}" was not saved: ${(error as Error).message}`),
  });

const idle = until(saves.idle$.pipe(filter(Boolean)));

coroutine(function* () {
  // The first is saved at once. Of those that come meanwhile only the latest is of interest.
  for (const text of ['R', 'Rx', 'Rxs', 'Rxsluice']) edit(text);
  yield* idle;
  edit('Rxsluice!');
  yield* idle;
  // The user goes away while it is saved.
  const last = edit('Rxsluice is');
  yield* sleep(5);
  last.unsubscribe();
  yield* saves.close();
  console.log('all is saved that could be');
}).subscribe();
