import { CancelledError, go, sleep, taskGroup } from 'rxsluice';

const server = taskGroup(
  function* (group) {
    // What Go passes as ctx: children are cancelled with the group, and its signal is for APIs that take one.
    group.signal.addEventListener('abort', () => {
      console.log(`aborted: ${group.signal.reason}`);
    });
    for (const name of ['reader', 'writer']) {
      group.go(function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(5);
          console.log(`${name} is done`);
        }
      });
    }
    yield* sleep(10);
    group.cancel('shutting down');
  },
  { name: 'server' },
);

go(function* () {
  try {
    yield* server;
  } catch (error) {
    if (error instanceof CancelledError) console.log(error.message);
  }
});
