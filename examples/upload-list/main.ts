// A list of uploads, as a page shows it: two at a time, each with its progress and a button to cancel it; all can be paused.
//
// `node --import tsx examples/upload-list/main.ts` runs it in virtual time; with `--real`, in real time.

import { scan } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { coroutine, type Job, jobQueue, sleep } from 'rxsluice';

interface File {
  readonly name: string;
  readonly chunks: number;
}

const sent = new Map<string, number>();

const uploads = jobQueue(
  function* ({ name, chunks }: File) {
    try {
      // What is there already is not sent again, at the next attempt.
      for (let n = sent.get(name) ?? 0; n < chunks; n++) {
        yield* sleep(20); // the network
        if (name === 'b.png' && n === 1 && !sent.has('flaky')) {
          sent.set('flaky', 1);
          throw new Error('connection lost');
        }
        sent.set(name, n + 1);
        yield Math.round((100 * (n + 1)) / chunks); // progress: it comes by `results$`
      }
    } finally {
      if (sent.get(name) !== chunks) yield* sleep(1); // tell the server to keep what it has
    }
  },
  { name: 'uploads', concurrency: 2, retry: { attempts: 3, backoff: () => 10 } },
);

const page = coroutine(function* () {
  const files: File[] = [
    { name: 'a.mov', chunks: 4 },
    { name: 'b.png', chunks: 2 },
    { name: 'c.txt', chunks: 1 },
    { name: 'd.pdf', chunks: 2 },
    { name: 'e.iso', chunks: 9 },
  ];
  const rows = new Map(files.map((file) => [file.name, uploads.start(file)]));
  const row = (name: string) => rows.get(name) as Job<File, number>;

  for (const { input, state$, results$ } of rows.values()) {
    state$.subscribe((state) => console.log(`${input.name}  ${state}`));
    results$.pipe(scan((line) => `${line}#`, '')).subscribe((line) => console.log(`${input.name}  ${line}`));
  }

  yield* sleep(10);
  console.log('-- the user cancels the last one, which waits');
  yield* row('e.iso').cancel();

  yield* row('c.txt');
  uploads.pause();
  console.log(`-- paused: ${String(uploads)}`);
  yield* sleep(100);
  console.log(`-- resumed: ${String(uploads)}`);
  uploads.resume();
  yield* uploads.whenIdle();
  console.log(`-- b.png took ${row('b.png').attempt} attempts`);
});

if (process.argv.includes('--real')) page.subscribe();
else
  new TestScheduler(() => undefined).run(({ flush }) => {
    page.subscribe();
    flush();
  });
