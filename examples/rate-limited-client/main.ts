import { coroutine, gather, go, type Operation, rateLimiter, singleFlight } from 'rxsluice';
import { fetchUser, HttpError, seen } from './service.ts';

// At most five requests begin in any 50 ms, whoever makes them: a little less than the service takes.
const limit = rateLimiter(5, 50);

// Three attempts, each within the limit, if the service is out of order; what it refuses for good fails at once.
const request = (id: number): Operation<string> =>
  coroutine(function* () {
    yield* limit.acquire();
    return yield* fetchUser(id);
  }).withRetry({
    attempts: 3,
    backoff: (attempt) => 10 * attempt,
    when: (error) => error instanceof HttpError && error.status >= 500,
  });

// Who asks for a user that is being loaded has that one.
const user = singleFlight(request);

go(function* () {
  const asks = Array.from({ length: 24 }, (_, i) => user(i % 8));
  const names = yield* gather(asks);
  console.log(`${names.length} answers: ${[...new Set(names)].join(', ')}`);
  console.log(`${seen.requests} requests, ${seen.refused} of them too many`);

  try {
    yield* user(99);
  } catch (error) {
    console.log(`no user 99: ${(error as Error).message}, after ${seen.requests - 11} request`);
  }
});
