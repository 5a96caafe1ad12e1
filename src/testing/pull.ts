import { Observable } from 'rxjs';
import { checkText, reject } from '../base/checks.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import type { Lab } from './lab.ts';

/** See `MarbleKit.pull`. */
export function pull<T>(lab: Lab, source: ReceiveChannel<T>, demand: string): Observable<T> {
  checkText('pull', 'demand', demand);
  for (const method of ['receiveResult', 'whenEnded'] as const)
    if (typeof (source as Partial<ReceiveChannel<T>> | null | undefined)?.[method] !== 'function')
      reject(TypeError, 'pull', 'source', 'a channel', source);
  const frames = lab.parse(demand, 'demand').marks.flatMap(({ frame, kind }) => (kind === 'next' ? [frame] : []));
  return new Observable((subscriber) => {
    let receiving = 0;
    let ended = false;
    const receive = (): void => {
      receiving++;
      subscriber.add(
        source.receiveResult().subscribe({
          next: (result) => {
            receiving--;
            if (!result.ok) subscriber.complete();
            else {
              subscriber.next(result.value);
              finish();
            }
          },
          error: (error: unknown) => subscriber.error(error),
        }),
      );
    };
    // The end needs no demand: a receive finds it, with the cause. Not before the last value has been told.
    const finish = (): void => {
      if (ended && receiving === 0) receive();
    };
    for (const frame of frames) {
      subscriber.add(lab.from({ what: `pull('${demand}')` }, () => lab.schedule(receive, frame)));
    }
    subscriber.add(
      source.whenEnded().subscribe(() => {
        ended = true;
        finish();
      }),
    );
  });
}
