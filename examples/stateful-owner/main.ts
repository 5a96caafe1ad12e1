// One owner of a state; 100 readers that read 1000 times each, and 10 writers that write 100 times each, with a pause of 1 ms
// between requests. Once with the owner's methods, once with what they are made of: a channel of requests, and futures.
//
// `node --import tsx examples/stateful-owner/main.ts` runs it in virtual time; with `--real`, in real time.

import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { channel, type Coroutine, type Deferred, deferred, go, sleep, stateOwner, taskGroup } from 'rxsluice';

const READERS = 100;
const READS = 1000;
const WRITERS = 10;
const WRITES = 100;

/** What readers and writers are given. */
interface Owner {
  read(): Coroutine<number>;
  write(key: number): Coroutine<void>;
}

function* demand(title: string, owner: Owner): Coroutine<void> {
  let readOps = 0;
  let writeOps = 0;
  yield* taskGroup(function* (group) {
    for (let i = 0; i < READERS; i++) {
      group.go(function* () {
        for (let n = 0; n < READS; n++) {
          yield* owner.read();
          readOps++;
          yield* sleep(1);
        }
      });
    }
    for (let i = 0; i < WRITERS; i++) {
      group.go(function* () {
        for (let n = 0; n < WRITES; n++) {
          yield* owner.write(i);
          writeOps++;
          yield* sleep(1);
        }
      });
    }
  });
  console.log(title);
  console.log(`readOps: ${readOps}`);
  console.log(`writeOps: ${writeOps}`);
}

function byMethods(): Owner {
  const owner = stateOwner(0);
  return {
    read: function* () {
      return yield* owner.read((state) => state);
    },
    write: function* () {
      yield* owner.update((state) => state + 1);
    },
  };
}

type Request = { readonly change: number; readonly response: Deferred<number> };

function byChannel(): Owner {
  const requests = channel<Request>();
  go(function* () {
    let state = 0;
    for (;;) {
      const { change, response } = yield* requests.receive();
      state += change;
      response.resolve(state);
    }
  });
  const ask = function* (change: number): Coroutine<number> {
    const response = deferred<number>();
    yield* requests.send({ change, response });
    return yield* response;
  };
  return {
    read: () => ask(0),
    write: function* () {
      yield* ask(1);
    },
  };
}

function main(): void {
  go(function* () {
    yield* demand("the owner's methods", byMethods());
    yield* demand('a channel and futures', byChannel());
  });
}

if (process.argv.includes('--real')) main();
else {
  const scheduler = new TestScheduler(() => undefined);
  scheduler.maxFrames = Infinity;
  scheduler.run(({ flush }) => {
    main();
    flush();
    if (asyncScheduler.now() < READS) throw new Error('time did not pass');
  });
}
