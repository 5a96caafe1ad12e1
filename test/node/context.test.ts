// 11.9: coroutines and handlers keep the AsyncLocalStorage context in which they were started.

import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer, get } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  broadcast,
  channel,
  type Coroutine,
  go,
  jobQueue,
  mutex,
  queue,
  queueMap,
  semaphore,
  sleep,
  stateOwner,
  taskGroup,
  work,
} from '../../src/index.ts';
import { ambients } from '../../src/core/ambient.ts';
import { inspect } from '../../src/inspect/index.ts';
import { keepAsyncContext, serve } from '../../src/node/index.ts';
import { listening, until } from './real.ts';

const user = new AsyncLocalStorage<string>();
const told: string[] = [];
const note = (what: string): void => void told.push(`${what} as ${user.getStore()}`);

keepAsyncContext();
keepAsyncContext();

describe('keepAsyncContext', () => {
  it('is one, however often it is called', () => {
    expect(ambients.installed).toHaveLength(1);
  });

  it('leaves a task where its user has started it, for those who look on', () => {
    using inspector = inspect({ stacks: true });
    const task = go(() => taskGroup(() => sleep(1)));
    const started = inspector.snapshot().tasks.map(({ startedAt }) => startedAt);
    task.cancel();
    expect(started).toEqual([1, 2].map(() => expect.stringMatching(/context\.test\.[tj]s:\d+:\d+\)?$/) as unknown));
  });

  it.each<[string, () => () => Coroutine<void>]>([
    [
      'semaphore',
      () => {
        const it = semaphore(1);
        return function* () {
          yield* it.acquire();
          yield* sleep(1);
          it.release();
        };
      },
    ],
    [
      'mutex',
      () => {
        const it = mutex();
        return function* () {
          yield* it.lock();
          yield* sleep(1);
          it.unlock();
        };
      },
    ],
    [
      'channel',
      () => {
        const it = channel<number>();
        return function* () {
          if (user.getStore() === 'ada') yield* it.send(1);
          else yield* it.receive();
        };
      },
    ],
    [
      'queue',
      () => {
        const it = queue<number>();
        return function* () {
          if (user.getStore() === 'bob') yield* it.send(1);
          else yield* it.receive();
        };
      },
    ],
    [
      'owner',
      () => {
        const it = stateOwner(0);
        return function* () {
          yield* it.update(function* (n) {
            note('step');
            yield* sleep(1);
            return n + 1;
          });
        };
      },
    ],
    [
      'broadcast',
      () => {
        const it = broadcast<number>();
        const tap = it.tap();
        return function* () {
          if (user.getStore() === 'bob') yield* it.send(1);
          else yield* tap.receive();
        };
      },
    ],
  ])('keeps each its own store where two meet at one %s, also in finally', async (_what, make) => {
    told.length = 0;
    const meet = make();
    const tasks = ['ada', 'bob'].map((name) =>
      user.run(name, () =>
        go(function* () {
          try {
            yield* meet();
            note('met');
          } finally {
            yield* sleep(1);
            note('finally');
          }
        }),
      ),
    );
    await Promise.all(tasks.map((task) => task.promise()));
    expect(told.filter((line) => line.startsWith('met')).sort()).toEqual(['met as ada', 'met as bob']);
    expect(told.filter((line) => line.startsWith('finally')).sort()).toEqual(['finally as ada', 'finally as bob']);
    expect(user.getStore()).toBeUndefined();
  });

  it('runs a job in the context of its submitter, and handlers in that of their subscriber', async () => {
    told.length = 0;
    const jobs = jobQueue<string, void>(function* (input) {
      yield* sleep(1);
      note(`job ${input}`);
    });
    for (const name of ['ada', 'bob']) user.run(name, () => jobs.submit(name).subscribe());
    await jobs.close().promise();
    const items = queue<number>();
    user.run('worker', () =>
      work(items, function* () {
        yield* sleep(1);
        note('work');
      }).subscribe(),
    );
    user.run('ada', () => void items.trySend(1));
    const source = channel<number>(1);
    user.run('mapper', () =>
      source
        .pipe(
          queueMap(function* () {
            yield* sleep(1);
            note('map');
          }),
        )
        .subscribe(),
    );
    user.run('bob', () => void source.trySend(1));
    await until(() => told.length === 4);
    expect(told).toEqual(['job ada as ada', 'job bob as bob', 'work as worker', 'map as mapper']);
  });

  it('cancels in the context of who is cancelled', async () => {
    told.length = 0;
    const task = user.run('ada', () =>
      go(function* () {
        try {
          yield* sleep(60_000);
        } finally {
          note('cancelled');
        }
      }),
    );
    await user.run('bob', () => task.cancel().promise());
    expect(told).toEqual(['cancelled as ada']);
  });

  it('lets a store that is entered in a coroutine hold until its next wait, and no longer', async () => {
    told.length = 0;
    await user.run('ada', () =>
      go(function* () {
        user.enterWith('eve');
        note('entered');
        yield* sleep(1);
        note('later');
      }).promise(),
    );
    expect([told, user.getStore()]).toEqual([['entered as eve', 'later as ada'], undefined]);
  });

  it('keeps the store of each request, whoever lets it go on', async () => {
    told.length = 0;
    const one = semaphore(1);
    const server = createServer((request) => user.enterWith(String(request.url)));
    const service = serve(server, function* (_request, response) {
      yield* one.acquire();
      try {
        yield* sleep(1);
        response.end(user.getStore());
      } finally {
        note('request');
        one.release();
      }
    });
    const port = await listening(server);
    const bodies = await Promise.all(
      ['/a', '/b', '/c'].map(
        (path) =>
          new Promise<string>((resolve) =>
            get({ port, host: '127.0.0.1', path, agent: false }, (response) => {
              let body = '';
              response.on('data', (chunk) => (body += String(chunk))).on('end', () => resolve(body));
            }),
          ),
      ),
    );
    await service.shutdown().promise();
    expect(bodies).toEqual(['/a', '/b', '/c']);
    expect(told.sort()).toEqual(['request as /a', 'request as /b', 'request as /c']);
  });
});
