import { describe, expect, it } from 'vitest';
import { channel, deferred, go } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { virtual } from '../virtual.ts';

// Where coroutines take part, time is virtual: a turn has no budget there, and all is over when the call returns.

const MESSAGES = 1_000_000;
const WAITERS = 100_000;

describe('1.5 the stack does not grow', () => {
  it.each([0, 1])('with a million messages of coroutines at ping-pong, capacity %d', async (capacity) => {
    const there = channel<number>(capacity);
    const back = channel<number>(capacity);
    const ping = go(function* () {
      let sum = 0;
      for (let n = 0; n < MESSAGES / 2; n++) {
        yield* there.send(n);
        sum += yield* back.receive();
      }
      return sum;
    });
    const pong = go(function* () {
      for (let n = 0; n < MESSAGES / 2; n++) yield* back.send(1 + (yield* there.receive()));
    });
    expect(await ping.promise()).toBe(((MESSAGES / 2) * (MESSAGES / 2 + 1)) / 2);
    await pong.promise();
    check(there, back);
  });

  it('with a million messages of subscribers at ping-pong', () => {
    const there = channel<number>(1);
    const back = channel<number>(1);
    let last = 0;
    there.subscribe((n) => back.trySend(n + 1));
    back.subscribe((n) => (last = n) < MESSAGES && there.trySend(n + 1));
    there.trySend(1);
    check(there, back);
    expect(last).toBe(MESSAGES);
  });

  it('with subscribers that wait for each other to take: capacity 0', () => {
    const there = channel<number>();
    const back = channel<number>();
    let last = 0;
    there.subscribe((n) => back.send(n + 1).subscribe());
    back.subscribe((n) => (last = n) < MESSAGES / 10 && there.send(n + 1).subscribe());
    there.trySend(1);
    check(there, back);
    expect(last).toBe(MESSAGES / 10);
  });

  it.each(FORMS)('with 100 000 receivers that a close releases at once: $form', ({ perform }) => {
    const ch = channel<number>();
    let told = 0;
    const observer = { next: () => undefined, error: () => told++, complete: () => undefined };
    virtual(() => {
      for (let i = 0; i < WAITERS; i++) perform(ch.receive(), observer);
      ch.close();
    });
    check(ch);
    expect(told).toBe(WAITERS);
  });

  it.each(FORMS)('with 100 000 senders that a cancel releases at once: $form', ({ perform }) => {
    const ch = channel<number>();
    let told = 0;
    const observer = { next: () => undefined, error: () => told++, complete: () => undefined };
    virtual(() => {
      for (let i = 0; i < WAITERS; i++) perform(ch.send(i), observer);
      ch.cancel();
    });
    check(ch);
    expect(told).toBe(WAITERS);
  });

  it.each(FORMS)('with 100 000 senders that one subscriber releases, one by one: $form', ({ perform }) => {
    const ch = channel<number>();
    let told = 0;
    let received = 0;
    const observer = { next: () => told++, error: () => undefined, complete: () => undefined };
    virtual(() => {
      for (let i = 0; i < WAITERS; i++) perform(ch.send(i), observer);
      ch.subscribe((n) => {
        if (n === received) received++;
      });
    });
    check(ch);
    expect([told, received]).toEqual([WAITERS, WAITERS]);
  });

  it.each(FORMS)('with 100 000 receivers that are released one by one: $form', ({ perform }) => {
    const ch = channel<number>();
    let next = 0;
    const observer = { next: (n: number) => n === next && next++, error: () => undefined, complete: () => undefined };
    virtual(() => {
      for (let i = 0; i < WAITERS; i++) perform(ch.receive(), observer);
      for (let i = 0; i < WAITERS; i++) ch.trySend(i);
    });
    check(ch);
    expect(next).toBe(WAITERS);
  });

  it.each(FORMS)('with 100 000 who wait for one future: $form', ({ perform }) => {
    const future = deferred<number>();
    let told = 0;
    const observer = { next: () => told++, error: () => undefined, complete: () => undefined };
    virtual(() => {
      for (let i = 0; i < WAITERS; i++) perform(future, observer);
      future.resolve(1);
    });
    check(future);
    expect(told).toBe(WAITERS);
  });

  it('with a chain of 100 000 coroutines, each of which wakes the next', () => {
    const links = Array.from({ length: WAITERS + 1 }, () => deferred<number>());
    const told = new Record();
    virtual(() => {
      for (let i = 0; i < WAITERS; i++)
        go(function* () {
          links[i + 1]!.resolve((yield* links[i]!) + 1);
        });
      links[WAITERS]!.subscribe(told.by('the last'));
      links[0]!.resolve(0);
    });
    expect(told.lines).toEqual([`the last got ${WAITERS}`]);
  });
});
