// Save, then only the latest. While a save runs, the newest edit waits, and those before it give way.

import { interval, map, take } from 'rxjs';
import { type Coroutine, queueMap, sleep } from 'rxsluice';
import { mark, pace, show } from 'playground';

const edits = interval(2).pipe(
  take(8),
  map((n) => 'abcdefgh'[n] ?? ''),
);

function* save(text: string): Coroutine<string> {
  mark('begins', text);
  yield* sleep(pace);
  return text;
}

show('edits', edits);
show('saved', edits.pipe(queueMap(save, { capacity: 1, overflow: 'dropOldest' })));
