// Random scripts on a channel over a port, and the same on one in memory: who gets what is the same, and nothing is lost or made.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channel, type ReceiveChannel, type SendChannel } from '../../src/index.ts';
import { runs } from '../random.ts';
import { pair, settled } from './ports.ts';

type Step =
  | { readonly do: 'send' | 'trySend' | 'receive' | 'tryReceive' | 'subscribe' | 'close' | 'cancel' }
  | { readonly do: 'withdraw'; readonly nth: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'send' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'trySend' }) },
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'receive' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'tryReceive' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'subscribe' }) },
  { weight: 4, arbitrary: fc.nat(20).map<Step>((nth) => ({ do: 'withdraw', nth })) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'close' }, { do: 'cancel' }) },
);

/** What happened, by party: the order between two threads is nobody's. */
class Play {
  readonly heard = new Map<string, string[]>();
  readonly #out: SendChannel<number>;
  readonly #into: ReceiveChannel<number>;
  readonly #waiting: { unsubscribe(): void }[] = [];
  #next = 0;

  constructor(out: SendChannel<number>, into: ReceiveChannel<number>) {
    this.#out = out;
    this.#into = into;
  }

  perform(script: Step, number: number): void {
    const hear = (what: string): void => {
      const name = `${number} ${script.do}`;
      this.heard.set(name, [...(this.heard.get(name) ?? []), what]);
    };
    const observer = {
      next: (value: unknown) => hear(value === undefined ? 'undefined' : JSON.stringify(value)),
      error: (error: unknown) => hear((error as Error).name),
      complete: () => hear('completed'),
    };
    switch (script.do) {
      case 'send':
        this.#waiting.push(this.#out.send(this.#next++).subscribe(observer));
        return;
      case 'trySend':
        hear(String(this.#out.trySend(this.#next++)));
        return;
      case 'receive':
        this.#waiting.push(this.#into.receive().subscribe(observer));
        return;
      case 'tryReceive':
        observer.next(this.#into.tryReceive());
        return;
      case 'subscribe':
        this.#waiting.push(this.#into.subscribe(observer));
        return;
      case 'withdraw':
        this.#waiting[script.nth % (this.#waiting.length || 1)]?.unsubscribe();
        return;
      case 'close':
        hear(String(this.#out.close()));
        return;
      case 'cancel':
        hear(String(this.#into.cancel()));
    }
  }
}

describe('a channel over a port', () => {
  // With a window of 1 each value is granted by itself, so that the two may be held against each other after every step.
  it('does at a window of 1 what one of capacity 1 does in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (script) => {
        const { out, into, check } = pair<number>(1);
        const model = channel<number>(1);
        const real = new Play(out, into);
        const expected = new Play(model, model);
        await settled();
        for (const [i, one] of script.entries()) {
          real.perform(one, i);
          check();
          await settled();
          check();
          expected.perform(one, i);
          expect(real.heard).toEqual(expected.heard);
        }
      }),
      runs(60),
    );
  });

  it('loses nothing, doubles nothing and keeps order at any window, whatever is withdrawn, and does not wait for itself', async () => {
    const window = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(window, fc.array(fc.tuple(step, fc.nat(3)), { maxLength: 80 }), async (size, script) => {
        const lost: number[] = [];
        const { out, into, check } = pair<number>(size, { onUndelivered: (value) => lost.push(value) });
        const accepted: number[] = [];
        const got: number[] = [];
        const waiting: { unsubscribe(): void }[] = [];
        let next = 0;
        for (const [one, pause] of script) {
          if (one.do === 'send') {
            const value = next++;
            const observer = { next: () => void accepted.push(value), error: () => undefined };
            waiting.push(out.send(value).subscribe(observer));
          } else if (one.do === 'trySend') {
            if (out.trySend(next)) accepted.push(next);
            next++;
          } else if (one.do === 'receive') {
            waiting.push(into.receive().subscribe({ next: (value) => void got.push(value), error: () => undefined }));
          } else if (one.do === 'tryReceive') {
            const attempt = into.tryReceive();
            if (attempt.ok) got.push(attempt.value);
          } else if (one.do === 'withdraw') {
            waiting[one.nth % (waiting.length || 1)]?.unsubscribe();
          }
          check();
          for (let i = 0; i < pause; i++) await new Promise((resolve) => setImmediate(resolve));
          check();
          expect(accepted.length - got.length).toBeLessThanOrEqual(size);
        }
        for (const one of waiting) one.unsubscribe();
        await settled();
        expect(got).toEqual(accepted.slice(0, got.length));
        into.cancel();
        await settled();
        check();
        expect(lost).toEqual(accepted.slice(got.length));
      }),
      runs(80),
    );
  });
});
