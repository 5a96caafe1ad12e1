import { Observable, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  condition,
  type Coroutine,
  coroutine,
  deferred,
  gather,
  go,
  keyedStateOwner,
  mutex,
  type Operation,
  OverflowError,
  poll,
  request,
  select,
  shield,
  sleep,
  type StateOwner,
  stateOwner,
  type Task,
} from '../../src/index.ts';
import { DeadlockError, runMarbles } from '../../src/testing/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record, show, title } from '../record.ts';
import { at, reportsOf, virtual } from '../virtual.ts';

const inc = (n: number): number => n + 1;

/** Every method whose operation changes the state to `n`. */
const CHANGES: readonly [string, (owner: StateOwner<number>, n: number) => Operation<unknown>][] = [
  ['write', (owner, n) => owner.write(n)],
  ['update', (owner, n) => owner.update(() => n)],
  ['update by an observable', (owner, n) => owner.update(() => of(n))],
  ['update by a coroutine', (owner, n) => owner.update(function* () { return n; })], // prettier-ignore
  ['modify', (owner, n) => owner.modify(() => [n, 'answer'] as const)],
  ['compareAndSet', (owner, n) => owner.compareAndSet(owner.value, n)],
];

/** Every method, once. */
const REQUESTS: readonly [string, (owner: StateOwner<number>) => Operation<unknown>][] = [
  ['read', (owner) => owner.read((n) => n)],
  ...CHANGES.map(([name, change]): [string, (owner: StateOwner<number>) => Operation<unknown>] => [
    name,
    (owner) => change(owner, 9),
  ]),
];

/** Runs until the subject says what the next state is. */
function busy<S>(owner: StateOwner<S>): Subject<S> {
  const gate = new Subject<S>();
  owner.update(() => gate).subscribe({ error: () => undefined });
  return gate;
}

describe.each(FORMS)('7.1 every request, by $form', ({ perform }) => {
  it.each(REQUESTS)('%s waits for those in front, and lets those behind it wait', (_, ask) => {
    const record = new Record();
    const owner = stateOwner(0);
    const gate = busy(owner);
    perform(owner.update(inc), record.by('in front'));
    perform(ask(owner), record.by('it'));
    perform(owner.read(inc), record.by('behind'));
    check(owner);
    expect(record.take()).toEqual([]);
    gate.complete();
    expect(record.take().map((line) => line.split(' got')[0])).toEqual(['in front', 'it', 'behind']);
    check(owner);
  });

  it.each(REQUESTS)('%s is withdrawn from the line without a trace', (_, ask) => {
    const record = new Record();
    const owner = stateOwner(0);
    const gate = busy(owner);
    const leave = perform(ask(owner), record.by('leaver'));
    perform(
      owner.read((n) => n),
      record.by('behind'),
    );
    leave();
    check(owner);
    expect(owner.pending).toBe(2);
    gate.complete();
    expect(record.take()).toEqual(['behind got 0']);
  });

  it.each(REQUESTS)('%s is a case of a select, that wins or loses', (_, ask) => {
    const record = new Record();
    const owner = stateOwner(0);
    const stop = channel<string>();
    const gate = busy(owner);
    perform(select({ ask: ask(owner), stop }), record.by('loses'));
    perform(select({ ask: ask(owner), stop: channel<string>() }), record.by('wins'));
    check(owner);
    stop.trySend('now');
    check(owner);
    expect(owner.pending).toBe(2);
    gate.complete();
    expect(record.take().map((line) => line.split('=')[0])).toEqual(['loses got stop', 'wins got ask']);
    perform(select({ ask: ask(owner), stop }), record.by('at once'));
    expect(record.take()[0]).toMatch(/^at once got ask=/);
    expect(stop.statistics().waitingReceivers).toBe(0);
    check(owner);
  });

  it.each(REQUESTS)('%s times out while it waits', (_, ask) => {
    const record = new Record();
    const owner = stateOwner(0);
    virtual(() => {
      const gate = busy(owner);
      perform(ask(owner).withTimeout(2), record.by('late'));
      at(3, () => gate.complete());
    });
    expect(record.take()).toEqual(['late failed with TimeoutError']);
    expect(owner.value).toBe(0);
    check(owner);
  });

  it.each(REQUESTS)('%s may be performed again and again: each asks anew', (_, ask) => {
    const record = new Record();
    const owner = stateOwner(0);
    const operation = ask(owner);
    const gate = busy(owner);
    perform(operation, record.by('a'));
    perform(operation, record.by('b'));
    expect(owner.pending).toBe(3);
    gate.complete();
    expect(record.take()).toHaveLength(2);
  });
});

