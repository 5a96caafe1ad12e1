/* eslint-disable @typescript-eslint/require-await -- the body of an asynchronous run need not wait */
import { delay } from 'rxjs';
import { expect, it } from 'vitest';
import { jasmineMatchers, marbleMatchers, runMarbles, runMarblesAsync } from '../../src/testing/index.ts';
import './failing.ts';

it('toEmit holds, and with not it holds when something else is emitted', () => {
  runMarbles(({ cold }) => {
    expect(cold('-a|').pipe(delay(2))).toEmit('---(a|)');
    expect(cold('-a#', { a: 1 }, 'no')).toEmit('-x#', { x: expect.any(Number) }, 'no');
    expect(cold('-a|')).not.toEmit('-b|');
    expect(cold('-a|')).not.toEmit('--a|');
  });
});

it('toEmit fails the run at its end', () => {
  const fails = (test: Parameters<typeof runMarbles>[0]): void =>
    expect(() => runMarbles(test)).toThrow(/toEmit at test/);
  fails(({ cold }) => void expect(cold('-a|')).toEmit('-b|'));
  fails(({ cold }) => void expect(cold('-a|')).not.toEmit('-a|'));
});

it('toEmit belongs to the innermost run, and outside of all throws', async () => {
  await runMarblesAsync(async ({ cold }) => {
    expect(cold('-a|')).toEmit('-a|');
    runMarbles((inner) => void expect(inner.cold('-b|')).toEmit('-b|'));
  });
  const outside = (): unknown => marbleMatchers.toEmit(null, 'a');
  expect(outside).toThrow(/inside of runMarbles/);
});

it('jasmine has the same', () => {
  const { compare, negativeCompare } = jasmineMatchers.toEmit();
  runMarbles(({ cold }) => {
    expect(compare(cold('a'), 'a')).toEqual({ pass: true });
    expect(negativeCompare(cold('a'), 'b')).toEqual({ pass: true });
  });
  expect(() => runMarbles(({ cold }) => compare(cold('a'), 'b'))).toThrow(/^expected {2}b$/m);
  expect(() => runMarbles(({ cold }) => negativeCompare(cold('a'), 'a'))).toThrow(/anything but this/);
});
