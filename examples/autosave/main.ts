// An editor with several documents. Each is saved when it was not edited for a while; the latest edit of every document is saved,
// one save at a time for each; a save that fails is tried again; leaving saves what is not saved yet.
//
// `node --import tsx examples/autosave/main.ts` runs it in virtual time; with `--real`, in real time.

import { TestScheduler } from 'rxjs/testing';
import { type Coroutine, coroutine, jobQueue, sleep } from 'rxsluice';
import { put } from './server.ts';

interface Edit {
  readonly doc: string;
  readonly text: string;
}

const saves = jobQueue((edit: Edit, { signal }) => put(edit.doc, edit.text, signal), {
  name: 'saves',
  concurrency: 2,
  key: ({ doc }) => doc,
  capacityPerKey: 1,
  overflow: 'dropOldest', // of that document
  debounce: 40,
  retry: { attempts: 3, backoff: () => 30, when: (error) => (error as Error).message === 'offline' },
  timeout: 1000,
});

// Nobody has to look at the single jobs: that one is dropped for a newer one is no news.
saves.outcomes$.subscribe((outcome) => {
  if (outcome.status === 'done') console.log(`saved ${outcome.input.doc}: "${outcome.input.text}"`);
  if (outcome.status === 'failed') console.log(`NOT saved ${outcome.input.doc}: ${(outcome.error as Error).message}`);
});

function* type(doc: string, ...texts: string[]): Coroutine<void> {
  for (const text of texts) {
    saves.start({ doc, text });
    yield* sleep(5); // from key to key
  }
}

const session = coroutine(function* () {
  console.log('- two documents are edited, in turn');
  yield* type('letter', 'D', 'De', 'Dear');
  yield* type('list', 'm', 'mi', 'milk');
  yield* saves.whenIdle();

  console.log('- the server is away for a moment');
  const job = saves.start({ doc: 'list', text: 'milk, offline once' });
  job.state$.subscribe((state) => console.log(`  list is ${state}`));
  yield* saves.whenIdle();

  console.log('- the server refuses');
  yield* type('letter', 'Dear !');
  yield* saves.whenIdle();

  console.log('- the user leaves while the last words are not saved yet');
  yield* type('letter', 'Dear Ann', 'Dear Anna');
  yield* saves.close();
  console.log('all is saved that could be');
});

if (process.argv.includes('--real')) session.subscribe();
else
  new TestScheduler(() => undefined).run(({ flush }) => {
    session.subscribe();
    flush();
  });