describe.each(FORMS)('7.2 a step that is withdrawn, by $form', ({ perform }) => {
  it('has its promise abandoned, at once', async () => {
    const record = new Record();
    const owner = stateOwner(0);
    let resolve = (_: number): void => undefined;
    const leave = perform(owner.update(() => new Promise<number>((done) => (resolve = done))), record.by('leaver')); // prettier-ignore
    perform(owner.update(inc), record.by('next'));
    leave();
    expect(record.take()).toEqual(['next got 1']);
    resolve(7);
    await Promise.resolve();
    await Promise.resolve();
    expect(owner.value).toBe(1);
    check(owner);
  });

  it('has its stream cancelled', async () => {
    const owner = stateOwner(0);
    const log: string[] = [];
    const make = (): ReadableStream<number> => new ReadableStream({ cancel: () => void log.push('cancelled') });
    const bare = { getReader: () => make().getReader() } as unknown as AsyncIterable<number>;
    for (const made of [make(), bare]) {
      perform(
        owner.update(() => made),
        new Record().by('leaver'),
      )();
      await owner.read((n) => n).promise();
    }
    expect(log).toEqual(['cancelled', 'cancelled']);
    check(owner);
  });

  it('keeps no late answer of an observable', () => {
    const owner = stateOwner(0);
    let late = (_: number): void => undefined;
    const step = (): Observable<number> =>
      new Observable((subscriber) => {
        late = (n) => {
          subscriber.next(n);
          subscriber.complete();
        };
      });
    perform(owner.update(step), new Record().by('leaver'))();
    late(5);
    expect([owner.value, owner.pending]).toEqual([0, 0]);
    check(owner);
  });
});

describe.each(FORMS)('7.1 one step at a time, by $form', ({ perform }) => {
  it('holds while a step that has left its own request still runs', () => {
    const log: string[] = [];
    const owner = stateOwner(0);
    const gate = busy(owner);
    const leave = perform(
      owner.update((n) => {
        log.push('begins');
        leave();
        // A call of the library, at the end of which those are looked at that wait.
        poll(stateOwner(1).read(inc));
        log.push('ends');
        return n + 5;
      }),
      new Record().by('leaver'),
    );
    perform(
      owner.update((n) => {
        log.push(`next, from ${n}`);
        return n;
      }),
      new Record().by('next'),
    );
    gate.complete();
    expect(log).toEqual(['begins', 'ends', 'next, from 0']);
    expect(owner.value).toBe(0);
    check(owner);
  });

  it('has nobody wait for what is written or read, that may itself be waited for', () => {
    const promise = Promise.resolve(1);
    const owner = stateOwner<unknown>(0);
    const got: unknown[] = [];
    const observer = {
      next: (v: unknown): void => {
        got.push(v);
      },
      error: () => undefined,
      complete: () => undefined,
    };
    const gate = busy(owner);
    perform(owner.write(promise), observer);
    perform(
      owner.read(() => of('not waited for')),
      observer,
    );
    gate.complete();
    expect(got[0]).toBe(promise);
    expect(got[1]).toBeInstanceOf(Observable);
    perform(
      owner.read(() => promise),
      observer,
    );
    expect(got[2]).toBe(promise);
  });
});

