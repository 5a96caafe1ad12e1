import type { Observable } from 'rxjs';
import { channel, type Channel, select } from '../../src/index.ts';
import { gauge, perform, spec } from '../spec.ts';

// Both channels hold three values when the first select comes.
const inputs = {
  toLeft: ' abc----------',
  toRight: 'xyz----------',
  select: ' ---?-?-?-?-?-?',
} as const;

function both(
  toLeft: Observable<string>,
  toRight: Observable<string>,
): { readonly left: Channel<string>; readonly right: Channel<string> } {
  const left = channel<string>(3);
  const right = channel<string>(3);
  toLeft.subscribe((v) => left.trySend(v));
  toRight.subscribe((v) => right.trySend(v));
  return { left, right };
}

export const specs = [
  spec({
    title: 'fair (the default): of the cases that are ready, a seeded generator draws one',
    of: ['select'],
    drawn: 'select({ left, right })',
    inputs,
    run: ({ toLeft, toRight, select: calls }) => {
      const cases = both(toLeft, toRight);
      return {
        selected: perform(calls, () => select(cases).map(({ value }) => value)),
        inLeft: gauge(() => cases.left.size),
        inRight: gauge(() => cases.right.size),
      };
    },
    outputs: {
      // The seed of a marble test is fixed, hence the choices are.
      selected: '---x-a-b-c-y-z',
      inLeft: '  123--2-1-0----',
      inRight: ' 1232-------1-0',
    },
  }),
  spec({
    title: "order: 'priority': of the cases that are ready, the first listed",
    of: ['select'],
    drawn: "select({ left, right }, { order: 'priority' })",
    inputs,
    run: ({ toLeft, toRight, select: calls }) => {
      const cases = both(toLeft, toRight);
      return {
        selected: perform(calls, () => select(cases, { order: 'priority' }).map(({ value }) => value)),
        inLeft: gauge(() => cases.left.size),
        inRight: gauge(() => cases.right.size),
      };
    },
    outputs: {
      selected: '---a-b-c-x-y-z',
      inLeft: '  1232-1-0------',
      inRight: ' 123------2-1-0',
    },
  }),
  spec({
    title: 'a select that waits commits the first case that becomes ready, whatever its priority',
    of: ['select'],
    drawn: "select({ left, right }, { order: 'priority' })",
    inputs: {
      toLeft: '  ----a----',
      toRight: ' --x------',
      select: '  ?-----?--',
    },
    run: ({ toLeft, toRight, select: calls }) => {
      const cases = both(toLeft, toRight);
      return { selected: perform(calls, () => select(cases, { order: 'priority' }).map(({ value }) => value)) };
    },
    outputs: {
      selected: '--x---a--',
    },
  }),
];
