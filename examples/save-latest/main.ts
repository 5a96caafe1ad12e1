import { Subject } from 'rxjs';
import { coroutine, queueMap, sleep } from 'rxsluice';

const edits = new Subject<string>();

// While one save runs, edits only replace each other: the next save is of the latest.
const save = (text: string) => sleep(20).map(() => `saved ${text}`);
edits.pipe(queueMap(save, { capacity: 1, overflow: 'dropOldest' })).subscribe(console.log);

coroutine(function* () {
  for (const text of ['R', 'Rx', 'Rx s', 'Rx sluice']) edits.next(text);
  yield* sleep(100);
  edits.next('rxsluice');
}).subscribe();
