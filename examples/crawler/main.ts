import { coroutine, queue, type Semaphore, semaphore, work } from 'rxsluice';
import { busiest, hostOf, load } from './site.ts';

interface Page {
  readonly url: string;
  readonly depth: number;
}

// The shallowest page is next. One that cannot be loaded in three attempts is given up.
const pages = queue<Page>({
  name: 'pages',
  order: (a, b) => a.depth - b.depth,
  maxAttempts: 3,
  onDeadLetter: ({ value, attempts, error }) => {
    console.log(`gave up after ${attempts} attempts: ${(error as Error).message} (linked at depth ${value.depth})`);
  },
});

const seen = new Set<string>();
function visit(url: string, depth: number): void {
  if (depth > 3 || seen.has(url)) return;
  seen.add(url);
  pages.trySend({ url, depth });
}

// At most six pages at once, and at most two of one host.
const hosts = new Map<string, Semaphore>();
function politely(url: string): Semaphore {
  const host = hostOf(url);
  const limit = hosts.get(host) ?? semaphore(2);
  hosts.set(host, limit);
  return limit;
}

const found: Page[] = [];
const crawl$ = work(
  pages,
  ({ url, depth }) =>
    politely(url).withPermit(function* () {
      for (const link of yield* load(url)) visit(link, depth + 1);
      return { url, depth };
    }),
  { concurrency: 6, backoff: (attempt) => 10 * attempt },
);

coroutine(function* () {
  const crawling = crawl$.subscribe((page) => found.push(page));
  visit('a.example/', 0);
  // A page that is being loaded may bring more: everything is done when nothing is unfinished.
  yield* pages.join();
  crawling.unsubscribe();

  found.sort((a, b) => a.depth - b.depth || a.url.localeCompare(b.url));
  for (const { url, depth } of found) console.log(`${'  '.repeat(depth)}${url}`);
  for (const [host, most] of busiest) console.log(`${host}: at most ${most} at once`);
}).subscribe();
