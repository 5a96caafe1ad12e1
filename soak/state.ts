import type { Random } from '../src/base/random.ts';
import { type Asked, explain } from '../test/models/linearizable.ts';
import { ASKED_BY, History, type HistoryOptions, type Request, STEPS } from '../test/models/linearizable-history.ts';
import { oneOf } from './one-of.ts';
import type { Program } from './program.ts';

/** Requests of one history: more would take the checker long. */
const AT_ONCE = 16;
const counts = { programs: 0, steps: 0, requests: 0, told: 0, withdrawn: 0, states: 0 };

/** Requests of every form to a state owner, at once: there is one order that explains all that was told. */
export const state: Program = {
  name: 'state',
  counts,
  run(random: Random, steps: number): void {
    counts.programs++;
    for (let step = 0; step < steps; step += AT_ONCE) {
      counts.steps += AT_ONCE;
      const history = new History(Array.from({ length: AT_ONCE }, () => requestBy(random)), optionsBy(random)); // prettier-ignore
      const { calls, states } = history;
      if (explain(calls, states) === null || states.at(-1) !== history.value) throw new Error(history.toString());
      counts.requests += calls.length;
      counts.told += calls.filter(({ answer }) => answer.is === 'told').length;
      counts.withdrawn += calls.filter(({ answer }) => answer.is === 'withdrawn').length;
      counts.states += states.length - 1;
    }
  },
};

function requestBy(random: Random): Request {
  return {
    asked: askedBy(random),
    by: oneOf(random, ASKED_BY),
    step: oneOf(random, STEPS),
    at: random.below(16),
    takes: random.below(5),
    leaves: random.below(3) === 0 ? random.below(24) : null,
  };
}

function askedBy(random: Random): Asked {
  const value = random.below(4);
  switch (random.below(5)) {
    case 0:
      return { do: 'read' };
    case 1:
      return { do: 'write', to: value };
    case 2:
      return { do: 'update', by: 1 + (value % 2) };
    case 3:
      return { do: 'modify', to: value };
    default:
      return { do: 'compareAndSet', from: value, to: random.below(4) };
  }
}

function optionsBy(random: Random): HistoryOptions {
  const how = oneOf(random, ['never', 'never', 'complete', 'cancel'] as const);
  return {
    capacity: oneOf(random, [Infinity, 0, 2]),
    ends: how === 'never' ? null : { how, at: random.below(24) },
  };
}