describe('2.9 a step that sends', () => {
  it('reports what it has not sent when it is withdrawn, unless it is part of a select', () => {
    const lost: string[] = [];
    const ch = channel<string>({ onUndelivered: (v, reason) => lost.push(`${v} ${reason}`) });
    const owner = stateOwner(0);
    const step = (v: string) => () => ch.send(v).map(() => 1);
    select({ asked: owner.update(step('a')), stop: sleep(1) })
      .subscribe()
      .unsubscribe();
    owner.update(step('b')).subscribe().unsubscribe();
    expect(lost).toEqual(['b withdrawn']);
    check(owner, ch);
  });
});

describe('6.2 a step that waits for a condition', () => {
  it('leaves its mutex released when it is withdrawn, and the next is served when other work has cleaned up', () => {
    const record = new Record();
    const lock = mutex();
    const changed = condition(lock);
    const owner = stateOwner(0);
    const cleaning = coroutine(function* () {
      try {
        yield* deferred();
      } finally {
        yield* sleep(1);
        record.add('clean');
      }
    });
    lock.tryLock();
    virtual(() => {
      const leaver = owner.update(() => gather([cleaning, changed.wait()]).map(() => 1)).subscribe();
      owner.update(inc).subscribe(record.by('next'));
      leaver.unsubscribe();
    });
    expect(record.take()).toEqual(['clean', 'next got 1']);
    expect(lock.locked).toBe(false);
    check(owner, lock);
  });

  it('has a coroutine that is cancelled there hold the mutex again', () => {
    const record = new Record();
    const lock = mutex();
    const changed = condition(lock);
    const owner = stateOwner(0);
    const task = go(function* () {
      yield* lock.lock();
      try {
        yield* owner.update(() => changed.wait().map(() => 1));
      } finally {
        record.add(`locked: ${lock.locked}`);
        lock.unlock();
      }
    });
    task.cancel();
    expect([...record.take(), task.status, lock.locked]).toEqual(['locked: true', 'cancelled', false]);
    check(owner, lock);
  });
});

describe('7.1 a request', () => {
  it('is iterable by yield* in a coroutine only', () => {
    const misplaced = /an operation is iterable by yield\* in a coroutine only/;
    const owner = stateOwner(0);
    let iterator: Iterator<never, number, unknown> | null = null;
    const task = go(function* () {
      iterator = owner.update(inc)[Symbol.iterator]();
      return [...owner.update(inc)];
    });
    expect(() => task.result()).toThrow(misplaced);
    expect(() => iterator?.next(undefined)).toThrow(misplaced);
    expect(owner.value).toBe(0);
  });

  it('is not performed by a coroutine that has been cancelled, though the owner is idle', () => {
    const owner = stateOwner(0);
    const gate = deferred<void>();
    const task = go(function* () {
      yield* gate;
      task.cancel();
      yield* owner.update(inc);
    });
    gate.resolve();
    expect([task.status, owner.value]).toEqual(['cancelled', 0]);
    check(owner);
  });
});

