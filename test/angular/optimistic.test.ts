// @vitest-environment jsdom
import { bed, hearing, useTestBed } from './bed.ts';
import { effect, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { map, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { optimisticState, type OptimisticState, provideRxsluice } from '../../src/angular/index.ts';
import { type Coroutine, sleep } from '../../src/index.ts';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

useTestBed();

type Letters = OptimisticState<string>;

const made = (initial = '') => bed(() => optimisticState(initial));
const add = (letter: string) => (state: string) => state + letter;
const takes = (ms: number) => () => timer(ms);
const refused = (ms: number) => () =>
  timer(ms).pipe(
    map(() => {
      throw new Error('refused');
    }),
  );

/** What is shown, what is committed, and how much is unsaved, at each of these moments. */
function at(state: Letters, ...moments: number[]): unknown[] {
  const seen: unknown[] = [];
  for (const ms of moments)
    sleep(ms).subscribe(() => seen.push(`${ms}: ${state.value()} ${state.owner.value} ${state.unsaved()}`));
  return seen;
}

describe('optimisticState', () => {
  it('shows guesses at once, in their order, and saves them one by one', () => {
    runMarbles(({ flush, expectIdle }) => {
      expectIdle();
      const { made: state } = made('-');
      const refs = [state.update(add('a'), takes(10)), state.update(add('b'), takes(10))];
      expect([state.value(), state.unsaved(), state.owner.value]).toEqual(['-ab', 2, '-']);
      expect(refs.map((ref) => [ref.state(), ref.input])).toEqual([
        ['running', undefined],
        ['waiting', undefined],
      ]);
      const seen = at(state, 5, 11, 21);
      flush();
      expect(seen).toEqual(['5: -ab - 2', '11: -ab -a 1', '21: -ab -ab 0']);
      expect(refs.map((ref) => ref.state())).toEqual(['done', 'done']);
    });
  });

  it('takes back the guess of a save that failed or was cancelled, and no other', () => {
    runMarbles(({ flush }) => {
      const { made: state } = made();
      const key = {};
      const a = state.update(add('a'), refused(10));
      const b = state.update(add('b'), takes(30), { key });
      const c = state.update(add('c'), takes(10), { key: 'c' });
      a.error();
      b.error();
      sleep(20).subscribe(() => b.cancel());
      const seen = at(state, 5, 15, 25);
      flush();
      // What was committed stands before the guesses that are still under way.
      expect(seen).toEqual(['5: abc  3', '15: cb c 1', '25: c c 0']);
      expect([a.state(), a.error(), b.state(), c.state()]).toEqual([
        'failed',
        new Error('refused'),
        'cancelled',
        'done',
      ]);
    });
  });

  it('commits the answer, applied to what is committed then, without a flash of the old value', () => {
    runMarbles(({ flush }) => {
      const { made: state } = made();
      const seen: string[] = [];
      state.owner.subscribe(() => seen.push(`${state.value()}/${state.unsaved()}`));
      const ref = state.update(add('?'), () => timer(10).pipe(map(() => 'A')), {
        commit: (committed, answer) => committed + answer,
      });
      seen.push(state.value());
      ref.job.subscribe(() => seen.push(`done ${state.value()}`));
      sleep(5).subscribe(() => state.owner.tell(add('x')));
      flush();
      expect([...seen, ref.value()]).toEqual(['/0', '?', 'x?/1', 'xA/0', 'done xA', 'A']);
    });
  });

  it('commits what changes nothing, and takes its guess away', () => {
    const { made: state } = made('s');
    state.update(
      () => 's',
      () => of(1),
    );
    expect([state.value(), state.unsaved()]).toEqual(['s', 0]);
    state.update(add('x'), () => of(1), { commit: (same) => same });
    expect([state.value(), state.unsaved()]).toEqual(['s', 0]);
  });

  it('waits for its turn at the owner, and keeps its guess until then', () => {
    runMarbles(({ flush }) => {
      const { made: state } = made();
      state.owner.tell(() => timer(20).pipe(map(() => 'slow')));
      const ref = state.update(add('a'), takes(5));
      const seen = at(state, 10, 21);
      sleep(10).subscribe(() => seen.push(ref.state()));
      flush();
      expect([...seen, ref.state()]).toEqual(['10: a  1', 'running', '21: slowa slowa 0', 'done']);
    });
  });

  it('passes a guess over that has lost what it was about, and throws what one throws at once', () => {
    runMarbles(({ flush }) => {
      const { made: state } = made();
      const needs = (letter: string) => (s: string) => {
        if (!s.includes(letter)) throw new Error(`no ${letter}`);
        return s.replace(letter, letter.toUpperCase());
      };
      expect(() => state.update(needs('a'), takes(1))).toThrow('no a');
      expect(state.unsaved()).toBe(0);
      state.update(add('a'), refused(5)).error();
      const ref = state.update(needs('a'), takes(10), { key: 1 });
      ref.error();
      const seen = at(state, 1, 6, 11);
      flush();
      expect([...seen, ref.state(), ref.error()]).toEqual([
        '1: A  2',
        '6:   1',
        '11:   0',
        'failed',
        new Error('no a'),
      ]);
    });
  });

  it('saves by a coroutine, too, whose clean-up goes on', () => {
    runMarbles(({ flush, expectIdle }) => {
      expectIdle();
      const { made: state } = made();
      const seen: unknown[] = [];
      const ref = state.update(add('a'), function* ({ signal }): Coroutine<number> {
        try {
          yield* sleep(10);
          return 1;
        } finally {
          seen.push(signal.aborted, state.value());
          yield* sleep(1);
          seen.push('clean');
        }
      });
      sleep(5).subscribe(() => ref.cancel());
      flush();
      expect([...seen, ref.state()]).toEqual([true, '', 'clean', 'cancelled']);
    });
  });

  it.each([0, 5, 10, 15])('ends in silence, whenever it is destroyed: at %i', async (moment) => {
    const { errors, provider } = hearing();
    TestBed.configureTestingModule({ providers: [provider, provideRxsluice()] });
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const { made: state, destroy } = made('-');
      const refs = [state.update(add('a'), takes(10)), state.update(add('b'), takes(10))];
      if (moment > 0) await sleep(moment).promise();
      destroy();
      expect([state.value(), state.unsaved()]).toEqual([moment >= 10 ? '-a' : '-', 0]);
      expect(refs.map((ref) => ref.state())).toEqual([moment >= 10 ? 'done' : 'cancelled', 'cancelled']);
      const late = state.update(add('c'), takes(1));
      expect([late.state(), state.value(), await late.outcome()]).toEqual([
        'cancelled',
        moment >= 10 ? '-a' : '-',
        { status: 'cancelled', input: undefined },
      ]);
      await sleep(50).promise();
    });
    expect(errors).toEqual([]);
  });

  it('reports a refusal that nobody sees', async () => {
    const { errors, provider } = hearing();
    TestBed.configureTestingModule({ providers: [provider, provideRxsluice()] });
    await runMarblesAsync(async () => {
      const { made: state } = made();
      state.update(add('a'), () => throwError(() => new Error('alone')));
      state.update(add('a'), () => throwError(() => new Error('seen'))).error();
      await sleep(20).promise();
    });
    expect(errors).toEqual([new Error('alone')]);
  });

  it('makes nobody depend on what guesses, saves and commits read; one burst is one change detection', async () => {
    await runMarblesAsync(async () => {
      const read = signal(0);
      let effects = 0;
      const {
        fixture,
        made: state,
        paints,
        text,
        destroy,
      } = bed(
        () => {
          const letters = optimisticState('');
          effect(() => {
            effects++;
            letters.update(
              (s) => `${s}${read()}`,
              () => of(read()),
              { commit: (s, n) => `${s}${n}${read()}` },
            );
          });
          return letters;
        },
        (letters) => letters.value(),
      );
      await fixture.whenStable();
      const before = [effects, paints()];
      read.set(1);
      await fixture.whenStable();
      expect([[effects, paints()], before[0]]).toEqual([before, 1]);
      for (let i = 0; i < 100; i++) state.update(add('.'), () => of(1));
      await fixture.whenStable();
      expect([text(), paints() - (before[1] as number)]).toEqual([`00${'.'.repeat(100)}`, 1]);
      destroy();
    });
  });

  it('refuses nonsense where it was written', () => {
    const { made: state } = made();
    expect(() => state.update(7 as never, takes(1))).toThrow('update: guess must be a function; got 7');
    expect(() => state.update(add('a'), 7 as never)).toThrow('update: save must be a function; got 7');
    expect(() => state.update(add('a'), takes(1), { commit: 7 as never })).toThrow(
      'update: commit must be a function; got 7',
    );
    expect(() => bed(() => optimisticState(1, { transferKey: 7 as never }))).toThrow(
      'optimisticState: transferKey must be a string; got 7',
    );
    expect(state.unsaved()).toBe(0);
  });
});
