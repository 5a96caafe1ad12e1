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
  it('is one thing in a frame: a snapshot, its tree, a look at what was heard; and then nothing for a while', () => {
    const bench = new Bench();
    expect(bench.at(1000, 1016, 1032, 1048)).toEqual([true, true, true, false]);
    expect([bench.calls, bench.session.tree.rows.length]).toEqual([['snapshot at 1000'], 1]);
  });

  it('is a snapshot four times a second, and a look at what was heard ten times', () => {
    const bench = new Bench();
    let news = 0;
    for (let now = 1000; now < 3000; now += 10) news += Number(bench.at(now)[0]);
    expect([bench.calls.length, news]).toEqual([8, 8 + 8 + 20]);
  });

  it('is not what passes through places: it hears of that, until it ends', () => {
    const bench = new Bench();
    const tell = (at: number): void => {
      for (const listener of inspection.listeners) listener({ kind: 'sent', at, name: 'a', value: 'x' });
    };
    tell(4000);
    expect(bench.session.lanes.of('a')?.last.at).toBe(4000);
    bench.session.lanes.span = 999;
    bench.at(1000, 1016, 1032);
    expect(bench.session.lanes.of('a')?.marks).toEqual([]);
    bench.session.end(false);
    tell(4500);
    expect([bench.session.lanes.of('a')?.last.at, inspection.listeners.size]).toEqual([4000, 0]);
  });

  it('is a snapshot the rarer the longer it takes: a fiftieth of the time', () => {
    const bench = new Bench();
    bench.cost = 10;
    bench.at(1000);
    for (let now = 1020; now < 1600; now += 10) bench.at(now);
    expect(bench.calls.filter((call) => call.startsWith('snapshot'))).toEqual(['snapshot at 1000', 'snapshot at 1500']);
  });

  it('makes a large tree over several frames, and shows the old one meanwhile', () => {
    const bench = new Bench();
    bench.at(1000, 1016);
    bench.shown = { ...bench.shown, tasks: Array.from({ length: 10_000 }, (_, i) => task(i)) };
    bench.session = new Session(
      bench.inspector,
      { now: () => 0, monotonic: () => (bench.now += 0.5) },
      () => undefined,
    );
    const news = Array.from({ length: 20 }, () => bench.session.step());
    const built = news.indexOf(true, 1);
    expect([news[0], built > 5 && built < 20, bench.session.tree.rows.length]).toEqual([true, true, 10_000]);
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
