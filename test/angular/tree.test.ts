// @vitest-environment jsdom
// Semantics 13.1, of a whole tree: Angular destroys the children first, while those around them still wait for their work.

import './bed.ts';
import { Component, inject, provideZonelessChangeDetection, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { hearing, useTestBed } from './bed.ts';
import { injectJobQueue, injectTask, provideRxsluice, type TaskRef } from '../../src/angular/index.ts';
import { type Coroutine, coroutine, gather, type Operation, select, sleep } from '../../src/index.ts';
import { runMarblesAsync } from '../../src/testing/index.ts';

const { errors, provider } = hearing();
useTestBed(provideZonelessChangeDetection(), provider, provideRxsluice());
beforeEach(() => {
  errors.length = 0;
});

/** How one waits for the child's work. */
const FORMS: Record<string, (work: Operation<unknown>) => Operation<unknown>> = {
  'yield*': (work) => work,
  map: (work) => work.map(() => 1),
  withTimeout: (work) => work.withTimeout(5000),
  'a coroutine': (work) => coroutine(() => waits(work)),
  gather: (work) => gather([work, sleep(5000)]),
  select: (work) => select({ work, late: sleep(5000) }),
};

function* waits(work: Operation<unknown>): Coroutine<unknown> {
  return yield* work;
}

/** A parent whose task waits for what its child has given it. */
function family(what: 'a job' | 'a task', wait: (work: Operation<unknown>) => Operation<unknown>) {
  const told: string[] = [];
  const given: { work?: Operation<unknown> } = {};
  function* slow(): Coroutine<number> {
    try {
      yield* sleep(1000);
    } finally {
      told.push('the child cleans up');
    }
    return 1;
  }
  class Child {
    readonly jobs = injectJobQueue(slow);
    readonly work = what === 'a job' ? this.jobs.run(undefined).job : injectTask(slow).task;
    readonly parent = inject(Parent);
    constructor() {
      given.work = this.work;
    }
  }
  class Parent {
    readonly hasChild = signal(true);
    readonly task: TaskRef<unknown> = injectTask(function* () {
      yield* sleep(1);
      try {
        yield* wait(given.work as Operation<unknown>);
      } catch (error) {
        told.push(`the parent hears of ${String(error)}`);
        throw error;
      } finally {
        told.push('the parent cleans up');
      }
    });
  }
  Component({ selector: 'app-child', template: '' })(Child);
  Component({ selector: 'app-parent', template: '@if (hasChild()) { <app-child /> }', imports: [Child] })(Parent);
  return { Parent, told };
}

const CASES = (['a job', 'a task'] as const).flatMap((what) =>
  Object.entries(FORMS).map(([form, wait]) => [what, form, wait] as const),
);

describe.each(CASES)('a task that waits for %s of a child, by %s', (what, _form, wait) => {
  it('ends cancelled when the tree is destroyed, at once, and nobody is told an error', async () => {
    const { Parent, told } = family(what, wait);
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const fixture = TestBed.createComponent(Parent);
      await fixture.whenStable();
      await sleep(10).promise();
      fixture.destroy();
      const { task } = fixture.componentInstance;
      expect([task.status(), task.task.status, task.error()]).toEqual(['cancelled', 'cancelled', undefined]);
      expect([...told].sort()).toEqual(['the child cleans up', 'the parent cleans up']);
      await sleep(100).promise();
    });
    expect([told.length, errors]).toEqual([2, []]);
  });

  it('hears of it, soon, when only the child is destroyed', async () => {
    const { Parent, told } = family(what, wait);
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const fixture = TestBed.createComponent(Parent);
      await fixture.whenStable();
      await sleep(10).promise();
      fixture.componentInstance.hasChild.set(false);
      await fixture.whenStable();
      await sleep(100).promise();
      expect(fixture.componentInstance.task.status()).toBe('rejected');
      fixture.destroy();
    });
    expect(told[0]).toBe('the child cleans up');
    expect(told[1]).toMatch(/^the parent hears of CancelledError: .* was cancelled: "destroyed"$/);
    expect([told.length, errors]).toEqual([3, []]);
  });
});
