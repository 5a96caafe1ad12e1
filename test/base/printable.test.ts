import { describe, expect, it } from 'vitest';
import { printable } from '../../src/base/printable.ts';

const from = (...codes: number[]): string => codes.map((code) => String.fromCharCode(code)).join('');

describe('text that is shown', () => {
  it('stays as it is where every character can be seen', () => {
    for (const text of ['', 'orders', 'größe ≥ 1', '読む 🚦', 'a b', from(0xff), from(0x100)])
      expect(printable(text)).toBe(text);
  });

  it.each([
    ['\n', '\\n'],
    ['\r', '\\r'],
    ['\t', '\\t'],
    [from(0), '\\x00'],
    [from(0x1b), '\\x1b'],
    [from(0x9f), '\\x9f'],
    [from(0x61c), '\\u061c'],
    [from(0x2028), '\\u2028'],
    [from(0x202e), '\\u202e'],
    [from(0xd800), '\\ud800'],
    [from(0xfffe), '\\ufffe'],
  ])('escapes %j as %s', (text, shown) => {
    expect(printable(`a${text}b`)).toBe(`a${shown}b`);
  });

  it('escapes all of it, and nothing twice', () => {
    const shown = printable('\n\n\u0007');
    expect([shown, printable(shown)]).toEqual(['\\n\\n\\x07', '\\n\\n\\x07']);
  });
});