describe('2.15 what is asked of an owner calls itself', () => {
  const boss = stateOwner(0, { name: 'boss' });
  it.each<[string, Operation<unknown>]>([
    ['read on boss', boss.read(inc)],
    ['write on boss', boss.write(1)],
    ['update on boss', boss.update(inc)],
    ['modify on boss', boss.modify((n) => [n, n])],
    ['compareAndSet on boss', boss.compareAndSet(0, 1)],
    ['when on boss', boss.when((n) => n === 1)],
  ])('%s', (text, operation) => {
    expect(title(operation)).toBe(text);
  });

  it('the same while a coroutine waits for it: in a `when`, in its step, and in the clean-up of that', () => {
    const log: string[] = [];
    const owner = stateOwner(0, { name: 'counter' });
    const gate = busy(owner);
    const hoping = go(
      owner.when((n) => n === 9),
      { name: 'hoping' },
    );
    const stepping: Task<number> = go(
      owner.update((n) => (log.push(title(stepping)), n)),
      { name: 'stepping' },
    );
    const asking = go(
      owner.update(function* (n) {
        log.push(title(asking));
        try {
          yield* deferred();
        } finally {
          yield* deferred();
        }
        return n;
      }),
      { name: 'asking' },
    );
    log.push(title(hoping), title(asking));
    gate.complete();
    asking.cancel();
    log.push(title(asking));
    expect(log.map((line) => line.replace(/#\d+/, ''))).toEqual([
      'hoping, waiting: when on counter',
      'asking, waiting: a request to counter',
      'stepping, waiting: update on counter',
      'asking, waiting: update on counter, whose step waits: coroutine, running',
      'asking, waiting: the clean-up of a step',
    ]);
  });
});

describe('7.4 one who is cancelled by what its own step started', () => {
  it('returns at that wait, and nothing has changed', () => {
    const record = new Record();
    const owner = stateOwner(0);
    let task: Task<void> | null = null;
    const steps: (() => Observable<number> | Coroutine<number>)[] = [
      () => new Observable(() => void task?.cancel()),
      function* () {
        task?.cancel();
        yield* sleep(1);
        return 5;
      },
    ];
    for (const step of steps) {
      virtual(() => {
        task = go(function* () {
          yield* sleep(0);
          try {
            record.add(`went on with ${show(yield* owner.update(step))}`);
          } finally {
            record.add('cleaned');
          }
        });
        task.subscribe({ error: () => undefined });
      });
    }
    expect(record.take()).toEqual(['cleaned', 'cleaned']);
    expect(owner.value).toBe(0);
    check(owner);
  });

  it('has a select leave the step that serves another of its cases', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const ch = channel<string>();
    const step = (n: number): number => {
      ch.trySend('from inside');
      return n + 5;
    };
    select({ ch, asked: owner.update(step) }).subscribe(record.by('select'));
    expect(record.take()).toEqual(['select got ch=from inside']);
    expect(owner.value).toBe(0);
    check(owner);
  });
});

describe.each(CHANGES)('7.3 a change by %s', (_, change) => {
  it('is told in one order to all, also from inside of a callback, and answered after that', () => {
    for (const { perform } of FORMS) {
      const record = new Record();
      const owner = stateOwner(0);
      owner.subscribe(record.by('a'));
      owner.subscribe((n) => {
        if (n === 1) perform(change(owner, 2), record.by('inner'));
        check(owner);
      });
      owner.subscribe(record.by('c'));
      record.take();
      perform(change(owner, 1), record.by('outer'));
      const lines = record.take();
      for (const name of ['a', 'c']) {
        expect(lines.filter((line) => line.startsWith(name))).toEqual([`${name} got 1`, `${name} got 2`]);
      }
      expect(lines).toHaveLength(6);
      expect(lines.findIndex((line) => line.startsWith('outer'))).toBeGreaterThan(lines.indexOf('c got 1'));
      check(owner);
    }
  });

  it('by a message, or told, from inside of a callback, keeps that order too', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner.subscribe((n) => {
      if (n === 1) owner.next(request.write(2));
      if (n === 2) owner.tell(inc);
    });
    owner.subscribe(record.by('b'));
    change(owner, 1).subscribe();
    expect(record.take()).toEqual(['b got 0', 'b got 1', 'b got 2', 'b got 3']);
  });

  it('fails alone when `equal` throws', () => {
    const record = new Record();
    const owner = stateOwner(0, {
      equal: (a, b) => {
        if (b === 13) throw new Error('unlucky');
        return a === b;
      },
    });
    owner.subscribe(record.by('subscriber'));
    for (const { perform } of FORMS) perform(change(owner, 13), record.by('it'));
    expect(record.take()).toEqual(['subscriber got 0', 'it failed with unlucky', 'it failed with unlucky']);
    expect(poll(owner.write(1))).toEqual({ ok: true, value: 1 });
    check(owner);
  });
});

