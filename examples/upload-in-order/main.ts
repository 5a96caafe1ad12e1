import { channelFrom, queueMap, sleep } from 'rxsluice';

// Each file is opened when there is a place for it, and not before.
function* files() {
  for (const [name, ms] of Object.entries({ a: 120, b: 20, c: 60, d: 20 })) {
    console.log(`open ${name}`);
    yield { name, ms };
  }
}

const upload = queueMap(
  function* ({ name, ms }: { name: string; ms: number }) {
    yield* sleep(ms);
    return `uploaded ${name}`;
  },
  { concurrency: 3, order: 'source' },
);
channelFrom(files()).pipe(upload).subscribe(console.log);
