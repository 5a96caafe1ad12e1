// Random programs of nested task groups, and what must become of them.
//
// Every wait is a beat: a deferred that the program settles when it pleases, so that a program is its seed and nothing else.
// Each body keeps its own account of how it ends, in plain code, from inside: that account is the model. A group's errors have
// to be those that its members noted, in the order in which they did.

import { config, type Subscription } from 'rxjs';
import type { Random } from '../../src/base/random.ts';
import {
  CancelledError,
  type Coroutine,
  type Deferred,
  deferred,
  type Operation,
  type Task,
  type TaskGroup,
  taskGroup,
  TaskGroupError,
} from '../../src/index.ts';
import { check } from '../record.ts';
import { virtual } from '../virtual.ts';

/** A failure that a member ended with: an error of its own, or that of a group it waited for. */
type Noted = Error | Ledger;

/** What is known of one run of a group. */
class Ledger {
  readonly noted: Noted[] = [];
  readonly told: Noted[] = [];
  readonly heard: unknown[] = [];
  readonly tasks: Task<unknown>[] = [];
  /** The cancellations of its children. */
  readonly own = new Set<unknown>();
  readonly supervised: boolean;
  group: TaskGroup | null = null;
  /** Why it ends without a value though nothing failed. */
  cancelled = false;
  alive = 0;

  constructor(supervised: boolean) {
    this.supervised = supervised;
  }

  note(failure: Noted, who: 'body' | 'child'): void {
    const book = who === 'child' && this.supervised ? this.told : this.noted;
    // One error may be met in several ways, and is listed once; each child is told of by itself.
    if (book === this.told || !book.some((one) => one === failure || isOf(one, failure))) book.push(failure);
  }

  get fails(): boolean {
    return this.noted.length > 0;
  }
}

export interface Counts {
  programs: number;
  steps: number;
  groups: number;
  children: number;
  failures: number;
  cancels: number;
}

export class GroupProgram {
  readonly #random: Random;
  readonly #counts: Counts;
  readonly #beats: Deferred<void>[] = [];
  readonly #ledgers: Ledger[] = [];
  readonly #reports: unknown[] = [];
  #errors = 0;
  #begun = 0;
  #cleaned = 0;
  #over = false;

  constructor(random: Random, counts: Counts) {
    this.#random = random;
    this.#counts = counts;
  }

  /** @throws Error at the first thing that is not as it must be */
  run(steps: number): void {
    const outer = config.onUnhandledError;
    config.onUnhandledError = (error: unknown): void => {
      this.#reports.push(error);
    };
    const outcome: unknown[] = [];
    const root = this.#ledger();
    let left = false;
    try {
      virtual(() => {
        const performed = this.#group(root, 0).subscribe({
          next: (value) => outcome.push(value),
          error: (error: unknown) => outcome.push(error),
        });
        for (let i = 0; i < steps; i++) left = this.#step(performed) || left;
        this.#over = true;
        while (this.#beats.length > 0) this.#beat();
      });
    } finally {
      config.onUnhandledError = outer;
    }
    this.#counts.programs++;
    this.#verify(root, outcome, left);
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  /** Rather one that has not ended. */
  #anyLedger(): Ledger {
    const alive = this.#ledgers.filter(({ group }) => group !== null && !isRefusing(group));
    const among = alive.length === 0 ? this.#ledgers : alive;
    return among[this.#random.below(among.length)]!;
  }

  /** True if it unsubscribed the root. */
  #step(root: Subscription): boolean {
    this.#counts.steps++;
    const ledger = this.#anyLedger();
    const what = this.#random.below(100);
    let left = false;
    if (what < 70) this.#beat();
    else if (what < 80) this.#cancelOne(ledger);
    else if (what < 82) this.#cancelGroup(ledger);
    else if (what < 99) this.#spawn(ledger, 1);
    else {
      left = !root.closed;
      root.unsubscribe();
    }
    for (const { group } of this.#ledgers) if (group !== null) check(group);
    return left;
  }