describe.each(FORMS)('7.2 a modify, by $form', ({ perform }) => {
  it('takes pairs, and nothing that is longer or shorter', () => {
    const record = new Record();
    const owner = stateOwner(0);
    for (const made of [[1], [1, 2, 3], [], '12', null]) perform(owner.modify(() => made as never), record.by('it')); // prettier-ignore
    expect(record.take()).toEqual(Array(5).fill('it failed with TypeError'));
    expect(owner.value).toBe(0);
    check(owner);
  });
});

describe('7.3 an `equal` that throws', () => {
  const owners = (): StateOwner<number> =>
    stateOwner(0, {
      equal: () => {
        throw new Error('unlucky');
      },
    });

  it('rejects a message, and is reported for what was told', () => {
    const record = new Record();
    const owner = owners();
    const message = request.write(1);
    message.response.subscribe(record.by('message'));
    const reported = reportsOf(() => {
      owner.next(message);
      owner.tell(inc);
    });
    expect(record.take()).toEqual(['message failed with unlucky']);
    expect(reported).toEqual([new Error('unlucky')]);
    check(owner);
  });

  it('keeps a key alive', () => {
    const keyed = keyedStateOwner(() => 0, {
      equal: () => {
        throw new Error('unlucky');
      },
    });
    keyed
      .of('a')
      .write(1)
      .subscribe({ error: () => undefined });
    expect([...keyed.keys()]).toEqual(['a']);
    check(keyed);
  });

  it('fails the subscriber of a select, and nobody else', () => {
    const record = new Record();
    const owner = stateOwner(0);
    owner
      .select(
        (n) => n,
        () => {
          throw new Error('unlucky');
        },
      )
      .subscribe(record.all('select'));
    owner.subscribe(record.by('other'));
    owner.write(1).subscribe();
    expect(record.take()).toEqual(['select got 0', 'other got 0', 'select failed with unlucky', 'other got 1']);
  });
});

/** The states of an owner in which an end may come: each sets it up, and lets what runs go on. */
const STATES: readonly [string, (owner: StateOwner<number>, act: () => void, record: Record) => void, string[]][] = [
  ['idle', (_owner, act) => act(), []],
  [
    'with a step that waits, and others behind it',
    (owner, act, record) => {
      const gate = busy(owner);
      owner.update(inc).subscribe(record.by('behind'));
      act();
      gate.next(5);
      gate.complete();
    },
    ['s got 5', 's got 6', 'behind got 6'],
  ],
  [
    'inside of a subscriber’s callback',
    (owner, act, record) => {
      owner.subscribe({ next: (n) => n === 1 && act(), error: () => undefined });
      owner.write(1).subscribe(record.by('writer'));
    },
    ['s got 1', 'writer got 1'],
  ],
  [
    'inside of the predicate of a `when`',
    (owner, act, record) => {
      owner.when((n) => (n === 1 && act(), n === 1)).subscribe(record.by('when'));
      owner.write(1).subscribe(record.by('writer'));
    },
    ['s got 1', 'when got 1', 'writer got 1'],
  ],
  [
    'inside of the answer to a request',
    (owner, act, record) => {
      owner.write(1).subscribe(() => {
        act();
        record.add('writer got 1');
      });
    },
    ['s got 1', 'writer got 1'],
  ],
];

