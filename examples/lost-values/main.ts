import { concat, concatMap, of, type OperatorFunction, Subject } from 'rxjs';
import { queueMap } from 'rxsluice';

const loaded = new Subject<never>();
// The first inner source takes a while. The others wait for it, and then have their value at once.
const project = (n: number) => (n === 0 ? concat(loaded, of(n)) : of(n));

const numbers = new Subject<number>();
const seen = { count: 0, completed: 'never completed' };

function watch(flatten: OperatorFunction<number, number>): typeof seen {
  const own = { ...seen };
  numbers.pipe(flatten).subscribe({
    next: () => own.count++,
    error: () => undefined, // in some runs a RangeError arrives here, in others nothing does
    complete: () => (own.completed = 'completed'),
  });
  return own;
}

const runs = { concatMap: watch(concatMap(project)), queueMap: watch(queueMap(project)) };
for (let n = 0; n < 100_000; n++) numbers.next(n);
numbers.complete();
loaded.complete();

for (const [name, { count, completed }] of Object.entries(runs)) {
  console.log(`${name}: ${count < 100_000 ? 'fewer than' : 'all'} 100000, ${completed}`);
}
