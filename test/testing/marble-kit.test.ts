import { describe, expect, it } from 'vitest';
import { channel, coroutine, go, sleep } from '../../src/index.ts';
import { DeadlockError, runMarbles } from '../../src/testing/index.ts';

describe('pull', () => {
  it('receives once at each marble, and completes with the channel', () => {
    runMarbles(({ pull, expectObservable }) => {
      const ch = channel<string>(3);
      for (const v of 'abc') ch.trySend(v);
      expectObservable(pull(ch, '--x-x------x')).toBe('--a-b------(c|)');
      sleep(5).subscribe(() => ch.close());
    });
  });

  it('waits where there is nothing, in line', () => {
    runMarbles(({ cold, pull, expectObservable }) => {
      const ch = channel<string>();
      expectObservable(pull(ch, 'xx-----x')).toBe('---ab--c');
      expectObservable(cold('---abc')).toBe('---abc');
      cold('---abc').subscribe((v) => ch.send(v).subscribe());
    });
  });

  it('counts from its subscription, and withdraws when it is left', () => {
    runMarbles(({ pull, expectObservable }) => {
      const ch = channel<string>({ capacity: 2 });
      expectObservable(pull(ch, '-x'), '--^--!').toBe('------');
      sleep(6).subscribe(() => ch.trySend('a'));
      sleep(7).subscribe(() => expect(ch.size).toBe(1));
    });
  });

  it("errs with the channel's cause, without demand too", () => {
    runMarbles(({ pull, expectObservable }) => {
      const ch = channel<string>();
      expectObservable(pull(ch, '-')).toBe('---#', undefined, 'cause');
      sleep(3).subscribe(() => ch.close('cause'));
    });
  });

  it('refuses a demand that makes no sense', () => {
    expect(() => runMarbles(({ pull }) => pull(channel(), '-#'))).toThrow(/demand/);
  });
});

describe('expectIdle', () => {
  const left = (body: () => void): DeadlockError | null => {
    try {
      runMarbles(({ expectIdle }) => {
        expectIdle();
        body();
      });
      return null;
    } catch (error) {
      expect(error).toBeInstanceOf(DeadlockError);
      return error as DeadlockError;
    }
  };

  it('holds when everything has ended, was withdrawn, or was cancelled', () => {
    const ch = channel<string>();
    expect(
      left(() => {
        go(function* () {
          yield* sleep(5);
        });
        ch.receive().subscribe().unsubscribe();
        ch.subscribe().unsubscribe();
        void go(function* () {
          yield* ch.receive();
        }).cancel();
      }),
    ).toBe(null);
  });

  it('names each task with what it waits for, and since when', () => {
    const error = left(() => {
      const jobs = channel<string>({ name: 'jobs' });
      go(
        function* () {
          yield* sleep(2);
          jobs.trySend('x');
          yield* sleep(1);
          yield* jobs.receive();
        },
        { name: 'worker' },
      );
    });
    expect(error?.blocked).toEqual(['worker: receive on jobs, since frame 3']);
    expect(error?.message).toContain('worker: receive on jobs, since frame 3');
  });

  it('counts only tasks as blocked, and names observers too', () => {
    const error = left(() => {
      const jobs = channel<string>({ name: 'jobs' });
      jobs.receive().subscribe();
      jobs.subscribe();
      coroutine(function* () {
        yield* jobs.receive();
      }).subscribe();
    });
    expect(error?.blocked).toEqual([]);
    expect(error?.message.match(/an observer/g)).toHaveLength(3);
  });

  it('tells of failed expectations too', () => {
    expect(() =>
      runMarbles(({ cold, expectIdle, expectObservable }) => {
        expectIdle();
        channel().receive().subscribe();
        expectObservable(cold('a')).toBe('b');
      }),
    ).toThrow(/an observer[^]*^expected {2}b$/m);
  });

  it('names as many as there are', () => {
    const ch = channel<number>();
    const error = left(() => {
      for (let i = 0; i < 2500; i++) ch.receive().subscribe();
    });
    expect(error?.message.match(/an observer/g)).toHaveLength(2500);
  });

  it('forgets waiters that are gone, however many there were', () => {
    const ch = channel<number>();
    expect(
      left(() => {
        for (let i = 0; i < 5000; i++) ch.receive().subscribe().unsubscribe();
        for (let i = 0; i < 5000; i++) {
          ch.receive().subscribe();
          ch.trySend(i);
        }
      }),
    ).toBe(null);
  });
});
