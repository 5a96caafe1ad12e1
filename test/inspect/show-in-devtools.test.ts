// What is drawn on the tracks of a performance panel, recorded by a stand-in for `performance`. Chromium's own: `npm run browser`.

import { Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inspection, type TaskEvent } from '../../src/core/inspection.ts';
import { type Finding, inspect, type Inspector, showInDevtools, type TaskInfo } from '../../src/inspect/index.ts';
import { go, mutex, sleep } from '../../src/index.ts';

let now = 0;
let drawn: string[] = [];
let details: { devtools: Record<string, unknown> }[] = [];
/** What the page's own list of entries has. */
let entries: string[] = [];

const stand = {
  now: () => now,
  measure: (name: string, { start, end, detail }: { start: number; end: number; detail: (typeof details)[0] }) => {
    drawn.push(`${String(detail.devtools.track)} ${start}–${end} ${name}`);
    details.push(detail);
    entries.push(name);
  },
  mark: (name: string, { detail }: { detail: (typeof details)[0] }) => {
    drawn.push(`mark ${now} ${name}`);
    details.push(detail);
    entries.push(name);
  },
  clearMeasures: (name: string) => (entries = entries.filter((entry) => entry !== name)),
  clearMarks: (name: string) => (entries = entries.filter((entry) => entry !== name)),
};

