import { Subject } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Finding, Inspector, PlaceInfo, Snapshot, TaskInfo } from '../../../src/inspect/inspector.ts';
import { inspection } from '../../../src/core/inspection.ts';
import { Session } from '../../../src/inspect/panel/session.ts';

const task = (id: number): TaskInfo => ({
  ...{ id, name: `t${id}`, parent: null, state: 'waiting', waitingFor: null, forMs: 0, startedAt: null },
});
const place = (name: string): PlaceInfo => ({
  kind: 'channel',
  name,
  text: `channel ${name} (0/1, open)`,
  waiting: [],
});
const finding = (message: string): Finding => ({ kind: 'slowStep', message, task: null, place: null });

afterEach(() => {
  inspection.listeners.clear();
});

/** An inspector that takes its time, and a clock that it moves. */
class Bench {
  now = 1000;
  readonly calls: string[] = [];
  readonly findings$ = new Subject<Finding>();
  shown: Snapshot = { tasks: [task(1)], places: [place('a')], cycles: [] };
  /** Milliseconds that a snapshot takes. */
  cost = 0;
  readonly clock = { now: () => 5000, monotonic: () => this.now };
  session = new Session(this.inspector, this.clock, () => this.calls.push('found'));

  get inspector(): Inspector {
    const stop = (): void => void this.calls.push('stop');
    return {
      findings$: this.findings$,
      snapshot: () => {
        this.calls.push(`snapshot at ${this.now}`);
        this.now += this.cost;
        return this.shown;
      },
      timeline: () => {
        throw new Error('it is not asked');
      },
      stop,
      [Symbol.dispose]: stop,
    };
  }

  /** Steps at each of these times. */
  at(...times: number[]): boolean[] {
    return times.map((now) => {
      this.now = now;
      return this.session.step();
    });
  }
}

describe('what the panel asks of an inspector', () => {
  it('is one thing in a frame: a snapshot, a look at what was heard; and then nothing for a while', () => {
    const bench = new Bench();
    expect(bench.at(1000, 1016, 1032)).toEqual([true, true, false]);
    expect([bench.calls, bench.session.tree.rows.length]).toEqual([['snapshot at 1000'], 1]);
  });

  it('is a snapshot four times a second, and a look at what was heard ten times', () => {
    const bench = new Bench();
    let news = 0;
    for (let now = 1000; now < 3000; now += 10) news += Number(bench.at(now)[0]);
    expect([bench.calls.length, news]).toEqual([8, 8 + 20]);
  });

  it('is not what passes through places: it hears of that, until it ends', () => {
    const bench = new Bench();
    const tell = (at: number): void => {
      for (const listener of inspection.listeners) listener({ kind: 'sent', at, name: 'a', value: 'x' });
    };
    tell(4000);
    expect(bench.session.lanes.of('a')?.last.at).toBe(4000);
    bench.session.lanes.span = 999;
    bench.at(1000, 1016);
    expect(bench.session.lanes.of('a')?.marks).toEqual([]);
    bench.session.end(false);
    tell(4500);
    expect([bench.session.lanes.of('a')?.last.at, inspection.listeners.size]).toEqual([4000, 0]);
  });

  it('is a snapshot the rarer the longer it takes: a twentieth of the time', () => {
    const bench = new Bench();
    bench.cost = 20;
    for (let now = 1000; now < 1700; now += 10) bench.at(now);
    expect(bench.calls).toEqual(['snapshot at 1000', 'snapshot at 1420']);
  });

  it('is a survey instead, of one that can make it, in slices of a millisecond and a half; it counts as a whole', () => {
    const bench = new Bench();
    const { shown } = bench;
    const inspector = {
      ...bench.inspector,
      *survey() {
        for (let i = 0; i < 100; i++) {
          bench.now++;
          yield;
        }
        bench.calls.push(`survey until ${bench.now}`);
        return shown;
      },
    };
    bench.session = new Session(inspector, bench.clock, () => undefined);
    expect(bench.at(1000, 1016, 1032)).toEqual([false, false, false]);
    expect(bench.now).toBe(1034);
    while (bench.calls.length === 0) bench.at(bench.now + 14);
    const first = bench.now;
    while (bench.calls.length === 1) bench.at(bench.now + 14);
    // Fifty slices of two milliseconds each, and two thousand ms until the next.
    expect([first, bench.now > first + 2000 + 49 * 14, bench.now < first + 2000 + 53 * 16]).toEqual([1800, true, true]);
  });

  it('makes a large tree over several frames, and shows the old one meanwhile', () => {
    const bench = new Bench();
    bench.at(1000);
    const tasks = Array.from({ length: 10_000 }, (_, i) => task(i));
    bench.shown = { ...bench.shown, tasks };
    const clock = { now: () => 0, monotonic: () => (bench.now += 0.25) };
    bench.session = new Session(bench.inspector, clock, () => undefined);
    const seen: number[] = [];
    while (!bench.session.step()) seen.push(bench.session.snapshot.tasks.length + bench.session.tree.rows.length);
    expect([seen.length > 5 && seen.length < 20, new Set(seen)]).toEqual([true, new Set([0])]);
    expect([bench.session.snapshot.tasks.length, bench.session.tree.rows.length]).toEqual([10_000, 10_000]);
  });

  it('knows who stands in a ring', () => {
    const bench = new Bench();
    bench.shown = { ...bench.shown, cycles: [['a', 'b'], ['c']] };
    bench.at(1000);
    expect([...bench.session.ring]).toEqual(['a', 'b', 'c']);
  });

  it('keeps the latest findings until they are dismissed', () => {
    const bench = new Bench();
    for (let i = 0; i < 60; i++) bench.findings$.next(finding(`${i}`));
    const { session } = bench;
    expect(session.findings.map(({ message }) => message)).toEqual(Array.from({ length: 50 }, (_, i) => `${i + 10}`));
    session.dismiss(session.findings[1]!);
    expect(session.findings.map(({ message }) => message).slice(0, 2)).toEqual(['10', '12']);
    expect(bench.calls).toHaveLength(60);
  });

  it.each([
    ['stops its own inspector', true, ['stop']],
    ['leaves one that is not its own', false, []],
  ])('ends: it hears of nothing any more, and %s', (_, own, calls) => {
    const bench = new Bench();
    bench.session.end(own);
    expect([bench.findings$.observed, bench.calls]).toEqual([false, calls]);
  });
});
