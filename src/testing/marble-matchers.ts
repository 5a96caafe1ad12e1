// A matcher cannot know, when it is called, what a source will emit: it makes an expectation, which the run reports at its
// end. To the runner it says that all is well so far.

import { innermost } from './run.ts';

/** What a matcher answers to vitest and jest. */
export interface Verdict {
  readonly pass: boolean;
  message(): string;
}

type Sense = 'plain' | 'inverted';

/**
 * For `expect.extend` of vitest and jest: `expect(source).toEmit('-a-b|')`, inside of `runMarbles` or `runMarblesAsync`.
 *
 * ```text
 * source    -a-b|
 * toEmit    -a-b|   holds
 * ```
 *
 * Like `expectObservable(source).toBe(…)`: the source is subscribed in the current frame, and what does not hold is
 * reported by the run, with a picture. With `.not` anything else is expected. Values may be matchers of the runner, such as
 * `expect.any(Number)`. Outside of a run it throws.
 *
 * @example
 * ```ts
 * expect.extend(marbleMatchers);
 *
 * runMarbles(({ cold }) => {
 *   expect(cold('-a|').pipe(delay(2))).toEmit('---a|');
 * });
 * ```
 */
export const marbleMatchers = {
  toEmit(
    this: unknown,
    received: unknown,
    marbles: string,
    values?: Record<string, unknown>,
    ...error: [error?: unknown]
  ): Verdict {
    const inverted = (this as { isNot?: boolean } | undefined)?.isNot === true;
    expectToEmit(inverted ? 'inverted' : 'plain', [received, marbles, values, ...error]);
    return { pass: !inverted, message: () => 'the run tells what was received' };
  },
};

/**
 * The same for jasmine: `jasmine.addMatchers(jasmineMatchers)`.
 *
 * @example
 * ```ts
 * beforeEach(() => jasmine.addMatchers(jasmineMatchers));
 * ```
 */
export const jasmineMatchers = {
  toEmit: () => ({
    compare: (...args: Arguments): { pass: boolean } => answer('plain', args),
    negativeCompare: (...args: Arguments): { pass: boolean } => answer('inverted', args),
  }),
};

type Arguments = [received: unknown, marbles: string, values?: Record<string, unknown> | undefined, error?: unknown];

function answer(sense: Sense, args: Arguments): { pass: boolean } {
  expectToEmit(sense, args);
  return { pass: true };
}

function expectToEmit(sense: Sense, [received, marbles, values, ...error]: Arguments): void {
  const run = innermost();
  if (run === undefined) throw new Error('toEmit: there is no run; call it inside of runMarbles or runMarblesAsync');
  const diagram = run.expectations.diagram('toEmit', marbles, values, ...error);
  const expectation = run.expectations.observe('toEmit', received);
  expectation.expect(diagram, values);
  expectation.sense = sense;
}
