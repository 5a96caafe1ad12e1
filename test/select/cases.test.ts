import { describe, expect, it } from 'vitest';
import { channel, mergeSelect, select, trySelect } from '../../src/index.ts';

describe('select rejects where it is written', () => {
  it.each([
    ['a number', 5, '5'],
    ['a string of no use is still iterable, a plain object is not', { x: 1 }, 'an object'],
    ['a function', () => undefined, 'function'],
    ['true', true, 'true'],
  ])('a case that cannot be one: %s', (_, odd, word) => {
    const cases = { fine: channel(), odd: odd as never };
    expect(() => select(cases)).toThrow(TypeError);
    expect(() => select(cases)).toThrow(/case odd must be .*; got /);
    expect(() => select(cases)).toThrow(word);
  });

  it('an order that is neither fair nor priority, with the value', () => {
    const order = 'random' as 'fair';
    for (const call of [select, trySelect]) {
      expect(() => call({ a: channel() }, { order })).toThrow(TypeError);
      expect(() => call({ a: channel() }, { order })).toThrow('"random"');
    }
    expect(() => mergeSelect({ a: channel() }, { order })).toThrow(TypeError);
    expect(() => mergeSelect({ a: channel() }, { order })).toThrow('"random"');
  });

  it('an onClosed that is neither fail nor skip, with the value', () => {
    const onClosed = 'ignore' as 'skip';
    expect(() => select({ a: channel() }, { onClosed })).toThrow(TypeError);
    expect(() => select({ a: channel() }, { onClosed })).toThrow('"ignore"');
  });

  it('a source of mergeSelect that is no channel, with its key', () => {
    expect(() => mergeSelect({ a: channel(), odd: 5 as never })).toThrow(TypeError);
    expect(() => mergeSelect({ a: channel(), odd: 5 as never })).toThrow(/source odd .* 5/);
  });
});
