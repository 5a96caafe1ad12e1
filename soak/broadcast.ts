import type { Random } from '../src/base/random.ts';
import { BroadcastWorld, POLICIES, type Step } from '../test/models/broadcast-world.ts';
import { oneOf } from './one-of.ts';
import type { Program } from './program.ts';

const counts = { programs: 0, steps: 0, sends: 0, receives: 0, taps: 0, withdrawals: 0, closes: 0 };

/** Sends, taps of every policy, receives and withdrawals: a broadcast does what its model does. */
export const broadcasts: Program = {
  name: 'broadcasts',
  counts,
  run(random: Random, steps: number): void {
    counts.programs++;
    const world = new BroadcastWorld(oneOf(random, [0, 1, 3, Infinity]));
    for (let i = 0; i < steps; i++) {
      counts.steps++;
      world.step(stepBy(random));
    }
  },
};

function stepBy(random: Random): Step {
  const [form, tap] = [random.below(2), random.below(8)];
  const what = random.below(100);
  if (what < 40) {
    counts.sends++;
    if (what < 5) return { do: 'both', form, tap };
    if (what < 15) return { do: 'trySend' };
    return { do: what < 25 ? 'select' : 'send', form };
  }
  if (what < 70) {
    counts.receives++;
    return what < 55 ? { do: 'receive', form, tap } : { do: 'tryReceive', tap };
  }
  if (what < 80) {
    counts.taps++;
    if (what < 72) return { do: 'subscribe' };
    return { do: 'tap', policy: what < 75 ? 0 : random.below(POLICIES.length), capacity: random.below(3) };
  }
  if (what < 86) return { do: 'cancel', tap: random.below(1000) };
  if (what < 99 || random.below(4) > 0) {
    counts.withdrawals++;
    return { do: 'withdraw', tap: random.below(1000) };
  }
  counts.closes++;
  return { do: 'close', cause: what % 2 === 0 };
}
