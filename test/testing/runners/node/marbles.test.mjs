// In Node's own runner: nothing to set up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delay } from 'rxjs';
import { runMarbles, runMarblesAsync } from 'rxsluice/testing';

test('a run holds', () => {
  runMarbles(({ cold, expectObservable }) => {
    expectObservable(cold('-a|').pipe(delay(2))).toBe('---(a|)');
  });
});

test('a run fails with a picture', () => {
  const fails = () => runMarbles(({ cold, expectObservable }) => expectObservable(cold('-a|')).toBe('a-|'));
  assert.throws(fails, /^expected {2}a-\|\nreceived {2}-a\|$/m);
});

test('an asynchronous run holds', async () => {
  await runMarblesAsync(async () => {
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    assert.equal(Date.now(), 60_000);
  });
});
