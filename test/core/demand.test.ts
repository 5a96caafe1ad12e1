import { defer, filter, map, merge, Observable, Subscriber, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Demand, subscribeWith, takeDemand } from '../../src/core/demand.ts';
import { channel, go } from '../../src/index.ts';
import { check, Record } from '../record.ts';

/** What a root found that was offered to it. */
function asked(found: (Demand | null)[], about?: (subscriber: Subscriber<number>) => object): Observable<number> {
  const root: Observable<number> = new Observable((subscriber) => {
    found.push(takeDemand(root, about?.(subscriber) ?? subscriber));
  });
  return root;
}

describe('9.2 a demand', () => {
  it('is open at first, and nobody has taken it', () => {
    const demand = new Demand();
    expect([demand.isOpen, demand.isTaken]).toEqual([true, false]);
  });

  it('may be shut and opened before anybody takes it', () => {
    const demand = new Demand();
    demand.set(false);
    const shut = demand.isOpen;
    demand.set(true);
    expect([shut, demand.isOpen, demand.isTaken]).toEqual([false, true, false]);
  });

  it('tells the one who took it when it opens and when it shuts, and nothing where it is so already', () => {
    const told = new Record();
    const demand = new Demand();
    demand.connect({ resume: () => told.add('resume'), pause: () => told.add('pause') });
    expect(demand.isTaken).toBe(true);
    for (const open of [true, false, false, true, true]) {
      demand.set(open);
      told.add(`${open}`);
    }
    expect(told.lines).toEqual(['true', 'pause', 'false', 'false', 'resume', 'true', 'true']);
  });
});

describe('9.2 a demand is offered', () => {
  it('to the root of the chain of operators, where it leads to the consumer', () => {
    const demand = new Demand();
    const found: (Demand | null)[] = [];
    const bare = asked(found);
    subscribeWith(demand, bare, new Subscriber<number>());
    const chain = asked(found);
    subscribeWith(
      demand,
      chain.pipe(
        map((n) => n),
        filter(() => true),
      ),
      new Subscriber<number>(),
    );
    expect(found).toEqual([demand, demand]);
  });

  it('to nobody else who is subscribed meanwhile', () => {
    const demand = new Demand();
    const found: (Demand | null)[] = [];
    const other = asked(found);
    const root = new Observable<number>(() => {
      other.subscribe();
    });
    subscribeWith(demand, root, new Subscriber<number>());
    subscribeWith(
      demand,
      defer(() => other),
      new Subscriber<number>(),
    );
    subscribeWith(demand, merge(other, other), new Subscriber<number>());
    expect(found).toEqual([null, null, null, null]);
  });

  it.each<[string, () => object]>([
    ['another consumer', () => new Subscriber<number>()],
    ['one who has left', () => left(new Subscriber<number>())],
    ['what is no subscriber', () => ({})],
  ])('not to a root that is subscribed for %s', (_, whom) => {
    const demand = new Demand();
    const found: (Demand | null)[] = [];
    subscribeWith(demand, asked(found, whom), new Subscriber<number>());
    expect(found).toEqual([null]);
  });

  it('once', () => {
    const demand = new Demand();
    const found: (Demand | null)[] = [];
    const root: Observable<number> = new Observable((subscriber) => {
      for (let n = 0; n < 2; n++) found.push(takeDemand(root, subscriber));
    });
    subscribeWith(demand, root, new Subscriber<number>());
    expect(found).toEqual([demand, null]);
  });

  it.each([false, true])('for the length of the call, and no longer; it throws: %s', (fails) => {
    const consumer = new Subscriber<number>();
    consumer.error = (error) => {
      throw error;
    };
    const root = new Observable<number>(() => {
      if (fails) throw new Error('thrown');
    });
    const subscribe = (): void => subscribeWith(new Demand(), root, consumer);
    if (fails) expect(subscribe).toThrow('thrown');
    else subscribe();
    expect(takeDemand(root, consumer)).toBeNull();
  });

  it('and again once another, in the middle of that call, has been offered and is over', () => {
    const [outer, inner] = [new Demand(), new Demand()];
    const found: (Demand | null)[] = [];
    const within = asked(found);
    const root: Observable<number> = new Observable((subscriber) => {
      subscribeWith(inner, within, new Subscriber<number>());
      found.push(takeDemand(root, subscriber));
    });
    subscribeWith(outer, root, new Subscriber<number>());
    expect(found.map((one) => [outer, inner].indexOf(one!))).toEqual([1, 0]);
  });
});

