import fc from 'fast-check';
import { describe, it } from 'vitest';
import { coroutine, type Coroutine, go, sleep, type Task } from '../../src/index.ts';
import { check } from '../record.ts';
import { runs } from '../random.ts';
import { at, frame, reportsOf } from '../virtual.ts';
import { type Block, Fate, round, sourceOf, type Statement } from './unwind-model.ts';
import { expectEqual } from '../quick.ts';

function* numbers(): Iterator<number> {
  for (let n = 0; ; n++) yield n;
}

type Body = () => Coroutine<void>;

/** A real program: what the language does inside of a generator is not imitated. */
function compile(block: Block, mark: (n: number) => void): Body {
  const source = `return function* () { ${round(sourceOf(block, numbers()))} }`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- try and finally cannot be composed of smaller functions
  return new Function('sleep', 'coroutine', 'mark', source)(sleep, coroutine, mark) as Body;
}

const { block } = fc.letrec<{ block: Block; statement: Statement }>((tie) => ({
  statement: fc.oneof(
    { maxDepth: 5, depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 3, arbitrary: fc.constant({ kind: 'mark' as const }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('throw' as const, 'return', 'break') }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('helper' as const), body: tie('block') }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('coroutine' as const), body: tie('block') }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('try' as const),
        body: tie('block'),
        caught: fc.option(tie('block'), { freq: 1 }),
        finally: fc.option(tie('block'), { freq: 3 }),
      }),
    },
  ),
  block: fc.array(tie('statement'), { maxLength: 3 }),
}));

function statusOf(task: Task<unknown>): string {
  try {
    task.result();
    return task.status;
  } catch (error) {
    return task.status === 'rejected' ? `rejected ${(error as Error).message}` : task.status;
  }
}

describe('4.2 generators that wait inside each other, and are cancelled at any moment', () => {
  it.each([
    ['', 40],
    ['that are not cancelled, as well', 100_000],
  ])('unwind as in the model %s', (_, latest) => {
    fc.assert(
      fc.property(block, fc.integer({ min: latest > 1000 ? latest : 1, max: latest }), (program, cancelAt) => {
        const expected = new Fate(cancelAt);
        const how = expected.of(program);
        const marks: string[] = [];
        let end = -1;
        let task!: Task<void>;
        const reported = reportsOf(() => {
          at(cancelAt, () => task.cancel());
          task = go(compile(program, (n) => marks.push(`${n} at ${frame()}`)));
          const ended = (): number => (end = frame());
          task.subscribe({ next: ended, error: ended });
        });
        const script = `\n${sourceOf(program, numbers())}\ncancelled at ${cancelAt}\n`;
        check(task);
        expectEqual(marks, expected.marks, script);
        expectEqual([statusOf(task), end], [how, expected.now], script);
        const messages = reported.map((error) => Number((error as Error).message));
        expectEqual(messages, expected.reported, script);
      }),
      runs(4000, 20_241_130),
    );
  });
});
