// What the server has been told to be: slow, or failing; by area, and what it has seen.
//
//   POST /api/control  { area: 'docs', delay: 2000 }           answers take so long; `null`: as long as is usual there
//   POST /api/control  { area: 'docs', lag: 2000 }             so does the answer to a change, once it has been made
//   POST /api/control  { area: 'docs', fail: 2 }               the next two answers are 503; `true`: all, until told otherwise
//   POST /api/control  { area: '*', … }                        the same of all areas
//   POST /api/control  { reset: true }                         all as in the beginning, the data too
//   GET  /api/control                                          by area: all this, and how many requests ran, run, ran at most

import { type Coroutine, sleep } from 'rxsluice';
import { type Area, type Ask, jsonOf, Refusal } from './router.ts';

interface Mood {
  delay: number;
  lag: number;
  fail: number | boolean;
  served: number;
  active: number;
  peak: number;
}

interface Order {
  area: string;
  delay: number | null;
  lag: number;
  fail: number | boolean;
  reset: boolean;
}

export class Control {
  readonly areas: readonly Area[];
  readonly #moods = new Map<string, Mood>();

  constructor(areas: readonly Area[]) {
    this.areas = areas;
    this.#reset();
  }

  #reset(): void {
    for (const { name, delay, reset } of this.areas) {
      this.#moods.set(name, { delay: delay ?? 0, lag: 0, fail: false, served: 0, active: 0, peak: 0 });
      reset?.();
    }
  }

  *handle(ask: Ask): Coroutine<unknown> {
    if (ask.request.method === 'POST') {
      const { area = '*', reset, delay, lag, fail } = yield* jsonOf<Order>(ask);
      if (reset) this.#reset();
      if (area !== '*' && !this.#moods.has(area)) throw new Refusal(400, `There is no area ${area}`);
      for (const { name, delay: usual = 0 } of this.areas) {
        const mood = this.#moods.get(name);
        if (mood === undefined || (area !== '*' && area !== name)) continue;
        mood.delay = delay === null ? usual : (delay ?? mood.delay);
        mood.lag = lag ?? mood.lag;
        mood.fail = fail ?? mood.fail;
      }
    }
    return Object.fromEntries(this.#moods);
  }

  /** Has `work` done as the mood of the area is. */
  *around(area: Area, { request }: Ask, work: Coroutine<unknown>): Coroutine<unknown> {
    const mood = this.#moods.get(area.name) as Mood;
    mood.active++;
    mood.peak = Math.max(mood.peak, mood.active);
    try {
      if (mood.delay > 0) yield* sleep(mood.delay);
      if (mood.fail === true || Number(mood.fail) > 0) {
        if (mood.fail !== true) mood.fail = Number(mood.fail) - 1;
        throw new Refusal(503, 'The server is down for a moment');
      }
      const answer = yield* work;
      if (mood.lag > 0 && request.method !== 'GET') yield* sleep(mood.lag);
      return answer;
    } finally {
      mood.active--;
      mood.served++;
    }
  }
}
