// What a channel makes of a store that refuses values, as that of a queue does whose comparison throws.

import { describe, expect, it } from 'vitest';
import { Names } from '../../src/base/names.ts';
import { Ring } from '../../src/base/ring.ts';
import { Channel } from '../../src/channel/channel.ts';
import type { ChannelOptions } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { reportsOf } from '../virtual.ts';

/** Refuses what is below zero. */
class Picky extends Ring<number> {
  override push(value: number): void {
    if (value < 0) throw new Error(`${value} refused`);
    super.push(value);
  }
  override displace(value: number): number {
    if (value < 0) throw new Error(`${value} refused`);
    return super.displace(value);
  }
}

const picky = (options: ChannelOptions<number>) =>
  new Channel<number>(options, { names: new Names('channel'), store: new Picky(), bound: null });

describe('a value that the store refuses', () => {
  it.each(FORMS)('fails its send, and nothing of it is in: $form', ({ perform }) => {
    const told = new Record();
    const ch = picky({ capacity: 2 });
    for (const n of [1, -2, 3]) perform(ch.send(n), told.by(String(n)));
    check(ch);
    expect(told.lines).toEqual(['1 got undefined', '-2 failed with -2 refused', '3 got undefined']);
    expect(ch.statistics()).toMatchObject({ sent: 2, buffered: 2, undelivered: 0 });
  });

  it.each(FORMS)('fails a send that waited, as it moves in, and the slot is the next one’s: $form', ({ perform }) => {
    const told = new Record();
    const ch = picky({ capacity: 1 });
    ch.trySend(0);
    for (const n of [-1, -2, 3, 4]) perform(ch.send(n), told.by(String(n)));
    ch.tryReceive();
    check(ch);
    expect([...told.lines].sort()).toEqual([
      '-1 failed with -1 refused',
      '-2 failed with -2 refused',
      '3 got undefined',
    ]);
    expect(ch.statistics()).toMatchObject({ sent: 2, buffered: 1, waitingSenders: 1, undelivered: 0 });
  });

  it('evicts nothing', () => {
    const lost: unknown[] = [];
    const ch = picky({ capacity: 1, overflow: 'dropOldest', onUndelivered: (value) => lost.push(value) });
    const reported = reportsOf(() => {
      ch.trySend(1);
      expect(ch.trySend(-2)).toBe(false);
    });
    check(ch);
    expect([reported, lost, ch.size]).toEqual([[new Error('-2 refused')], [], 1]);
  });
});