describe('7.5 an end that comes', () => {
  describe.each(STATES)('%s', (_, play, served) => {
    const ends: [string, (owner: StateOwner<number>) => void, string][] = [
      ['complete', (owner) => owner.complete(), 's completed'],
      ['error', (owner) => owner.error(new Error('cause')), 's failed with cause'],
    ];
    it.each(ends)('%s: what was asked is served, then subscribers are told', (_name, end, told) => {
      const record = new Record();
      const owner = stateOwner(0);
      owner.subscribe(record.all('s'));
      record.take();
      play(owner, () => end(owner), record);
      check(owner);
      const lines = record.take();
      expect([...lines].sort()).toEqual([...served, told].sort());
      expect(lines.indexOf(told)).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('s got')));
      owner.read((n) => n).subscribe(record.by('late'));
      expect(record.take()).toEqual(['late failed with ClosedError']);
      expect(typeof owner.value).toBe('number');
    });

    it('cancel: what was asked fails, and subscribers complete', () => {
      const record = new Record();
      const owner = stateOwner(0);
      owner.subscribe(record.all('s'));
      record.take();
      play(owner, () => owner.cancel('enough'), record);
      check(owner);
      const lines = record.take();
      // What was committed is told; what was not has failed.
      const expected = served.some((line) => line.startsWith('behind'))
        ? ['behind failed with CancelledError(enough)']
        : served;
      expect([...lines].sort()).toEqual([...expected, 's completed'].sort());
      expect(lines.indexOf('s completed')).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('s got')));
      owner.read((n) => n).subscribe(record.by('late'));
      owner.subscribe(record.all('late subscriber'));
      expect(record.take()).toEqual([
        'late failed with ClosedError',
        `late subscriber got ${owner.value}`,
        'late subscriber completed',
      ]);
    });
  });

  it('as an error is the same object to all', () => {
    const cause = { any: 'thing' };
    const owner = stateOwner(0);
    const got: unknown[] = [];
    owner.subscribe({ error: (e: unknown) => got.push(e) });
    owner.error(cause);
    owner.subscribe({ error: (e: unknown) => got.push(e) });
    expect(got[0]).toBe(cause);
    expect(got[1]).toBe(cause);
  });

  it('a second time changes nothing', () => {
    const record = new Record();
    const owner = stateOwner(0);
    const gate = busy(owner);
    owner.subscribe(record.all('s'));
    owner.error(new Error('first'));
    owner.complete();
    owner.error(new Error('second'));
    gate.complete();
    owner.cancel('too late');
    owner.subscribe(record.all('late'));
    expect(record.take()).toEqual(['s got 0', 's failed with first', 'late got 0', 'late failed with first']);
    expect(title(owner)).toMatch(/failed\)$/);
  });

  it('as a cancel, after a complete that still serves, wins', () => {
    const record = new Record();
    const owner = stateOwner(0);
    busy(owner);
    owner.subscribe(record.all('s'));
    owner.update(inc).subscribe(record.by('behind'));
    owner.error(new Error('cause'));
    owner.cancel('enough');
    expect(record.take()).toEqual(['s got 0', 'behind failed with CancelledError(enough)', 's completed']);
  });

  it('while a withdrawn step cleans up, waits for that unless it is a cancel', () => {
    for (const [how, expected] of [
      ['complete', ['cleaned', 'behind got 0', 's completed']],
      ['cancel', ['behind failed with CancelledError(undefined)', 's completed', 'cleaned']],
    ] as const) {
      const record = new Record();
      const owner = stateOwner(0);
      virtual(() => {
        const step = function* (): Coroutine<number> {
          try {
            yield* sleep(9);
            return 1;
          } finally {
            yield* sleep(3);
            record.add('cleaned');
          }
        };
        const leaver = owner.update(step).subscribe();
        owner.read((n) => n).subscribe(record.by('behind')); // prettier-ignore
        owner.subscribe(record.all('s'));
        record.take();
        at(1, () => leaver.unsubscribe());
        at(2, () => {
          owner[how]();
          check(owner);
        });
      });
      expect(record.take()).toEqual(expected);
      check(owner);
    }
  });

  it('is a cancel from inside of a step, of which nothing is kept or started', () => {
    let subscribed = 0;
    for (const wait of [false, true]) {
      const record = new Record();
      const owner = stateOwner(0);
      const gate = wait ? busy(owner) : null;
      go(function* () {
        try {
          yield* owner.update(() => {
            owner.cancel('inside');
            return new Observable<number>(() => {
              subscribed++;
            });
          });
        } catch (error) {
          record.add(show(error));
        }
      });
      gate?.complete();
      expect(record.take()).toEqual(['CancelledError(inside)']);
      check(owner);
    }
    expect(subscribed).toBe(0);
  });
});

