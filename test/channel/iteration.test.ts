import { describe, expect, it } from 'vitest';
import { channel } from '../../src/index.ts';
import { check, Record } from '../record.ts';

const END = { done: true, value: undefined };

describe('2.12 for await', () => {
  it('gives the values in order, and ends with the channel', async () => {
    const ch = channel<number>(Infinity);
    for (const n of [1, 2, 3]) ch.trySend(n);
    ch.close();
    const values: number[] = [];
    for await (const n of ch) values.push(n);
    check(ch);
    expect(values).toEqual([1, 2, 3]);
  });

  it('takes undefined for a value', async () => {
    const ch = channel<undefined>(1);
    ch.trySend(undefined);
    ch.close();
    let count = 0;
    for await (const value of ch) {
      expect(value).toBe(undefined);
      count++;
    }
    expect(count).toBe(1);
  });

  it('throws the cause after the last value', async () => {
    const told = new Record();
    const ch = channel<number>(1);
    ch.trySend(1);
    ch.close(new Error('cause'));
    try {
      for await (const n of ch) told.add(`got ${n}`);
    } catch (error) {
      told.by('loop').error(error);
    }
    expect(told.lines).toEqual(['got 1', 'loop failed with cause']);
  });

  it('throws when the channel is cancelled', async () => {
    const ch = channel<number>();
    const pending = ch[Symbol.asyncIterator]().next();
    ch.cancel('enough');
    await expect(pending).rejects.toMatchObject({ name: 'CancelledError', reason: 'enough' });
  });

  it('asks for one value at a time: it takes none before it is asked, nor while the body runs', async () => {
    const sizes: number[] = [];
    const ch = channel<number>(3);
    for (const n of [1, 2, 3]) ch.trySend(n);
    const iterator = ch[Symbol.asyncIterator]();
    sizes.push(ch.size);
    await iterator.next();
    sizes.push(ch.size);
    for await (const n of { [Symbol.asyncIterator]: () => iterator }) {
      sizes.push(ch.size);
      await Promise.resolve(n);
      sizes.push(ch.size);
      if (n === 3) break;
    }
    expect(sizes).toEqual([3, 2, 1, 1, 0, 0]);
  });

  it('left by break takes nothing more, and does not close the channel', async () => {
    const ch = channel<number>(3);
    for (const n of [1, 2, 3]) ch.trySend(n);
    for await (const n of ch) if (n === 1) break;
    check(ch);
    expect([ch.size, ch.isClosed, ch.statistics().waitingReceivers]).toEqual([2, false, 0]);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 2 });
  });

  it('left by a throw takes nothing more either', async () => {
    const ch = channel<number>(3);
    for (const n of [1, 2]) ch.trySend(n);
    await expect(
      (async () => {
        for await (const n of ch) throw new Error(`thrown at ${n}`);
      })(),
    ).rejects.toThrow('thrown at 1');
    expect([ch.size, ch.isClosed]).toEqual([1, false]);
  });
});

describe('2.12 an iterator', () => {
  it('that returns while a next is pending settles both, and withdraws', async () => {
    const ch = channel<number>();
    const iterator = ch[Symbol.asyncIterator]();
    const next = iterator.next();
    const left = iterator.return!();
    check(ch);
    expect(ch.statistics().waitingReceivers).toBe(0);
    expect(await Promise.all([next, left])).toEqual([END, END]);
    expect(ch.trySend(1)).toBe(false);
  });

  it('gives nothing more once it has returned', async () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    const iterator = ch[Symbol.asyncIterator]();
    await iterator.return!();
    expect(await iterator.next()).toEqual(END);
    expect(await iterator.return!()).toEqual(END);
    expect(ch.size).toBe(1);
  });

  it('lets a second next wait for the first', async () => {
    const told = new Record();
    const ch = channel<number>();
    const iterator = ch[Symbol.asyncIterator]();
    const calls = [1, 2, 3].map(async (call) => {
      const { value, done } = await iterator.next();
      told.add(`call ${call}: ${String(value)} ${done === true ? 'end' : ''}`.trim());
    });
    told.add(`${ch.statistics().waitingReceivers} waits`);
    ch.trySend(1);
    ch.trySend(2);
    check(ch);
    ch.close();
    await Promise.all(calls);
    expect(told.lines).toEqual(['1 waits', 'call 1: 1', 'call 2: 2', 'call 3: undefined end']);
  });

  it('serves many calls that were made before there were values', async () => {
    const ch = channel<number>(Infinity);
    const iterator = ch[Symbol.asyncIterator]();
    const calls = Array.from({ length: 10_000 }, () => iterator.next());
    for (let n = 0; n < 10_000; n++) ch.trySend(n);
    const results = await Promise.all(calls);
    expect(results.every(({ value }, n) => value === n)).toBe(true);
  });

  it('that fails settles the call that asked with the cause, and the others with the end', async () => {
    const ch = channel<number>();
    const iterator = ch[Symbol.asyncIterator]();
    const calls = [iterator.next(), iterator.next()];
    ch.close(new Error('cause'));
    const [first, second] = await Promise.allSettled(calls);
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'cause' } });
    expect(second).toEqual({ status: 'fulfilled', value: END });
    expect(await iterator.next()).toEqual(END);
  });

  it('that is returned by the callback of the sender that it meets gives the value back', async () => {
    const ch = channel<number>();
    const iterator = ch[Symbol.asyncIterator]();
    ch.send(1).subscribe({ complete: () => void iterator.return!() });
    expect(await iterator.next()).toEqual(END);
    check(ch);
    expect(ch.tryReceive()).toEqual({ ok: true, value: 1 });
  });

  it('competes with others for each value', async () => {
    const ch = channel<number>(Infinity);
    const a = ch[Symbol.asyncIterator]();
    const b = ch[Symbol.asyncIterator]();
    const results = [a.next(), b.next(), a.next(), b.next()];
    for (const n of [1, 2, 3, 4]) ch.trySend(n);
    expect((await Promise.all(results)).map(({ value }) => value as number)).toEqual([1, 2, 3, 4]);
  });
});
