// In vitest: the matcher is registered once, its type is declared once.
import { delay } from 'rxjs';
import { marbleMatchers, runMarbles, runMarblesAsync } from 'rxsluice/testing';
import { expect, test } from 'vitest';

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as it is declared there
  interface Matchers<T = any> {
    toEmit(marbles: string, values?: Record<string, unknown>, error?: unknown): T;
  }
}
expect.extend(marbleMatchers);

test('a run holds', () => {
  runMarbles(({ cold }) => {
    expect(cold('-a|').pipe(delay(2))).toEmit('---(a|)');
    expect(cold('-a|', { a: 7 })).toEmit('-x|', { x: expect.any(Number) });
    expect(cold('-a|')).not.toEmit('a|');
  });
});

test('a run fails with a picture', () => {
  const fails = (): unknown => runMarbles(({ cold }) => expect(cold('-a|')).toEmit('a-|'));
  expect(fails).toThrow(/^expected {2}a-\|\nreceived {2}-a\|$/m);
  expect(() => runMarbles(({ cold }) => expect(cold('-a|')).not.toEmit('-a|'))).toThrow(/anything but this/);
});

test('an asynchronous run holds', async () => {
  await runMarblesAsync(async () => {
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    expect(Date.now()).toBe(60_000);
  });
});
