import { Subject } from 'rxjs';
import { boundedBuffer, coroutine, queueMap, sleep } from 'rxsluice';

const frames = new Subject<number>();

function* render(frame: number) {
  yield* sleep(20); // rendering takes time
  return `rendered ${frame}`;
}

frames
  .pipe(
    boundedBuffer(1, {
      overflow: 'dropOldest',
      onUndelivered: (frame) => {
        console.log(`dropped ${frame}`);
      },
    }),
    queueMap(render),
  )
  .subscribe(console.log);

coroutine(function* () {
  for (const frame of [1, 2, 3, 4]) frames.next(frame);
  yield* sleep(100);
  frames.next(5);
}).subscribe();
