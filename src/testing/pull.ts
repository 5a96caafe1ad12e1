import { Observable, type Subscription } from 'rxjs';
import type { ReceiveChannel } from '../core/pullable.ts';
import type { Lab } from './lab.ts';

/** See `MarbleKit.pull`. */
export function pull<T>(lab: Lab, source: ReceiveChannel<T>, demand: string): Observable<T> {
  const frames = lab.parse(demand, 'demand').marks.flatMap(({ frame, kind }) => (kind === 'next' ? [frame] : []));
  return new Observable((subscriber) => {
    const receive = (): Subscription =>
      source.receiveResult().subscribe({
        next: (result) => {
          if (result.ok) subscriber.next(result.value);
          else subscriber.complete();
        },
        error: (error: unknown) => subscriber.error(error),
      });
    for (const frame of frames) {
      subscriber.add(
        lab.from({ what: `pull('${demand}')` }, () => lab.schedule(() => subscriber.add(receive()), frame)),
      );
    }
    // The end needs no demand: with the channel's cause, which a receive finds.
    subscriber.add(source.whenEnded().subscribe(() => subscriber.add(receive())));
  });
}
