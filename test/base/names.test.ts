import { describe, expect, it } from 'vitest';
import { Names } from '../../src/base/names.ts';

describe('what has no name', () => {
  it('is called by kind and number, from 1', () => {
    const names = new Names('channel');
    expect([names.draw(), names.draw()].map((number) => names.spell(number))).toEqual(['channel#1', 'channel#2']);
  });

  it('has no number in its title when it has a name', () => {
    const names = new Names('channel');
    expect([names.title(undefined, 3), names.title('orders', 3)]).toEqual(['channel#3', 'channel orders']);
  });
});