describe.each(FORMS)('7.5 an end from inside of a step, by $form', ({ perform }) => {
  it('is told to subscribers after the one who asked has been told', () => {
    for (const wait of [false, true]) {
      const record = new Record();
      const owner = stateOwner(0);
      const gate = wait ? busy(owner) : null;
      owner.subscribe(record.all('s'));
      perform(owner.update((n) => (owner.complete(), n + 1)), record.by('step')); // prettier-ignore
      gate?.complete();
      const expected = ['s got 0', 's got 1', 'step got 1', 's completed'];
      const lines = record.take();
      // A coroutine that waited goes on when observers have been told.
      expect(perform === FORMS[0]!.perform ? lines : [...lines].sort()).toEqual(
        perform === FORMS[0]!.perform ? expected : [...expected].sort(),
      );
      check(owner);
    }
  });
});

describe.each(FORMS)('7.6 capacity, by $form', ({ perform }) => {
  it('has methods wait their turn to ask, in one line, and lets them leave it', () => {
    const record = new Record();
    const owner = stateOwner(0, { capacity: 1, name: 'counter' });
    const gate = busy(owner);
    perform(owner.update(inc), record.by('a'));
    const leave = perform(owner.update(inc), record.by('b'));
    perform(owner.update(inc), record.by('c'));
    expect(title(owner)).toBe('counter (2 pending, 2 waiting to ask, waiting)');
    leave();
    expect(title(owner)).toBe('counter (2 pending, 1 waiting to ask, waiting)');
    check(owner);
    gate.complete();
    expect(record.take()).toEqual(['a got 1', 'c got 2']);
    expect(owner.pending).toBe(0);
  });
});

describe('7.6 what a full owner refuses', () => {
  it('is told as OverflowError that carries what was refused', () => {
    const owner = stateOwner(0, { capacity: 0, name: 'counter' });
    busy(owner);
    const message = request.update(inc);
    const step = (n: number): number => n * 2;
    const reported = reportsOf(() => {
      owner.next(message);
      owner.tell(step);
    });
    // Nobody looks at the message's response either.
    expect(reported.map((error) => (error as OverflowError).value)).toEqual([message, step]);
    expect(reported.every((error) => error instanceof OverflowError)).toBe(true);
    expect(() => owner.next(message)).toThrow('counter: this update request was sent before');
    check(owner);
  });

  it('is not what finds it idle, or comes after the running one has ended', () => {
    const owner = stateOwner(0, { capacity: 0 });
    const gate = busy(owner);
    gate.complete();
    owner.tell(inc);
    const message = request.update(inc);
    owner.next(message);
    expect([owner.value, message.response.status]).toEqual([2, 'resolved']);
  });
});

