// A source that goes on as long as somebody listens, all at once: it counts how often it was asked.

import { Observable } from 'rxjs';

export class Endless {
  asked = 0;
  readonly values = new Observable<number>((subscriber) => {
    // A bound, so that a failing test ends.
    while (!subscriber.closed && this.asked < 1000) subscriber.next(this.asked++);
  });
}
