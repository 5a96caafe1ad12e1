// @vitest-environment jsdom
// After `provideRxsluice`, nothing that the library calls makes an effect depend on what it reads.

import { bed, useTestBed } from './bed.ts';
import { computed, effect, provideZonelessChangeDetection, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { provideRxsluice } from '../../src/angular/index.ts';
import {
  broadcast,
  channel,
  type Coroutine,
  coroutine,
  forEach,
  go,
  jobQueue,
  queue,
  queueMap,
  select,
  sleep,
  stateOwner,
  until,
  work,
} from '../../src/index.ts';
import { runMarblesAsync } from '../../src/testing/index.ts';
import { turn } from '../../src/core/turn.ts';

useTestBed(provideZonelessChangeDetection(), provideRxsluice());

const read = signal(0);
const look = (): number => read();

/** What an effect does, whose only dependency is none. */
const deeds: Record<string, () => void> = {
  'a coroutine': () =>
    void go(function* () {
      look();
      yield* sleep(1);
    }),
  'an operation’s coroutine': () =>
    void coroutine(function* (): Coroutine<void> {
      look();
    }).subscribe(),
  'an observer of an operation': () => void until(of(1)).subscribe(look),
  'a projection': () => void until(of(1)).map(look).subscribe(),
  'an observer of a channel': () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    ch.subscribe(look);
    ch.trySend(2);
  },
  'an observer of a select': () => void select({ a: of(1) }).subscribe(look),
  'a body of forEach': () => {
    const ch = channel<number>(1);
    ch.trySend(1);
    forEach(ch, () => void look()).subscribe();
  },
  'a step of an owner': () => {
    const owner = stateOwner(0);
    owner.tell(look);
    owner.update(look).subscribe(look);
    owner.subscribe(look);
  },
  'a handler of a job queue': () => void jobQueue(() => of(look())).start(1),
  'what a job queue asks about a job': () => {
    const jobs = jobQueue((n: number) => of(n), {
      key: look,
      order: look,
      retry: { attempts: 2, when: () => look() < 0 },
    });
    jobs.pause();
    for (const n of [1, 2, 3]) jobs.start(n);
    jobs.resume();
  },
  'a projection of queueMap': () =>
    void of(1, 2)
      .pipe(queueMap(() => of(look())))
      .subscribe(),
  'a handler of work': () => {
    const jobs = queue<number>();
    work(jobs, () => of(look())).subscribe();
    jobs.send(1).subscribe();
  },
  'what becomes of values that nobody receives': () => {
    channel<number>({ capacity: 1, overflow: 'dropNewest', onUndelivered: look }).cancel();
    const ch = channel<number>({ capacity: 1, overflow: 'dropOldest', onUndelivered: look });
    ch.trySend(1);
    ch.trySend(2);
  },
  'what merges two values': () => {
    const ch = channel<number>({ capacity: 1, conflate: look });
    ch.trySend(1);
    ch.trySend(2);
  },
  'what compares states': () => {
    stateOwner(0, { equal: () => look() < 0 })
      .write(1)
      .subscribe();
  },
  'a subscriber of a broadcast': () => {
    const news = broadcast<number>({ capacity: 1 });
    news.subscribe(look);
    news.trySend(1);
  },
};

describe('after provideRxsluice an effect does not depend on what is read by', () => {
  it.each(Object.keys(deeds))('%s', async (name) => {
    await runMarblesAsync(async () => {
      let runs = 0;
      const { fixture, destroy } = bed(() => {
        effect(() => {
          runs++;
          deeds[name]?.();
        });
      });
      await fixture.whenStable();
      read.update((n) => n + 1);
      await fixture.whenStable();
      expect(runs).toBe(1);
      destroy();
    });
  });

  it('a coroutine that a computed signal wakes', () => {
    TestBed.tick();
    const ch = channel<number>();
    const seen: unknown[] = [];
    go(function* () {
      seen.push(yield* ch.receive(), look());
    });
    let runs = 0;
    const wakes = computed(() => {
      runs++;
      return ch.trySend(1);
    });
    wakes();
    read.update((n) => n + 1);
    wakes();
    expect([runs, seen[0]]).toEqual([1, 1]);
  });

  it('nothing any more, once the application is gone: the context is uninstalled', () => {
    TestBed.tick();
    expect(turn.ambient).not.toBeNull();
    TestBed.resetTestingModule();
    expect(turn.ambient).toBeNull();
  });
});
