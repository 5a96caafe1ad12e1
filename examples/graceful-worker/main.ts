// A worker that is told to go: what it has begun may end, for a while; the rest goes back to the queue, for the next worker.
//
// `node --import tsx examples/graceful-worker/main.ts` runs it in virtual time; with `--real`, in real time.

import { fromEvent, tap } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { type Coroutine, coroutine, type Delivery, queue, sleep, work } from 'rxsluice';

const ms = { short: 20, long: 90, stuck: 10_000, fourth: 20, fifth: 10, sixth: 10 };
type Mail = keyof typeof ms;
const mails = queue<Mail>({ name: 'mails', maxAttempts: 3 });
for (const mail of Object.keys(ms) as Mail[]) mails.trySend(mail);

function* send(mail: Mail, { attempt }: Delivery<Mail>): Coroutine<string> {
  let isSent = false;
  try {
    yield* sleep(ms[mail]);
    isSent = true;
    return `${mail} (attempt ${attempt})`;
  } finally {
    if (!isSent) {
      yield* sleep(5);
      console.log(`  ${mail} was broken off, and has cleaned up`);
    }
  }
}

const host = new EventTarget(); // on a server: `process`, or `signals('SIGTERM')` of rxsluice/node

function worker(name: string) {
  console.log(`${name} begins: ${String(mails)}`);
  return work(mails, send, { concurrency: 3, stop: fromEvent(host, 'SIGTERM'), grace: 60 }).pipe(
    tap({
      next: (mail) => console.log(`  ${name} has sent ${mail}`),
      complete: () => console.log(`${name} has gone: ${String(mails)}`),
    }),
  );
}

function* restart(): Coroutine<void> {
  yield* sleep(35);
  console.log('SIGTERM: no more is begun, and what runs has 60 ms');
  host.dispatchEvent(new Event('SIGTERM'));
}

const night = coroutine(function* () {
  worker('the old worker').subscribe();
  yield* restart();
  yield* sleep(100);
  ms.stuck = 30; // the mail server is well again
  const next = worker('the new worker').subscribe();
  yield* mails.join();
  next.unsubscribe();
  console.log(`all are sent: ${String(mails)}`);
});

if (process.argv.includes('--real')) night.subscribe();
else
  new TestScheduler(() => undefined).run(({ flush }) => {
    night.subscribe();
    flush();
  });