beforeEach(() => {
  now = 0;
  drawn = [];
  details = [];
  entries = [];
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  vi.stubGlobal('performance', stand);
});
afterEach(() => {
  expect([inspection.listeners.size, vi.getTimerCount(), entries]).toEqual([0, 0, []]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const findings$ = new Subject<Finding>();
let tasks: Pick<TaskInfo, 'id'>[] = [];
const inspector = { findings$, snapshot: () => ({ tasks, places: [], cycles: [] }) } as unknown as Inspector;

function tell(kind: TaskEvent['kind'], id: number, waitingFor: string | null = null): void {
  for (const listener of inspection.listeners) listener({ kind, id, name: `t${id}`, at: -1, parent: null, waitingFor });
}

function taken(): string[] {
  return drawn.splice(0);
}

describe('showInDevtools', () => {
  it('draws each wait when it ends, and each task', () => {
    const shown = showInDevtools(inspector);
    tell('started', 1);
    now = 1;
    tell('waits', 1, 'receive on orders');
    now = 5;
    tell('resumed', 1);
    expect(taken()).toEqual(['waits 1–5 t1: receive on orders']);
    now = 6;
    tell('waits', 1, 'sleep');
    now = 9;
    tell('ended', 1);
    expect(taken()).toEqual(['waits 6–9 t1: sleep', 'tasks 0–9 task t1']);
    tell('ended', 1);
    expect(taken()).toEqual([]);
    shown.unsubscribe();
  });

  it('names tracks, group and details as the panel wants them', () => {
    const shown = showInDevtools(inspector);
    tell('started', 7);
    tell('waits', 7, 'lock of a');
    now = 1;
    tell('ended', 7);
    const properties = [
      ['task', 't7'],
      ['id', '7'],
    ];
    const common = { dataType: 'track-entry', trackGroup: 'rxsluice' };
    expect(details.map(({ devtools }) => devtools)).toEqual([
      {
        ...common,
        ...{ track: 'waits', color: 'secondary', tooltipText: 't7: lock of a' },
        properties: [...properties, ['waits for', 'lock of a']],
      },
      { ...common, track: 'tasks', color: 'primary', tooltipText: 'task t7', properties },
    ]);
    shown.unsubscribe();
  });

  it('leaves out what is too short to be measured, and the start of what began before', () => {
    const shown = showInDevtools(inspector);
    tell('resumed', 1);
    tell('waits', 1, 'a');
    now = 0.09;
    tell('resumed', 1);
    tell('waits', 1, 'b');
    now = 0.3;
    tell('ended', 1);
    expect(taken()).toEqual(['waits 0.09–0.3 t1: b']);
    shown.unsubscribe();
  });

  it('draws a wait that goes on second by second, and the rest when it is unsubscribed', () => {
    const shown = showInDevtools(inspector);
    tell('started', 1);
    tell('waits', 1, 'lock of a');
    now = 1000;
    vi.advanceTimersByTime(1000);
    expect(taken()).toEqual(['waits 0–1000 t1: lock of a']);
    now = 2000;
    vi.advanceTimersByTime(1000);
    expect(taken()).toEqual(['waits 1000–2000 t1: lock of a']);
    now = 2300;
    shown.unsubscribe();
    expect(taken()).toEqual(['waits 2000–2300 t1: lock of a', 'tasks 0–2300 task t1']);
    expect(shown.closed).toBe(true);
    shown.unsubscribe();
    expect(taken()).toEqual([]);
  });

  it('draws of many waits that go on the first two hundred, in pieces', () => {
    const shown = showInDevtools(inspector);
    for (let id = 0; id < 300; id++) tell('waits', id, 'x');
    now = 1000;
    vi.advanceTimersByTime(1000);
    expect(drawn.length).toBe(200);
    expect(drawn.at(-1)).toContain('t199: x');
    taken();
    shown.unsubscribe();
    expect(taken()).toHaveLength(100);
  });

  it('draws findings as lines', () => {
    const shown = showInDevtools(inspector);
    now = 3;
    const finding = { kind: 'slowStep', message: 'a took 80 ms', task: 'a', place: null };
    for (const listener of inspection.listeners) listener({ kind: 'finding', at: 3, finding });
    expect(taken()).toEqual(['mark 3 rxsluice: a took 80 ms']);
    expect(details[0]?.devtools).toMatchObject({ dataType: 'marker', color: 'error' });
    shown.unsubscribe();
  });

  it('draws no more than two thousand a second, and then says how many it left out', () => {
    const shown = showInDevtools(inspector);
    for (let id = 0; id < 5000; id++) {
      tell('started', id);
      tell('ended', id);
    }
    expect(taken()).toHaveLength(2000);
    now = 999;
    tell('ended', 0);
    tell('started', 1);
    tell('ended', 1);
    expect(taken()).toEqual([]);
    now = 1500;
    tell('started', 2);
    tell('ended', 2);
    expect(taken()).toEqual(['tasks 0–1000 rxsluice: 3001 more were left out', 'tasks 1500–1500 task t2']);
    shown.unsubscribe();
  });

  it('forgets tasks that were collected before they ended', () => {
    const shown = showInDevtools(inspector);
    tasks = [{ id: 3 }];
    for (let id = 0; id < 1000; id++) tell('started', id);
    tell('started', 1000);
    tell('ended', 0);
    tell('ended', 999);
    expect(taken()).toEqual([]);
    tell('ended', 3);
    tell('ended', 1000);
    expect(taken()).toEqual(['tasks 0–0 task t3', 'tasks 0–0 task t1000']);
    shown.unsubscribe();
  });

  it('ends with the inspector', () => {
    const own = inspect();
    const shown = showInDevtools(own);
    const task = go(
      function* () {
        yield* sleep(1_000_000);
      },
      { name: 'sleeper' },
    );
    now = 40;
    own.stop();
    expect(shown.closed).toBe(true);
    expect(taken()).toEqual([expect.stringMatching(/^waits 0–40 sleeper: sleep/), 'tasks 0–40 task sleeper']);
    void task.cancel();
    task.subscribe({ error: () => undefined });
  });

  it('draws what the inspector finds', () => {
    const own = inspect();
    showInDevtools(own);
    const lock = mutex({ name: 'till' });
    const task = go(
      function* () {
        yield* lock.lock();
        yield* lock.lock();
      },
      { name: 'clerk' },
    );
    task.subscribe({ error: () => undefined });
    expect(taken()).toEqual([expect.stringMatching(/^mark 0 rxsluice: a deadlock: clerk → till/)]);
    own.stop();
    void task.cancel();
  });

  it('does nothing where there is nothing to measure with', () => {
    for (const performance of [undefined, {}]) {
      vi.stubGlobal('performance', performance);
      expect(showInDevtools(inspector).closed).toBe(true);
    }
  });

  it.each([undefined, null, 5, {}])('rejects %j, which is no inspector', (wrong) => {
    expect(() => showInDevtools(wrong as never)).toThrow(TypeError);
  });
});
