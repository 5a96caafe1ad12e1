import { coroutine, type Operation, sleep } from 'rxsluice';

/** A web in memory: each page and its links. */
const WEB: Readonly<Record<string, readonly string[]>> = {
  'a.example/': ['a.example/news', 'a.example/docs', 'b.example/'],
  'a.example/news': ['a.example/news/1', 'a.example/news/2', 'a.example/'],
  'a.example/news/1': ['b.example/gone'],
  'a.example/news/2': ['c.example/'],
  'a.example/docs': ['a.example/docs/api', 'b.example/'],
  'a.example/docs/api': [],
  'b.example/': ['b.example/flaky', 'a.example/docs'],
  'b.example/flaky': ['c.example/'],
  'c.example/': ['c.example/deep'],
  'c.example/deep': [],
};

let flakyAnswers = 0;
const connections = new Map<string, number>();

/** The most connections that a host has had at once. */
export const busiest = new Map<string, number>();

export const hostOf = (url: string): string => url.slice(0, url.indexOf('/'));

/** The links of a page, after a while. */
export const load = (url: string): Operation<readonly string[]> =>
  coroutine(function* () {
    const host = hostOf(url);
    connections.set(host, (connections.get(host) ?? 0) + 1);
    busiest.set(host, Math.max(busiest.get(host) ?? 0, connections.get(host) ?? 0));
    try {
      yield* sleep(5);
      if (url === 'b.example/flaky' && ++flakyAnswers < 3) throw new Error(`${url}: 503`);
      const links = WEB[url];
      if (links === undefined) throw new Error(`${url}: 404`);
      return links;
    } finally {
      connections.set(host, (connections.get(host) ?? 0) - 1);
    }
  });
