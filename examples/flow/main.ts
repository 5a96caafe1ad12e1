import type { Observable, Subscription } from 'rxjs';
import { channel, type Coroutine, coroutine, deferred, flow, go, type SendChannel, sleep } from 'rxsluice';

let connections = 0;

/** Reads a meter, for ever: a connection that somebody has to close. */
function* meter(out: SendChannel<number>): Coroutine<void> {
  connections++;
  try {
    for (let watts = 300; ; watts++) {
      yield* out.send(watts);
      yield* sleep(5);
    }
  } finally {
    connections--;
  }
}

/** Angular's `async` pipe, and what NestJS does for an `@Sse()` whose client goes: subscribe, unsubscribe, and nothing else. */
class AsyncPipe {
  readonly shown = deferred<void>();
  readonly #subscription: Subscription;

  constructor(source: Observable<number>) {
    this.#subscription = source.subscribe((watts) => {
      console.log(`  ${watts} W`);
      if (watts === 302) this.shown.resolve();
    });
  }
  ngOnDestroy(): void {
    this.#subscription.unsubscribe();
  }
}

function* view(source: Observable<number>): Coroutine<void> {
  const pipe = new AsyncPipe(source);
  yield* pipe.shown; // the user looks at it for a while
  pipe.ngOnDestroy();
  yield* sleep(20);
  console.log(`  the view is gone, connections: ${connections}`);
}

coroutine(function* () {
  console.log('a flow, twice');
  const readings = flow(meter);
  yield* view(readings);
  yield* view(readings); // cold: a connection of its own

  console.log('a task that feeds a channel');
  const fed = channel<number>();
  go(() => meter(fed));
  yield* view(fed); // nobody tells the task
}).subscribe();
