import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channel, coroutine, type Coroutine, go, sleep, type Task } from '../../src/index.ts';
import { check, Record, show } from '../record.ts';
import { at, frame, reportsOf, virtual } from '../virtual.ts';
import { fate, type Tree } from './cancel-model.ts';
import { runs } from '../random.ts';
import { expectEqual, expectIs } from '../quick.ts';

const NEVER = 10_000;

/** Runs a tree really. */
function* bodyOf(tree: Tree, told: Record): Coroutine<void> {
  try {
    for (const wait of tree.waits) {
      if (typeof wait === 'number') yield* sleep(wait);
      else yield* coroutine(() => bodyOf(wait, told));
    }
    if (tree.body === 'throws') throw new Error(tree.name);
  } finally {
    told.add(`${tree.name} began at ${frame()}`);
    for (const wait of tree.cleanUp) yield* sleep(wait);
    told.add(`${tree.name} ended at ${frame()}`);
    // eslint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
    if (tree.after === 'throws') throw new Error(`clean-up of ${tree.name}`);
  }
}

function statusOf(task: Task<unknown>): string {
  try {
    task.result();
    return task.status;
  } catch (error) {
    return task.status === 'rejected' ? `rejected ${show(error)}` : task.status;
  }
}

const rarely = fc.constantFrom('returns' as const, 'returns' as const, 'returns' as const, 'throws' as const);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name: fc.constant(''),
    waits: fc.array(fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.integer({ min: 1, max: 5 }), tie('tree')), {
      maxLength: 3,
    }),
    body: rarely,
    cleanUp: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
    after: rarely,
  }),
}));

/** Gives every node a name of its own. */
function named(node: Tree, name = 'x'): Tree {
  return {
    ...node,
    name,
    waits: node.waits.map((wait, i) => (typeof wait === 'number' ? wait : named(wait, `${name}${i}`))),
  };
}

/** A tree as it reads in a failure. */
function read({ name, waits, body, cleanUp, after }: Tree): string {
  const inner = waits.map((wait) => (typeof wait === 'number' ? String(wait) : read(wait)));
  const ends = [body === 'throws' ? 'throws' : '', `finally ${cleanUp.join(' ')}`, after === 'throws' ? 'throws' : ''];
  return `${name}(${[...inner, ...ends].filter(Boolean).join(', ')})`;
}

describe('4.2 trees of coroutines that are cancelled at any moment', () => {
  it('run every finally block once, at the moment at which the model does, and end as in the model', () => {
    fc.assert(
      fc.property(
        tree,
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.nat(10), { maxLength: 2 }),
        (unnamed, cancelAt, again) => {
          const root = named(unnamed);
          const told = new Record();
          const expected: string[] = [];
          const { at: end, how } = fate(root, 0, cancelAt, expected);
          let found = '';
          let task!: Task<void>;
          const reported = reportsOf(() => {
            at(cancelAt, () => task.cancel('first'));
            for (const later of again) at(cancelAt + later, () => task.cancel('second'));
            task = go(() => bodyOf(root, told));
            task.subscribe({
              next: () => (found = `at ${frame()}`),
              error: () => (found = `at ${frame()}`),
            });
          });
          const script = `\n${read(root)}, cancelled at ${cancelAt}\n`;
          check(task);
          expectEqual(told.lines, expected, script);
          expectEqual([statusOf(task), found], [how, `at ${end}`], script);
          expectEqual(reported, [], script);
          if (how === 'cancelled') expect(() => task.result()).toThrow('first');
        },
      ),
      runs(3000, 20_240_602),
    );
  });

  it('that are not cancelled end as in the model too', () => {
    fc.assert(
      fc.property(tree, (unnamed) => {
        const root = named(unnamed);
        const told = new Record();
        const expected: string[] = [];
        const { how } = fate(root, 0, NEVER, expected);
        let task!: Task<void>;
        reportsOf(() => {
          task = go(() => bodyOf(root, told));
        });
        expectEqual(told.lines, expected, read(root));
        expectIs(statusOf(task), how, read(root));
      }),
      runs(500, 20_240_603),
    );
  });
});

describe('1.7 values that pass between coroutines that are cancelled at any moment', () => {
  interface Reader {
    readonly kind: 'reader' | 'writer';
    readonly pause: number;
    readonly cancelAt: number;
    readonly by: 'timer' | 'reader';
  }
  const party: fc.Arbitrary<Reader> = fc.record({
    kind: fc.constantFrom('reader' as const, 'writer' as const),
    pause: fc.nat(2),
    cancelAt: fc.nat(12),
    by: fc.constantFrom('timer' as const, 'reader' as const),
  });

  it('are neither lost nor doubled', () => {
    fc.assert(
      fc.property(fc.array(party, { minLength: 2, maxLength: 8 }), fc.nat(2), (parties, capacity) => {
        const c = channel<number>(capacity);
        const sent: number[] = [];
        const got: number[] = [];
        const cleanedUp: number[] = [];
        const tasks: Task<void>[] = [];
        virtual(() => {
          parties.forEach(({ kind, pause, cancelAt, by }, i) => {
            const task = go(function* () {
              try {
                for (let n = 0; n < 20; n++) {
                  if (pause > 0) yield* sleep(pause);
                  if (kind === 'reader') {
                    const value = yield* c.receive();
                    got.push(value);
                    // In the turn in which others were served as well: they are ready, and cancelled before they run.
                    if (value % 3 === 0) {
                      tasks.forEach((other, k) => parties[k]!.by === 'reader' && k !== i && other.cancel());
                    }
                  } else {
                    yield* c.send(i * 100 + n);
                    sent.push(i * 100 + n);
                  }
                }
              } finally {
                cleanedUp.push(i);
                yield* sleep(1);
              }
            });
            tasks.push(task);
            if (by === 'timer') at(cancelAt, () => task.cancel());
            check(c);
          });
          at(100, () => {
            for (const task of tasks) task.cancel();
          });
        });
        check(c);
        const left: number[] = [];
        for (let next = c.tryReceive(); next.ok; next = c.tryReceive()) left.push(next.value);
        const script = `\n${parties.map((each, i) => `${i}: ${JSON.stringify(each)}`).join('\n')}\n`;
        expectEqual(sorted([...got, ...left]), sorted(sent), script);
        expectEqual(
          sorted(cleanedUp),
          parties.map((_, i) => i),
          script,
        );
        expectIs(
          tasks.every((task) => task.status !== 'pending'),
          true,
        );
        expectEqual([c.receivers.first, c.senders.first], [null, null]);
      }),
      runs(2000, 20_240_604),
    );
  });
});

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
