import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Lanes } from '../../../src/inspect/panel/lanes.ts';
import { runs } from '../../random.ts';

/** What a lane has: `text at×count`. */
function marks(lanes: Lanes, name = 'a'): string[] {
  lanes.check();
  return (lanes.of(name)?.marks ?? []).map(({ at, text, count }) => `${text} ${at}×${count}`);
}

function hear(lanes: Lanes, kind: 'sent' | 'received', ...times: number[]): void {
  for (const at of times) lanes.hear({ kind, at, name: 'a', value: `v${at}` });
}

describe('the lanes of the panel', () => {
  it('have a mark for each event, and know the last value', () => {
    const lanes = new Lanes();
    hear(lanes, 'sent', 100, 500, 900);
    expect(marks(lanes)).toEqual(['v100 100×1', 'v500 500×1', 'v900 900×1']);
    expect(lanes.of('a')?.last).toMatchObject({ at: 900, text: 'v900' });
  });

  it('make one mark of what falls into one hundredth of the span, with the last text', () => {
    const lanes = new Lanes();
    hear(lanes, 'received', 100, 199, 199, 200, 299, 300);
    expect(marks(lanes)).toEqual(['v199 199×3', 'v299 299×2', 'v300 300×1']);
    lanes.span = 100;
    hear(lanes, 'received', 301, 302, 302);
    expect(marks(lanes).slice(2)).toEqual(['v300 300×1', 'v301 301×1', 'v302 302×2']);
  });

  it('show a value that is sent and received once: when it is received', () => {
    const lanes = new Lanes();
    hear(lanes, 'sent', 100, 200);
    hear(lanes, 'received', 300);
    hear(lanes, 'sent', 400);
    hear(lanes, 'received', 500);
    expect(marks(lanes)).toEqual(['v100 100×1', 'v200 200×1', 'v300 300×1', 'v500 500×1']);
  });

  it('hear nothing of tasks and findings', () => {
    const lanes = new Lanes();
    lanes.hear({ kind: 'started', at: 1, id: 1, name: 'a', parent: null, waitingFor: null });
    lanes.hear({ kind: 'finding', at: 1, finding: { kind: 'deadlock', message: '', task: null, place: null } });
    expect(lanes.of('a')).toBeUndefined();
  });

  it('forget what is older than the span, but not the last value', () => {
    const lanes = new Lanes();
    hear(lanes, 'sent', 999, 1000, 1100, 5000);
    lanes.forget(11_000);
    expect(marks(lanes)).toEqual(['v1000 1000×1', 'v1100 1100×1', 'v5000 5000×1']);
    lanes.forget(15_001);
    expect([marks(lanes), lanes.of('a')?.last.text]).toEqual([[], 'v5000']);
    hear(lanes, 'sent', 16_000);
    expect(marks(lanes)).toEqual(['v16000 16000×1']);
  });

  it('know the most that a place was seen to hold', () => {
    const lanes = new Lanes();
    expect([3, 7, 2].map((used) => lanes.most('a', used))).toEqual([3, 7, 7]);
  });

  it('stay as small as they are, however much happens', () => {
    const lanes = new Lanes();
    for (let i = 0; i < 200_000; i++) lanes.hear({ kind: 'sent', at: i >> 3, name: 'a', value: 'x' });
    expect([marks(lanes).length, marks(lanes).at(-2)]).toEqual([101, 'x 24899×800']);
  });

  it('are of five hundred places at most: those of whom something was heard last', () => {
    const lanes = new Lanes();
    for (let i = 0; i < 600; i++) lanes.hear({ kind: 'sent', at: i, name: `c${i}`, value: 'x' });
    lanes.hear({ kind: 'sent', at: 600, name: 'c7', value: 'x' });
    lanes.forget(600);
    expect(['c7', 'c99', 'c100', 'c101', 'c599'].map((name) => lanes.of(name) !== undefined)).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  const script = fc.array(fc.nat(300), { maxLength: 300 });
  test.prop([script, fc.integer({ min: 100, max: 20_000 })], runs(300))('count each event once', (steps, span) => {
    const lanes = new Lanes();
    lanes.span = span;
    let at = 0;
    for (const later of steps) {
      hear(lanes, 'sent', (at += later));
      lanes.forget(at);
      lanes.check();
    }
    const seen = lanes.of('a')?.marks ?? [];
    let now = 0;
    const width = span / 100;
    const times = steps
      .map((later) => (now += later))
      .filter((time) => Math.floor(time / width) >= Math.floor((seen[0]?.at ?? 0) / width));
    expect(seen.reduce((sum, mark) => sum + mark.count, 0)).toBe(times.length);
  });
});