describe('9.2 a subscription to a channel, with a demand,', () => {
  it('takes values while that is open, and goes on where it was shut', () => {
    const told = new Record();
    const demand = new Demand();
    const ch = channel<number>(5);
    for (const n of [1, 2, 3]) ch.trySend(n);
    // In the very call in which a value takes the last place.
    const consumer = new Subscriber<number>({
      ...told.by('consumer'),
      next: (n: number) => {
        told.add(`got ${n}`);
        if (n % 2 === 0) demand.set(false);
      },
    });
    subscribeWith(demand, ch, consumer);
    check(ch);
    expect([demand.isTaken, told.take(), ch.size]).toEqual([true, ['got 1', 'got 2'], 1]);
    ch.trySend(4);
    ch.trySend(5);
    demand.set(true);
    check(ch);
    expect([told.take(), ch.size]).toEqual([['got 3', 'got 4'], 1]);
    demand.set(true);
    expect([told.take(), ch.trySend(7), told.lines]).toEqual([['got 5'], true, ['got 7']]);
    check(ch);
  });

  it('gets no value inside `next`, where that shuts the demand and opens it again', () => {
    const told = new Record();
    const demand = new Demand();
    const ch = channel<number>(2);
    for (const n of [1, 2]) ch.trySend(n);
    const consumer = new Subscriber<number>({
      ...told.by('consumer'),
      next: (n: number) => {
        told.add(`begins ${n}`);
        demand.set(false);
        demand.set(true);
        told.add(`ends ${n}`);
      },
    });
    subscribeWith(demand, ch, consumer);
    check(ch);
    expect([told.lines, ch.receivers.count()]).toEqual([['begins 1', 'ends 1', 'begins 2', 'ends 2'], 1]);
  });

  it('is not in the way of others while it is shut, and leaves its line when that happens', () => {
    const told = new Record();
    const demand = new Demand();
    const ch = channel<number>();
    subscribeWith(demand, ch, new Subscriber<number>(told.all('subscriber')));
    demand.set(false);
    check(ch);
    expect([ch.receivers.count(), ch.enders.count(), ch.trySend(1)]).toEqual([0, 1, false]);
    ch.receive().subscribe(told.by('receive'));
    expect(ch.trySend(2)).toBe(true);
    demand.set(true);
    check(ch);
    expect([ch.receivers.count(), ch.enders.count(), ch.trySend(3)]).toEqual([1, 0, true]);
    expect(told.lines).toEqual(['receive got 2', 'subscriber got 3']);
  });

  it.each<[string, unknown, string]>([
    ['without a cause', undefined, 'completed'],
    ['with a cause', new Error('cause'), 'failed with cause'],
  ])('learns of the end %s, also while it is shut', (_, cause, what) => {
    const told = new Record();
    const demand = new Demand();
    const ch = channel<number>();
    subscribeWith(demand, ch, new Subscriber<number>(told.all('waiting')));
    demand.set(false);
    ch.close(cause);
    check(ch);
    subscribeWith(demand, ch, new Subscriber<number>(told.all('late')));
    check(ch);
    demand.set(true);
    demand.set(false);
    expect([ch.enders.count(), ch.receivers.count(), told.lines]).toEqual([0, 0, [`waiting ${what}`, `late ${what}`]]);
  });

  it('that is shut, does not end before what is buffered was taken', () => {
    const told = new Record();
    const demand = new Demand();
    const ch = channel<number>(1);
    demand.set(false);
    subscribeWith(demand, ch, new Subscriber<number>(told.all('subscriber')));
    ch.trySend(1);
    ch.close();
    check(ch);
    expect([told.take(), ch.enders.count()]).toEqual([[], 1]);
    demand.set(true);
    check(ch);
    expect(told.lines).toEqual(['subscriber got 1', 'subscriber completed']);
  });

  it('that has left is not called back by its demand', () => {
    const told = new Record();
    const demand = new Demand();
    const ch = channel<number>(1);
    const consumer = new Subscriber<number>(told.all('subscriber'));
    subscribeWith(demand, ch, consumer);
    demand.set(false);
    consumer.unsubscribe();
    ch.trySend(1);
    demand.set(true);
    demand.set(false);
    check(ch);
    expect([told.lines, ch.size, ch.enders.count(), ch.receivers.count()]).toEqual([[], 1, 0, 0]);
  });

  it('runs the coroutines that it wakes before the call that opened it returns', () => {
    const told = new Record();
    const demand = new Demand();
    const ch = channel<number>();
    demand.set(false);
    subscribeWith(demand, ch.pipe(tap()), new Subscriber<number>(told.by('subscriber')));
    go(function* () {
      yield* ch.send(1);
      told.add('sent');
    });
    demand.set(true);
    told.add('opened');
    expect(told.lines).toEqual(['subscriber got 1', 'sent', 'opened']);
  });
});

/** One who has left. */
function left(subscriber: Subscriber<number>): Subscriber<number> {
  subscriber.unsubscribe();
  return subscriber;
}
