// The program, written against an engine: where it runs is said elsewhere.

import type { Observable } from 'rxjs';
import { type Coroutine, type Engine, sleep, work } from 'rxsluice';

export interface Photo {
  readonly number: number;
}

/** What has been done, by the id of its delivery: a thumbnail that is made twice counts once. */
type Progress = Readonly<Record<string, number>>;

const PHOTOS = 40;

export function thumbnails(engine: Engine) {
  const photos = engine.queue<Photo>('photos', { capacity: 8, maxAttempts: 5 });
  const progress = engine.owner<Progress>('progress', {});
  const page = engine.topic<number>('page');

  return {
    page: page as Observable<number>,

    /** Two of these run: one has the odd photos, one the even ones. */
    *produce(from: number): Coroutine<void> {
      for (let number = from; number <= PHOTOS; number += 2) yield* photos.send({ number }); // waits while eight are unfinished
    },

    worker(): Observable<unknown> {
      return work(
        photos,
        function* ({ number }, { id = '' }) {
          yield* sleep(20 + (number % 7)); // the rendering
          const all = yield* progress.update((done) => ({ ...done, [id]: number }));
          yield* page.send(Object.keys(all).length);
        },
        { concurrency: 2 },
      );
    },

    /** When every photo has its thumbnail: how many were made. */
    *finished(): Coroutine<string> {
      yield* photos.join();
      const numbers = Object.values(yield* progress.read());
      return `${numbers.length} thumbnails of ${new Set(numbers).size} photos`;
    },
  };
}
