import { coroutine, type Operation, sleep } from 'rxsluice';

export class HttpError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

const NAMES = ['Ada', 'Brian', 'Clara', 'Dennis', 'Edith', 'Frank', 'Grace', 'Hedy'];

/** Requests that came, and those that were refused since too many did. */
export const seen = { requests: 0, refused: 0 };

let recent: number[] = [];
/** How often the service is out of order for a user. */
const failures = new Map([
  [2, 1],
  [5, 2],
]);

/** A service elsewhere. It answers five requests in 40 ms, and no more. */
export const fetchUser = (id: number): Operation<string> =>
  coroutine(function* () {
    seen.requests++;
    const time = performance.now();
    recent = recent.filter((at) => time - at < 40);
    const isTooMuch = recent.push(time) > 5;
    if (isTooMuch) seen.refused++;

    yield* sleep(5);
    if (isTooMuch) throw new HttpError(429);
    const left = failures.get(id) ?? 0;
    failures.set(id, left - 1);
    if (left > 0) throw new HttpError(503);
    const name = NAMES[id];
    if (name === undefined) throw new HttpError(404);
    return name;
  });