describe('7.7 a key', () => {
  it('that ended away from its initial state stays, and is readable; at it, there is a fresh one', () => {
    const keyed = keyedStateOwner(() => 0);
    const [a, b] = [keyed.of('a'), keyed.of('b')];
    a.write(1).subscribe();
    a.complete();
    b.complete();
    expect(keyed.of('a')).toBe(a);
    expect(keyed.of('b')).not.toBe(b);
    expect(keyed.size).toBe(1);
    check(keyed);
  });

  it('whose owner was kept lives again when it is used', () => {
    const keyed = keyedStateOwner(() => 0);
    const handle = keyed.of('a');
    handle.write(1).subscribe();
    handle.write(0).subscribe();
    const gate = busy(handle);
    expect([...keyed.keys()]).toEqual(['a']);
    gate.complete();
    expect(keyed.size).toBe(0);
    const listening = handle.subscribe();
    expect([keyed.size, keyed.of('a')]).toEqual([1, handle]);
    listening.unsubscribe();
    expect(keyed.size).toBe(0);
    check(keyed);
  });

  it('keeps its fresh owner when the clean-up of the cancelled one ends', () => {
    const keyed = keyedStateOwner(() => 0);
    virtual(() => {
      keyed
        .of('a')
        .update(function* () {
          try {
            yield* sleep(9);
            return 1;
          } finally {
            yield* sleep(3);
          }
        })
        .subscribe({ error: () => undefined });
      at(1, () => keyed.cancel());
      at(2, () => keyed.of('a').write(5).subscribe());
      at(3, () => expect([...keyed.keys()]).toEqual(['a']));
    });
    expect([...keyed.keys()]).toEqual(['a']);
    expect(keyed.of('a').value).toBe(5);
    check(keyed);
  });

  it('of any kind is told from others as a Map does', () => {
    const keyed = keyedStateOwner((key: unknown) => [key]);
    const key = {};
    expect(keyed.of(key)).toBe(keyed.of(key));
    expect(keyed.of({})).not.toBe(keyed.of(key));
    expect(keyed.of(NaN)).toBe(keyed.of(NaN));
    expect(() => keyedStateOwner(5 as never)).toThrow('keyedStateOwner: initial must be a function; got 5');
  });

  it('has its requests wait by its own capacity', () => {
    const keyed = keyedStateOwner(() => 0, { capacity: 0, name: 'k' });
    busy(keyed.of('a'));
    const [refused, served] = [request.write(1), request.write(1)];
    refused.response.subscribe({ error: () => undefined });
    keyed.of('a').next(refused);
    keyed.of('b').next(served);
    expect([refused.response.status, served.response.status]).toEqual(['rejected', 'resolved']);
    expect(keyed.toString()).toBe('k (2 living)');
  });
});

describe('7.8 a step that waits for its own owner', () => {
  const steps: [string, (owner: StateOwner<number>) => (n: number) => Operation<number> | Coroutine<number>][] = [
    ['as an operation', (owner) => () => owner.read((n) => n)],
    [
      'in a coroutine',
      (owner) =>
        function* () {
          return yield* owner.read((n) => n);
        },
    ],
    ['as a shielded operation', (owner) => () => shield(owner.update(inc))],
    ['as a message’s response', (owner) => () => {
      const message = request.write(1);
      owner.next(message);
      return message.response;
    }], // prettier-ignore
  ];
  const asks: [string, (owner: StateOwner<number>, step: (n: number) => Operation<number>) => unknown][] = [
    ['a coroutine', (owner, step) => go(() => owner.update(step))],
    ['a subscription', (owner, step) => owner.update(step).subscribe()],
    ['a message', (owner, step) => owner.next(request.update(step))],
    ['tell', (owner, step) => owner.tell(step)],
  ];
  describe.each(steps)('%s', (_, stepOf) => {
    it.each(asks)('asked by %s: expectIdle names the owner', (_name, ask) => {
      const run = (): void =>
        runMarbles(({ expectIdle }) => {
          expectIdle();
          const owner = stateOwner(0, { name: 'counter' });
          ask(owner, stepOf(owner) as (n: number) => Operation<number>);
        });
      expect(run).toThrow(DeadlockError);
      expect(run).toThrow(/counter/);
    });
  });

  it('is named with its whole chain', () => {
    const run = (): void =>
      runMarbles(({ expectIdle }) => {
        expectIdle();
        const owner = stateOwner(0, { name: 'counter' });
        go(() => owner.update(() => owner.read((n) => n)), { name: 'asker' });
      });
    expect(run).toThrow('asker: update on counter, whose step waits: a request to counter');
  });
});
