import { describe, expect, it } from 'vitest';
import { type CancelledError, channel, channelFrom, produce, sleep, toReadableStream } from '../../src/index.ts';

describe('2.13 toReadableStream', () => {
  it('takes nothing before it is read, then one value per read', async () => {
    let asked = 0;
    const counted = {
      *[Symbol.iterator]() {
        while (asked < 100) yield asked++;
      },
    };
    const reader = toReadableStream(channelFrom(counted)).getReader();
    await Promise.resolve();
    const before = asked;
    const read = [await reader.read(), await reader.read()];
    expect([before, read, asked]).toEqual([
      0,
      [
        { done: false, value: 0 },
        { done: false, value: 1 },
      ],
      2,
    ]);
  });

  it('closes when the channel ends', async () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    ch.close();
    const reader = toReadableStream(ch).getReader();
    expect([await reader.read(), await reader.read()]).toEqual([
      { done: false, value: 1 },
      { done: true, value: undefined },
    ]);
  });

  it('errs with the close cause', async () => {
    const ch = channel<number>();
    const cause = new Error('cause');
    ch.close(cause);
    await expect(toReadableStream(ch).getReader().read()).rejects.toBe(cause);
  });

  it('cancelling it cancels the channel, with that reason, also while a read waits', async () => {
    const ch = channel<number>();
    const reader = toReadableStream(ch).getReader();
    const read = reader.read();
    await reader.cancel('why');
    const reasons: unknown[] = [];
    ch.receive().subscribe({ error: (error: unknown) => reasons.push((error as CancelledError).reason) });
    expect([await read, reasons]).toEqual([{ done: true, value: undefined }, ['why']]);
  });
});

describe('1.14 toReadableStream', () => {
  it('that is cancelled has been when the clean-up of its producer has ended', async () => {
    const told: string[] = [];
    const numbers = produce<number>(function* (out) {
      try {
        yield* out.send(1);
        yield* sleep(1000);
      } finally {
        yield* sleep(5);
        told.push('clean');
      }
    });
    const reader = toReadableStream(numbers).getReader();
    told.push(`read ${(await reader.read()).value}`);
    await reader.cancel('enough');
    told.push('cancelled');
    expect(told).toEqual(['read 1', 'clean', 'cancelled']);
  });
});
