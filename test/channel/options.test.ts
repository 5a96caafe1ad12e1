import { describe, expect, it } from 'vitest';
import { Channel, channel } from '../../src/index.ts';
import { OVERFLOWS } from '../../src/channel/options.ts';

describe('the options of a channel', () => {
  it.each([-1, 0.5, NaN, -Infinity, '5' as never, null as never, {} as never])(
    'refuse the capacity %s with a RangeError that shows it',
    (capacity) => {
      expect(() => channel({ capacity })).toThrow(RangeError);
      expect(() => channel({ capacity })).toThrow(/^channel: capacity must be an integer >= 0, or Infinity; got /);
    },
  );

  it('refuse a wrong capacity that is given alone, too', () => {
    expect(() => channel(-1)).toThrow(new RangeError('channel: capacity must be an integer >= 0, or Infinity; got -1'));
    expect(() => channel('1' as never)).toThrow(/got "1"$/);
  });

  it('refuse an unknown overflow with a TypeError that shows it', () => {
    expect(() => channel({ capacity: 1, overflow: 'drop' as never })).toThrow(
      new TypeError('channel: overflow must be suspend or dropOldest or dropNewest or fail; got "drop"'),
    );
  });

  it.each([
    ['dropOldest', { overflow: 'dropOldest' } as const],
    ['conflate', { conflate: (a: unknown) => a }],
  ])('2.3 refuse %s at capacity 0 with a RangeError', (policy, options) => {
    const message = `channel: ${policy} replaces a buffered value, it needs capacity >= 1; got capacity 0`;
    expect(() => channel(options)).toThrow(new RangeError(message));
    expect(() => channel({ ...options, capacity: 0 })).toThrow(new RangeError(message));
  });

  it.each(OVERFLOWS)('2.4 refuse conflate beside overflow %s with a TypeError', (overflow) => {
    expect(() => channel({ capacity: 1, overflow, conflate: (a: unknown) => a })).toThrow(
      new TypeError(`channel: conflate is a policy of its own, it cannot be combined with overflow: '${overflow}'`),
    );
  });

  it.each(['conflate', 'onUndelivered'] as const)('refuse a %s that is no function with a TypeError', (hook) => {
    expect(() => channel({ capacity: 1, [hook]: 5 })).toThrow(
      new TypeError(`channel: ${hook} must be a function; got 5`),
    );
  });

  it('may be left out, or undefined', () => {
    expect([channel(), channel({}), channel(undefined as never)].map((ch) => ch.capacity)).toEqual([0, 0, 0]);
    expect(channel({ capacity: 3 })).toBeInstanceOf(Channel);
  });

  it('show in what the channel says of itself', () => {
    const ch = channel({ capacity: 3, name: 'orders' });
    expect([ch.name, ch.capacity, ch.size, ch.isClosed]).toEqual(['orders', 3, 0, false]);
  });
});
