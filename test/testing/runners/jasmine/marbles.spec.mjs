// In jasmine, whose matchers have a form of their own.
import { delay } from 'rxjs';
import { jasmineMatchers, runMarbles, runMarblesAsync } from 'rxsluice/testing';
/* global beforeEach, describe, expect, it, jasmine */

describe('rxsluice/testing', () => {
  beforeEach(() => jasmine.addMatchers(jasmineMatchers));

  it('holds', () => {
    runMarbles(({ cold }) => {
      expect(cold('-a|').pipe(delay(2))).toEmit('---(a|)');
      expect(cold('-a|', { a: 7 })).toEmit('-x|', { x: jasmine.any(Number) });
      expect(cold('-a|', { a: { id: 7, n: 1 } })).toEmit('-x|', { x: jasmine.objectContaining({ id: 7 }) });
      expect(cold('-a|')).not.toEmit('a|');
    });
  });

  it('fails with a picture', () => {
    const fails = () => runMarbles(({ cold }) => expect(cold('-a|')).toEmit('a-|'));
    expect(fails).toThrowError(/^expected {2}a-\|\nreceived {2}-a\|$/m);
    expect(() => runMarbles(({ cold }) => expect(cold('-a|')).not.toEmit('-a|'))).toThrowError(/anything but this/);
  });

  it('holds in an asynchronous run', async () => {
    await runMarblesAsync(async () => {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      expect(Date.now()).toBe(60_000);
    });
  });
});
