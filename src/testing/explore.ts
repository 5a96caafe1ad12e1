import { checkCount, checkFunction, checkLimit, ownOptions } from '../base/checks.ts';
import { chance } from '../core/chance.ts';
import { turn } from '../core/turn.ts';
import { refuseAsynchronous } from './asynchronous.ts';
import { DeadlockError } from './deadlock-error.ts';
import { kitOf, type MarbleKit } from './marble-kit.ts';
import { Run } from './run.ts';
import { inRunMode } from './run-mode.ts';
import { CHANCE, Schedule } from './schedule.ts';
import { Site } from './site.ts';
import { setWorldAside } from './world.ts';

export interface ExploreOptions {
  /** Schedules to try (default 1000). */
  schedules?: number;
  /** Replays the one schedule that a failure named. */
  seed?: number;
}

/**
 * Thrown by `explore` at the first schedule under which the program fails; `seed` replays it.
 *
 * @see [ExploreError](../../docs/errors.md#exploreerror): what to do
 */
export class ExploreError extends Error {
  override readonly name: string = 'ExploreError';
  readonly seed: number;
  /** What the program threw, or a `DeadlockError`. */
  override readonly cause: unknown;

  /** `schedule` shows who went first. */
  constructor(schedule: { readonly seed: number; toString(): string }, nth: number, cause: unknown) {
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const replay = `explore(program, { seed: ${schedule.seed} })`;
    super(
      `schedule ${nth} fails; to replay it: ${replay}\n\n${what}\n\nwho went first, where several could:\n${String(schedule)}`,
    );
    this.seed = schedule.seed;
    this.cause = cause;
  }
}

/**
 * Runs `program` under many orders of its ready tasks, of its timers that are due at the same frame, and of `select`'s
 * choices; fails with `ExploreError` at the first under which it throws or deadlocks.
 *
 * ```text
 * a         r---w         read 0, write 1
 * b         -r---w        read 0, write 1: the update of a is lost
 * explore   throws ExploreError: schedule 2 fails
 * ```
 *
 * Half of the schedules are taken depth first, which goes through all of a small program and then stops; the other half by
 * chance, which reaches into large ones. It is always the same schedules. A program with nothing to choose runs once.
 * A task that is left waiting at the end is a deadlock; observers may wait.
 *
 * The error names the seed and shows the schedule; `{ seed }` replays exactly that one.
 *
 * @returns how many different schedules ran
 * @example
 * ```ts
 * explore(({ flush }) => {
 *   let total = 0;
 *   for (const name of ['a', 'b']) {
 *     go(function* () {
 *       const read = total;
 *       yield* sleep(1);
 *       total = read + 1;
 *     }, { name });
 *   }
 *   flush();
 *   expect(total).toBe(2);
 * });
 * ```
 * After the systematic testing of CHESS and of Kotlin's Lincheck, at the size of a unit test.
 */
export function explore(program: (kit: MarbleKit) => void, options: ExploreOptions = {}): number {
  checkFunction('explore', 'program', program);
  const { schedules = 1000, seed } = ownOptions('explore', options);
  checkLimit('explore', 'schedules', schedules, 1);
  if (seed !== undefined) {
    checkCount('explore', 'seed', seed, 0);
    runOnce(program, seed, 1);
    return 1;
  }
  const seen = new Set<string>();
  let next: Schedule['successor'] = 0;
  for (let nth = 1; nth <= schedules && next !== 'none'; nth++) {
    const byChance = next === 'uncounted' || nth % 2 === 0;
    const schedule: Schedule = runOnce(program, byChance ? CHANCE + nth : (next as number), nth);
    seen.add(schedule.key);
    if (!byChance) next = schedule.successor;
  }
  return seen.size;
}

function runOnce(program: (kit: MarbleKit) => void, seed: number, nth: number): Schedule {
  // It ought to be void, and may be a promise all the same.
  const mistyped: (kit: MarbleKit) => unknown = program;
  let result: unknown;
  const site = new Site();
  const run = new Run({}, 'synchronous', site);
  const schedule = new Schedule(seed, run.lab);
  const putBack = setWorldAside(run.census);
  turn.pick = schedule.task;
  run.lab.timers.pick = schedule.timer;
  chance.below = schedule.case;
  try {
    inRunMode(
      run,
      () => {
        result = mistyped(kitOf(run));
      },
      () => run.finish(),
    );
    const { tasks } = run.census;
    if (tasks.length > 0)
      throw new DeadlockError(
        `deadlock in frame ${run.lab.frame}\n${tasks.map((line) => `  ${line}`).join('\n')}`,
        tasks,
      );
  } catch (error) {
    throw new ExploreError(schedule, nth, error);
  } finally {
    putBack();
  }
  refuseAsynchronous('explore: the program', result, site);
  return schedule;
}
