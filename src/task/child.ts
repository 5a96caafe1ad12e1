import type { Linked } from '../base/line.ts';
import type { FutureStatus } from '../core/future.ts';
import { enter, exit } from '../core/turn.ts';
import { Task } from './task.ts';
import type { Work } from './work.ts';

/** What the end of a child means to its group; `fatal`: the first failure, for which all others are to be cancelled. */
export type Verdict = 'well' | 'failed' | 'fatal';

/** What a child tells its group. */
export interface Parent {
  /** It has ended and is to be forgotten. Nobody has been told yet; no user code runs. What it returns `proceed` is given. */
  forget(child: Child, status: FutureStatus, outcome: unknown): Verdict;
  /** Those who waited for it have been told. */
  proceed(child: Child, verdict: Verdict, outcome: unknown): void;
}

/** A task of a group. It stands in one of the group's lines until it has ended. */
export class Child extends Task<unknown> implements Linked<Child> {
  place: unknown = null;
  before: Child | null = null;
  after: Child | null = null;
  readonly group: Parent;

  constructor(group: Parent, work: Work<unknown>, name?: string) {
    super(work, name);
    this.group = group;
    this.observe();
  }

  override conclude(status: Exclude<FutureStatus, 'pending'>, outcome: unknown): boolean {
    enter();
    try {
      const verdict = this.group.forget(this, status, outcome);
      super.conclude(status, outcome);
      this.group.proceed(this, verdict, outcome);
    } finally {
      exit();
    }
    return true;
  }
}