  #beat(): void {
    const { length } = this.#beats;
    if (length === 0) return;
    const index = this.#random.below(length);
    const beat = this.#beats[index]!;
    this.#beats[index] = this.#beats[length - 1]!;
    this.#beats.pop();
    beat.resolve();
  }

  #cancelOne({ tasks }: Ledger): void {
    if (tasks.length === 0) return;
    this.#counts.cancels++;
    tasks[this.#random.below(tasks.length)]!.cancel('one');
  }

  #cancelGroup(ledger: Ledger): void {
    // What has ended, or is ending, is not cancelled any more.
    if (ledger.group === null || isRefusing(ledger.group)) return;
    ledger.cancelled = true;
    this.#counts.cancels++;
    ledger.group.cancel('group');
  }

  #ledger(): Ledger {
    const ledger = new Ledger(this.#chance(20));
    this.#ledgers.push(ledger);
    this.#counts.groups++;
    return ledger;
  }

  #group(ledger: Ledger, depth: number): Operation<string> {
    const limit = this.#chance(30) ? 1 + this.#random.below(3) : Infinity;
    return taskGroup(
      (group) => {
        ledger.group = group;
        return this.#member(ledger, depth, 'body');
      },
      ledger.supervised ? { limit, onChildError: (error) => ledger.heard.push(error) } : { limit },
    );
  }

  #spawn(ledger: Ledger, depth: number): void {
    if (ledger.group === null) return;
    const refuses = isRefusing(ledger.group);
    try {
      const before = ledger.tasks.length;
      ledger.tasks.push(ledger.group.go(() => this.#member(ledger, depth, 'child', before)));
      this.#counts.children++;
      if (refuses) throw new Error('a group that is ending let a child in');
    } catch (error) {
      if (!(error instanceof CancelledError) || !refuses) throw error;
    }
  }

  /** A body or a child: does something, cleans up, and notes how it ends. */
  *#member(ledger: Ledger, depth: number, who: 'body' | 'child', before = Infinity): Coroutine<string> {
    this.#begun++;
    ledger.alive++;
    let failure: Noted | null = null;
    let waitsFor: Ledger | null = null;
    let ownCancel = false;
    let sibling: Task<unknown> | undefined;
    try {
      for (let n = who === 'body' ? 2 + this.#random.below(10) : this.#random.below(6); n > 0; n--) {
        const what = this.#random.below(100);
        if (what < 40) yield* this.#wait();
        else if (what < 65 && !this.#over) this.#spawn(ledger, depth + 1);
        else if (what < 80 && depth < 3) {
          waitsFor = this.#ledger();
          yield* this.#group(waitsFor, depth + 1);
          waitsFor = null;
        } else if (what < 92) {
          // Those who came before: nobody waits for itself.
          const siblings = ledger.tasks.slice(0, before);
          sibling = siblings.length === 0 ? undefined : siblings[this.#random.below(siblings.length)];
          if (sibling !== undefined) yield* sibling;
        } else if (what > 96) throw new Error(`own ${this.#errors++}`);
      }
      return 'well';
    } catch (error) {
      if (waitsFor !== null) failure = this.#nested(waitsFor, error);
      else if (isOwn(ledger, error, sibling)) ownCancel = true;
      else failure = error as Error;
      waitsFor = null;
      throw error;
    } finally {
      if (waitsFor?.fails === true) failure = waitsFor;
      let whole = false;
      try {
        for (let n = this.#random.below(3); n > 0; n--) yield* this.#wait();
        whole = true;
      } finally {
        this.#cleaned++;
        ledger.alive--;
        if (whole && this.#chance(8)) {
          const error = new Error(`clean-up ${this.#errors++}`);
          this.#note(ledger, error, who);
          // eslint-disable-next-line no-unsafe-finally -- that is what finally blocks do
          throw error;
        }
        if (whole && failure !== null) this.#note(ledger, failure, who);
        if (whole && ownCancel && who === 'body' && !isRefusing(ledger.group!)) ledger.cancelled = true;
      }
    }
  }

  #note(ledger: Ledger, failure: Noted, who: 'body' | 'child'): void {
    this.#counts.failures++;
    ledger.note(failure, who);
  }

  /** The group that was waited for has failed, as it must. */
  #nested(ledger: Ledger, error: unknown): Noted {
    assert(ledger.alive === 0, 'a group ended before its members');
    if (error instanceof TaskGroupError) {
      assert(matches(ledger.noted, error.errors), `errors ${list(error.errors)}, noted ${list(ledger.noted)}`);
      return ledger;
    }
    assert(
      error instanceof CancelledError && ledger.cancelled && !ledger.fails,
      `a group failed with ${String(error)}`,
    );
    return error as Error;
  }

  #wait(): Operation<void> {
    const beat = deferred<void>();
    this.#beats.push(beat);
    return beat;
  }

  #verify(root: Ledger, outcome: unknown[], left: boolean): void {
    assert(this.#begun === this.#cleaned, `${this.#begun} began, ${this.#cleaned} cleaned up`);
    for (const { group, alive, told, heard } of this.#ledgers) {
      assert(group === null || group.size === 0, 'a child is left in a group');
      assert(alive === 0, 'a member is alive');
      assert(matches(told, heard), `told ${list(heard)}, noted ${list(told)}`);
    }
    if (left) {
      assert(outcome.length === 0, 'one who left was told');
      assert(this.#reports.length === (root.fails ? 1 : 0), `reported: ${list(this.#reports)}`);
      if (root.fails) assert(matches(root.noted, errorsOf(this.#reports[0])), 'reported something else');
      return;
    }
    assert(outcome.length === 1, `${outcome.length} outcomes`);
    assert(this.#reports.length === 0, `reported: ${list(this.#reports)}`);
    if (root.fails)
      assert(matches(root.noted, errorsOf(outcome[0])), `${list(errorsOf(outcome[0]))}, noted ${list(root.noted)}`);
    else if (root.cancelled) assert(outcome[0] instanceof CancelledError, `not cancelled: ${String(outcome[0])}`);
    else assert(outcome[0] === 'well', `not well: ${String(outcome[0])}`);
  }
}

/** The cancellation of a sibling, met directly or by way of others. */
function isOwn({ own }: Ledger, error: unknown, sibling: Task<unknown> | undefined): boolean {
  if (sibling?.status === 'cancelled') own.add(error);
  return own.has(error);
}

function isRefusing(group: TaskGroup): boolean {
  return (group as unknown as { closed: boolean }).closed;
}

function errorsOf(error: unknown): unknown[] {
  assert(error instanceof TaskGroupError, `no TaskGroupError: ${String(error)}`);
  return (error as TaskGroupError).errors;
}

function matches(noted: readonly Noted[], errors: readonly unknown[]): boolean {
  return noted.length === errors.length && noted.every((failure, index) => isOf(failure, errors[index]));
}

function isOf(failure: Noted, error: unknown): boolean {
  if (!(failure instanceof Ledger)) return failure === error;
  return error instanceof TaskGroupError && matches(failure.noted, error.errors);
}

function list(failures: readonly unknown[]): string {
  return `[${failures.map((one) => (one instanceof Ledger ? `group ${list(one.noted)}` : String(one))).join(', ')}]`;
}

function assert(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
