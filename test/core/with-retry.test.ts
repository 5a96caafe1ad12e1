import { EMPTY, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  channel,
  ClosedError,
  coroutine,
  type Coroutine,
  go,
  type Operation,
  poll,
  type RetryOptions,
  select,
  sleep,
  until,
} from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { Record } from '../record.ts';
import { at, frame, virtual } from '../virtual.ts';

/** Fails so often, each after `ms`, and then gives how often it was performed. */
function failing(times: number, told: Record, ms = 1): Operation<number> {
  let performed = 0;
  return coroutine(function* () {
    told.add(`begins at ${frame()}`);
    yield* sleep(ms);
    if (++performed <= times) throw new Error(`failure ${performed}`);
    return performed;
  });
}

describe('withRetry', () => {
  it.each(FORMS)('performs it again until it succeeds: $form', ({ perform }) => {
    virtual(() => {
      const told = new Record();
      perform(failing(2, told).withRetry({}), told.by('it'));
      at(9, () => expect(told.lines).toEqual(['begins at 0', 'begins at 1', 'begins at 2', 'it got 3']));
    });
  });

  it.each(FORMS)(
    '4.10 fails with the last error, after so many attempts, with backoff between: $form',
    ({ perform }) => {
      virtual(() => {
        const told = new Record();
        const asked: string[] = [];
        const backoff = (n: number, error: unknown) => {
          asked.push(`${n} ${(error as Error).message}`);
          return n * 10;
        };
        perform(failing(9, told).withRetry({ attempts: 3, backoff }), told.by('it'));
        at(99, () => {
          expect(told.lines).toEqual(['begins at 0', 'begins at 11', 'begins at 32', 'it failed with failure 3']);
          expect(asked).toEqual(['1 failure 1', '2 failure 2']);
        });
      });
    },
  );

  it('4.10 a wait for the next is withdrawn without a trace, in whatever form', () => {
    const last = virtual(() => {
      const told = new Record();
      const retried = failing(9, told).withRetry({ backoff: () => 1000 });
      const waiting = retried.subscribe(told.by('observer'));
      const task = go(retried);
      select({ retried, late: sleep(5) }).subscribe(told.by('select'));
      retried.withTimeout(7).subscribe(told.by('deadline'));
      at(9, () => {
        waiting.unsubscribe();
        task.cancel();
        expect(told.take().filter((line) => !line.startsWith('begins'))).toEqual([
          'select got late=undefined',
          'deadline failed with TimeoutError',
        ]);
      });
    });
    expect(last).toBe(9);
  });

  it('4.10 begins anew when the failed performance has cleaned up, for observers too', () => {
    virtual(() => {
      const told = new Record();
      const slow = coroutine(function* () {
        told.add(`begins at ${frame()}`);
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(5);
          told.add(`gone at ${frame()}`);
        }
      });
      slow.withTimeout(10).withRetry({ attempts: 2 }).subscribe(told.by('it'));
      at(60, () =>
        expect(told.lines).toEqual([
          'begins at 0',
          'gone at 15',
          'begins at 15',
          'gone at 30',
          'it failed with TimeoutError',
        ]),
      );
    });
  });

  it('4.10 cancelled while it cleans up, whoever waits for that does not go on before', () => {
    virtual(() => {
      const told = new Record();
      const task = go(function* () {
        const slow = coroutine(function* (): Coroutine<void> {
          try {
            yield* sleep(1000);
          } finally {
            yield* sleep(5);
            told.add(`gone at ${frame()}`);
          }
        });
        yield* slow.withRetry({});
      });
      at(1, () => task.cancel().subscribe(() => told.add(`cancelled at ${frame()}`)));
      at(20, () => expect(told.lines).toEqual(['gone at 6', 'cancelled at 6']));
    });
  });

  it('4.10 ClosedError and CancelledError are tried again only if `when` says so', () => {
    virtual(() => {
      const closed = channel<number>();
      closed.close();
      const cancelled = channel<number>();
      cancelled.cancel();
      let asked = 0;
      for (const ch of [closed, cancelled]) {
        expect(() => go(ch.receive().withRetry({})).result()).toThrow();
        const when = () => ++asked < 3;
        expect(() => go(ch.receive().withRetry({ when })).result()).toThrow();
        expect(asked).toBe(3);
        asked = 0;
      }
      expect(() => go(closed.receive().withRetry({ attempts: 2, when: () => true })).result()).toThrow(ClosedError);
    });
  });

  it('4.10 `when` says false: fails at once with this error', () => {
    virtual(() => {
      const told = new Record();
      const when = (error: unknown) => (error as Error).message !== 'failure 2';
      failing(9, told).withRetry({ when }).subscribe(told.by('it'));
      at(9, () => expect(told.lines.at(-1)).toBe('it failed with failure 2'));
    });
  });

  it.each<[string, RetryOptions, string]>([
    ['when throws', { when: () => raise('no idea') }, 'it failed with no idea'],
    ['backoff throws', { backoff: () => raise('no idea') }, 'it failed with no idea'],
    ['backoff answers NaN', { backoff: () => NaN }, 'it failed with RangeError'],
    ['backoff answers -1', { backoff: () => -1 }, 'it failed with RangeError'],
  ])('fails with what its user’s code makes of it: %s', (_, options, outcome) => {
    virtual(() => {
      const told = new Record();
      failing(9, told).withRetry(options).subscribe(told.by('it'));
      at(9, () => expect(told.lines.at(-1)).toBe(outcome));
    });
  });

  it('says what backoff has answered, if that is no number', () => {
    virtual(() => {
      const errors: unknown[] = [];
      const backoff = (): number => undefined as unknown as number;
      failing(9, new Record())
        .withRetry({ backoff })
        .subscribe({ error: (error: unknown) => errors.push((error as Error).message) });
      at(9, () =>
        expect(errors).toEqual(['withRetry: what backoff returns must be a number of ms >= 0; got undefined']),
      );
    });
  });

  it('4.10 within: fails when so many failures fall into the last so many ms', () => {
    virtual(() => {
      const told = new Record();
      const delays = [0, 20, 20, 3, 3, 3];
      const op = failing(99, told, 1);
      op.withRetry({ attempts: 3, within: 10, backoff: (n) => delays[n]! }).subscribe(told.by('it'));
      // Failures at 1, 22, 43, 47, 51: the last three lie within 10 ms.
      at(99, () => expect(told.lines.slice(-2)).toEqual(['begins at 50', 'it failed with failure 5']));
    });
  });

  it('of what fails at once, without recursion', () => {
    let performed = 0;
    const op = until(throwError(() => new Error(`failure ${++performed}`)));
    virtual(() => {
      expect(() => go(op.withRetry({ attempts: 20_000 })).result()).toThrow('failure 20000');
    });
  });

  it('of an operation that is ready after a failure commits it, once', () => {
    virtual(() => {
      const told = new Record();
      const ch = channel<number>(4);
      const even = ch.receive().map((n) => {
        if (n % 2 === 1) throw new Error('odd');
        return n;
      });
      for (const n of [1, 3, 4, 6]) ch.trySend(n);
      even.withRetry({}).subscribe(told.by('it'));
      expect([told.lines, ch.size]).toEqual([['it got 4'], 1]);
      expect(poll(even.withRetry({}))).toEqual({ ok: true, value: 6 });
      expect(poll(even.withRetry({}))).toEqual({ ok: false, closed: false });
      expect(ch.statistics().waitingReceivers).toBe(0);
    });
  });

  it('says what it waits for: the operation, or the next try', () => {
    virtual(() => {
      const task = go(failing(9, new Record()).withRetry({ backoff: () => 10 }));
      expect(String(task)).toMatch(/waiting: coroutine#\d+, waiting: a sleep|waiting/);
      at(5, () => {
        expect(String(task)).toMatch(/waiting: the next try$/);
        task.cancel();
      });
    });
  });

  it('nests, maps and is a case of select', () => {
    virtual(() => {
      const told = new Record();
      const op = failing(3, told)
        .withRetry({ attempts: 2 })
        .withRetry({ attempts: 2 })
        .map((n) => n * 10);
      select({
        op,
        never: until(EMPTY)
          .map(() => 0)
          .withRetry({ backoff: () => Infinity }),
      }).subscribe(told.by('it'));
      at(9, () => expect(told.lines.at(-1)).toBe('it got op=40'));
    });
  });

  it.each(FORMS)(
    "1.14 leaves an end what it is: a select with onClosed: 'skip' switches it off: $form",
    ({ perform }) => {
      virtual(() => {
        const told = new Record();
        const ch = channel<number>();
        const choice = select({ op: ch.receive().withRetry({}), late: sleep(3) }, { onClosed: 'skip' });
        perform(choice, told.by('waiting'));
        at(1, () => {
          ch.close();
          perform(choice, told.by('later'));
        });
        at(9, () => expect(told.lines).toEqual(['waiting got late=undefined', 'later got late=undefined']));
      });
    },
  );

  it.each([undefined, 'why'])('1.11 of what has ended is closed to who polls, with the cause %s', (cause) => {
    const ch = channel<number>();
    ch.close(cause);
    const closed = { ok: false, closed: true };
    for (const op of [ch.receive(), ch.send(1), ch.receiveMany(2)])
      expect(poll<unknown>(op.withRetry({ attempts: 2 }))).toEqual(closed);
  });

  it('that is to be tried again by `when`, is: an end is a failure then', () => {
    const ch = channel<number>();
    ch.close();
    let asked = 0;
    const op = ch.receive().withRetry({ attempts: 3, when: () => ++asked > 0 });
    expect(() => poll(op)).toThrow(ClosedError);
    expect(asked).toBe(2);
  });

  it.each([
    [null, TypeError],
    [5, TypeError],
    [{ attempts: 0 }, RangeError],
    [{ attempts: 1.5 }, RangeError],
    [{ attempts: '3' }, RangeError],
    [{ within: 0 }, RangeError],
    [{ within: NaN }, RangeError],
    [{ backoff: 5 }, TypeError],
    [{ when: 'always' }, TypeError],
  ])('refuses %j at the call', (options, Wrong) => {
    expect(() => sleep(1).withRetry(options as never)).toThrow(Wrong);
    expect(() => sleep(1).withRetry(options as never)).toThrow(/^withRetry: /);
  });
});

function raise(message: string): never {
  throw new Error(message);
}
