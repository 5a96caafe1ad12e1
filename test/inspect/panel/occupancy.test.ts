import { describe, expect, it } from 'vitest';
import { broadcast, channel, gate, jobQueue, mutex, queue, semaphore, stateOwner } from '../../../src/index.ts';
import { particularsOf, shareOf } from '../../../src/inspect/panel/occupancy.ts';

const of = (kind: string, place: object): ReturnType<typeof particularsOf> =>
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- ours tell of themselves
  particularsOf({ kind, name: 'x', text: String(place), waiting: [] });

describe('how full a place is', () => {
  it('is told of a channel by its bound, with who waits', () => {
    const orders = channel<number>({ name: 'orders (new)', capacity: 2 });
    expect(of('channel', orders)).toEqual({ fill: { used: 0, capacity: 2 }, brief: '0/2', rest: '' });
    for (const value of [1, 2, 3]) orders.send(value).subscribe();
    expect(of('channel', orders)).toEqual({ fill: { used: 2, capacity: 2 }, brief: '2/2', rest: '1 sending' });
    orders.close();
    expect(of('channel', orders).rest).toBe('1 sending, draining');
  });

  it('is told of one without bound, too', () => {
    const orders = channel<number>({ capacity: Infinity });
    orders.trySend(1);
    expect(of('channel', orders)).toEqual({ fill: { used: 1, capacity: Infinity }, brief: '1/∞', rest: '' });
  });

  it('is told of what is counted in another way', () => {
    const jobs = jobQueue<number, never>(() => [], { name: 'jobs' });
    expect(of('jobQueue', jobs)).toEqual({ fill: null, brief: 'open', rest: '' });
    expect(of('stateOwner', stateOwner(0))).toEqual({
      fill: { used: 0, capacity: Infinity },
      brief: '0 pending',
      rest: 'idle',
    });
    expect(of('broadcast', broadcast())).toMatchObject({ fill: null, brief: '0 taps' });
    expect(of('queue', queue({ capacity: 3 }))).toMatchObject({ fill: { used: 0, capacity: 3 }, brief: '0/3' });
  });

  it('is told of permits and of locks', () => {
    const permits = semaphore(3);
    permits.tryAcquire();
    expect(of('semaphore', permits)).toEqual({ fill: { used: 1, capacity: 3 }, brief: '1/3', rest: 'held' });
    const lock = mutex();
    expect(of('mutex', lock)).toEqual({ fill: { used: 0, capacity: 1 }, brief: 'open', rest: '' });
    lock.tryLock();
    lock.lock().subscribe();
    expect(of('mutex', lock)).toEqual({ fill: { used: 1, capacity: 1 }, brief: 'locked', rest: '1 waiting' });
  });

  it('is nothing of what holds nothing, or tells nothing', () => {
    expect(of('gate', gate())).toEqual({ fill: null, brief: 'clear', rest: '' });
    expect(particularsOf({ kind: 'thing', name: 'x', text: 'x', waiting: [] })).toEqual({
      fill: null,
      brief: '',
      rest: '',
    });
  });

  it('is measured by the bound, or else by the most that was seen', () => {
    expect(shareOf({ used: 1, capacity: 4 }, 9)).toBe(0.25);
    expect(shareOf({ used: 5, capacity: 4 }, 9)).toBe(1);
    expect(shareOf({ used: 0, capacity: 0 }, 9)).toBe(0);
    expect(shareOf({ used: 3, capacity: Infinity }, 6)).toBe(0.5);
    expect(shareOf({ used: 0, capacity: Infinity }, 0)).toBe(0);
  });
});
