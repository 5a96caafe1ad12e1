import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextCounter } from '../../../examples/survey/text-counter.ts';

interface Sum {
  lines: number;
  words: number;
  identifiers: Record<string, number>;
}

function sumOf(pieces: readonly Uint8Array[]): Sum {
  const counter = new TextCounter();
  const identifiers = new Map<string, number>();
  let lines = 0;
  let words = 0;
  for (const counts of [...pieces.map((piece) => counter.count(piece)), counter.end()]) {
    lines += counts.lines;
    words += counts.words;
    for (const [name, times] of counts.identifiers) identifiers.set(name, (identifiers.get(name) ?? 0) + times);
  }
  expect([counter.lines, counter.words]).toEqual([lines, words]);
  return { lines, words, identifiers: Object.fromEntries([...identifiers].sort()) };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const cut = (whole: Uint8Array, at: readonly number[]): Uint8Array[] =>
  [0, ...at].map((from, i) => whole.subarray(from, at[i] ?? whole.length));
const bytewise = (whole: Uint8Array): Uint8Array[] => cut(whole, [...whole.keys()].slice(1));

describe('counting a text', () => {
  it('counts line breaks, runs of what is not white space, and what has the shape of an identifier', () => {
    expect(sumOf([bytes('let $x = naïve_1 + 0x1f;\n// naïve_1,\tx.y\n\nend')])).toEqual({
      lines: 3,
      words: 10,
      identifiers: { $x: 1, end: 1, let: 1, naïve_1: 2, x: 1, y: 1 },
    });
  });

  it('finds nothing in nothing', () => {
    expect(sumOf([])).toEqual({ lines: 0, words: 0, identifiers: {} });
    expect(sumOf([bytes('')])).toEqual({ lines: 0, words: 0, identifiers: {} });
  });

  it('counts the same when every byte comes alone, also those of one character', () => {
    const text = 'größe 日本語 𝒳y 😀😀z\u00a0ß\nlast';
    expect(sumOf(bytewise(bytes(text)))).toEqual({
      lines: 1,
      words: 6,
      identifiers: { größe: 1, last: 1, z: 1, ß: 1, 日本語: 1, 𝒳y: 1 },
    });
  });

  it('counts the same wherever the pieces end', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('ab1$_ \n\té日😀𝒳,\u2028')), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(160)), (chosen, at) => {
        const whole = bytes(chosen);
        const places = at.map((place) => place % (whole.length + 1)).sort((a, b) => a - b);
        expect(sumOf(cut(whole, places))).toEqual(sumOf([whole]));
      }),
    );
  });

  it('takes any bytes for text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (whole) => {
        expect(sumOf(bytewise(whole))).toEqual(sumOf([whole]));
      }),
    );
  });

  it('counts an endless word once, and does not take it for an identifier', () => {
    const piece = bytes('x'.repeat(1000));
    expect(sumOf([...Array<Uint8Array>(50).fill(piece), bytes(' x')])).toEqual({
      lines: 0,
      words: 2,
      identifiers: { x: 1 },
    });
  });
});
