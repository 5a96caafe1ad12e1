// What is withdrawn in the frame in which it is due does not happen: every kind of timer, withdrawn in every way that comes first.

import {
  animationFrames,
  asapScheduler,
  asyncScheduler,
  debounceTime,
  delay,
  interval,
  type Observable,
  of,
  queueScheduler,
  Subscription,
  timeout,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { channel, coroutine, go, sleep } from '../../src/index.ts';
import { type MarbleKit, runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

/** Sets something going that is due at frame 5; what is returned withdraws it. */
type Kind = (fire: () => void, kit: MarbleKit) => () => void;
const subscribed =
  (source: (kit: MarbleKit) => Observable<unknown>): Kind =>
  (fire, kit) => {
    const subscription = source(kit).subscribe({ next: fire, error: fire });
    return () => subscription.unsubscribe();
  };

const kinds: Record<string, Kind> = {
  'a sleep': subscribed(() => sleep(5)),
  'a sleep with a deadline of the same frame': subscribed(() => sleep(5).withTimeout(5)),
  'a deadline': subscribed(() => channel().receive().withTimeout(5)),
  'a sleep of a coroutine': subscribed(() =>
    coroutine(function* () {
      yield* sleep(5);
    }),
  ),
  'a sleep of a task': (fire) => {
    const task = go(function* () {
      yield* sleep(5);
      fire();
    });
    return () => void task.cancel();
  },
  'a timer of RxJS': subscribed(() => timer(5)),
  'an interval of RxJS': subscribed(() => interval(5)),
  'an interval of RxJS at its second tick': subscribed(() => timer(0, 5).pipe(delay(0), debounceTime(5))),
  'a delay': subscribed(() => of(1).pipe(delay(5))),
  'a timeout of RxJS': subscribed(() => channel().pipe(timeout(5))),
  'an action': (fire) => {
    const action = asyncScheduler.schedule(fire, 5);
    return () => action.unsubscribe();
  },
  'an asap action': (fire) => {
    const both = new Subscription();
    both.add(
      asyncScheduler.schedule(() => both.add(asapScheduler.schedule(() => both.add(asapScheduler.schedule(fire)))), 5),
    );
    return () => both.unsubscribe();
  },
  'a cold source': subscribed(({ cold }) => cold('-----a')),
  'a hot source': subscribed(({ hot }) => hot('-----a')),
  'a pull': subscribed(({ pull }) => {
    const ch = channel<number>(1);
    ch.trySend(1);
    return pull(ch, '-----x');
  }),
};

/** Calls `act` in frame 5, before what was set after this is due, or at its end. */
const ways: Record<string, (act: () => void) => void> = {
  'a timer that was set before': (act) => void timer(5).subscribe(act),
  'an asap of that frame': (act) => void timer(5).subscribe(() => asapScheduler.schedule(act)),
  'two asaps of that frame': (act) =>
    void timer(5).subscribe(() => {
      asapScheduler.schedule(() => undefined);
      asapScheduler.schedule(() => asapScheduler.schedule(act));
    }),
  'a queue of that frame': (act) => void timer(5).subscribe(() => queueScheduler.schedule(act)),
  'a coroutine of that frame': (act) =>
    void go(function* () {
      yield* sleep(5);
      act();
    }),
};

describe.each(Object.entries(kinds))('%s', (_, kind) => {
  it.each(Object.entries(ways))('does not fire, withdrawn by %s', (_, way) => {
    const told: string[] = [];
    runMarbles((kit) => {
      let withdraw = (): void => undefined;
      way(() => {
        // Some of these kinds come before some of these ways: then there is nothing to withdraw.
        if (told.length === 0) told.push(`withdrawn at ${asyncScheduler.now()}`);
        withdraw();
      });
      withdraw = kind(() => told.push(`fired at ${asyncScheduler.now()}`), kit);
      timer(10).subscribe();
    });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/at 5$/);
  });
});

it('many that are withdrawn together leave nothing over, and those beside them fire once, in order', () => {
  const told: number[] = [];
  runMarbles(({ expectIdle }) => {
    expectIdle();
    const timers: Subscription[] = [];
    timer(3).subscribe(() => {
      for (let i = 0; i < 20; i += 2) asapScheduler.schedule(() => timers[i]?.unsubscribe());
    });
    for (let i = 0; i < 20; i++) timers.push(sleep(3).subscribe(() => told.push(i)));
  });
  expect(told).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
});

it('a random script of timers that withdraw each other fires as RxJS would, whatever is withdrawn', () => {
  for (let seed = 1; seed <= 200; seed++) {
    let state = seed;
    const below = (n: number): number => (state = (state * 48271) % 2147483647) % n;
    const log: string[] = [];
    const live = new Map<number, Subscription>();
    runMarbles(() => {
      let id = 0;
      const set = (depth: number): void => {
        const me = id++;
        const due = asyncScheduler.now();
        const later = below(3);
        const fire = (): void => {
          if (!live.delete(me)) log.push(`${me} fired and was withdrawn`);
          if (asyncScheduler.now() !== (asap ? due : due + later)) log.push(`${me} fired at a wrong time`);
          for (const other of [...live.keys()].filter(() => below(3) === 0)) {
            live.get(other)?.unsubscribe();
            live.delete(other);
          }
          if (depth < 4) for (let i = below(3); i > 0; i--) set(depth + 1);
        };
        const asap = below(3) === 0;
        live.set(me, asap ? asapScheduler.schedule(fire) : asyncScheduler.schedule(fire, later));
      };
      for (let i = 0; i < 5; i++) set(0);
    });
    // Everything that was not withdrawn has fired.
    expect([seed, log, live.size]).toEqual([seed, [], 0]);
  }
});

describe('in an asynchronous run', () => {
  const natives: Record<string, (fire: () => void) => () => void> = {
    setTimeout: (fire) => {
      const handle = setTimeout(fire, 5);
      return () => clearTimeout(handle);
    },
    setInterval: (fire) => {
      const handle = setInterval(fire, 5);
      return () => clearInterval(handle);
    },
    sleep: (fire) => {
      const subscription = sleep(5).subscribe(fire);
      return () => subscription.unsubscribe();
    },
    interval: (fire) => {
      const subscription = interval(5).subscribe(fire);
      return () => subscription.unsubscribe();
    },
  };
  const ways: Record<string, (act: () => void) => void> = {
    'a timer that was set before': (act) => void setTimeout(act, 5),
    'a promise of that frame': (act) => void new Promise((resolve) => setTimeout(resolve, 5)).then(act),
    'a sleep that was set before': (act) => void sleep(5).subscribe(act),
  };
  it.each(
    Object.entries(natives).flatMap(([kind, set]) => Object.entries(ways).map(([way, by]) => ({ kind, way, set, by }))),
  )('$kind does not fire, withdrawn by $way', async ({ set, by }) => {
    const told: string[] = [];
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      let withdraw = (): void => undefined;
      by(() => {
        told.push(`withdrawn at ${Date.now()}`);
        withdraw();
      });
      withdraw = set(() => told.push('fired'));
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
    expect(told).toEqual(['withdrawn at 5']);
  });

  it('an immediate does not fire, withdrawn by a promise or by another immediate', async () => {
    const told: string[] = [];
    await runMarblesAsync(async () => {
      await sleep(5).promise();
      const first = setImmediate(() => told.push('first'));
      await Promise.resolve();
      clearImmediate(first);
      setImmediate(() => clearImmediate(second));
      const second = setImmediate(() => told.push('second'));
    });
    expect(told).toEqual([]);
  });

  it('an animation frame is withdrawn by a callback of the same frame', async () => {
    const told: string[] = [];
    await runMarblesAsync(async () => {
      let other = 0;
      requestAnimationFrame(() => {
        told.push('first');
        cancelAnimationFrame(other);
      });
      other = requestAnimationFrame(() => told.push('other'));
      requestAnimationFrame(() => told.push('last'));
      await sleep(40).promise();
    });
    expect(told).toEqual(['first', 'last']);
  });

  it('an animation frame of RxJS is, too', () => {
    const told: string[] = [];
    runMarbles(({ animate }) => {
      animate('--x-x');
      let other = new Subscription();
      animationFrames().subscribe(() => {
        told.push('first');
        other.unsubscribe();
      });
      other = animationFrames().subscribe(() => told.push('other'));
      timer(3).subscribe(() => told.push('between'));
    });
    expect(told).toEqual(['first', 'between', 'first']);
  });
});
