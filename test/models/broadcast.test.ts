import fc from 'fast-check';
import { describe, it } from 'vitest';
import { FORMS } from '../forms.ts';
import { BroadcastWorld, POLICIES, type Step } from './broadcast-world.ts';
import { runs } from '../random.ts';

const form = fc.nat(FORMS.length - 1);
const tap = fc.nat(5);
const of = <D extends Step['do'], R>(what: D, rest: fc.Arbitrary<R>): fc.Arbitrary<{ do: D } & R> =>
  rest.map((more) => ({ do: what, ...more }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: of('send', fc.record({ form })) },
  { weight: 4, arbitrary: of('select', fc.record({ form })) },
  { weight: 3, arbitrary: of('both', fc.record({ form, tap })) },
  { weight: 4, arbitrary: of('trySend', fc.constant({})) },
  { weight: 8, arbitrary: of('receive', fc.record({ form, tap })) },
  { weight: 4, arbitrary: of('tryReceive', fc.record({ tap })) },
  { weight: 5, arbitrary: of('tap', fc.record({ policy: fc.nat(POLICIES.length - 1), capacity: fc.nat(2) })) },
  { weight: 3, arbitrary: of('tap', fc.record({ policy: fc.constant(0), capacity: fc.nat(2) })) },
  { weight: 1, arbitrary: of('subscribe', fc.constant({})) },
  { weight: 2, arbitrary: of('cancel', fc.record({ tap })) },
  { weight: 5, arbitrary: of('withdraw', fc.record({ tap: fc.nat(20) })) },
  { weight: 2, arbitrary: of('close', fc.record({ cause: fc.boolean() })) },
);

describe('8 a broadcast', () => {
  it.each([0, 1, 3, Infinity])('does what the model does, with a replay of %d', (replay) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (script) => {
        const world = new BroadcastWorld(replay);
        script.forEach((each) => {
          world.step(each);
        });
      }),
      runs(1500, 20_240_608),
    );
  });
});
