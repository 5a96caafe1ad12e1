import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Lanes } from '../../../src/inspect/panel/lanes.ts';
import type { Timeline, TimelineEvent, TimelineRow } from '../../../src/testing/timeline.ts';
import { runs } from '../../random.ts';

const SPAN = 10_000;
/** More than a script has events. */
const ALL = 100;
const NAMES = new Set(['a']);

const next = (frame: number, text = String(frame)): TimelineEvent => ({ frame, text, kind: 'next' });
const row = (label: string, events: TimelineEvent[], kind: TimelineRow['kind'] = 'output'): TimelineRow => ({
  ...{ label, kind, events },
});
const timeline = (frames: number, ...rows: TimelineRow[]): Timeline => ({ title: '', frames, rows });

/** What a lane has: `text at×count`. */
function marks(lanes: Lanes, name = 'a'): string[] {
  lanes.check();
  return (lanes.of(name)?.marks ?? []).map(
    ({ at, text, count, kind }) => `${kind === 'next' ? text : kind} ${at}×${count}`,
  );
}

describe('the lanes of the panel', () => {
  it('take what has happened, each event once, though timelines overlap', () => {
    const lanes = new Lanes();
    lanes.take(timeline(500, row('a', [next(100), next(500, 'x')])), NAMES, 500, SPAN);
    lanes.take(timeline(900, row('a', [next(100), next(500, 'x'), next(900)])), NAMES, 900, SPAN);
    lanes.take(timeline(1300, row('a', [next(900), next(1300)])), NAMES, 1300, SPAN);
    expect(marks(lanes)).toEqual(['100 100×1', 'x 500×1', '900 900×1', '1300 1300×1']);
  });

  it('take those of the last frame that came after they had looked', () => {
    const lanes = new Lanes();
    const all = [next(0, 'a'), next(0, 'b'), next(0, 'c'), next(0, 'd')];
    for (const count of [1, 1, 3, 4]) lanes.take(timeline(0, row('a', all.slice(0, count))), NAMES, 0, SPAN);
    expect(marks(lanes)).toEqual(['d 0×4']);
  });

  it('make one mark of what falls into one hundredth of the span, with the last text; ends stand alone', () => {
    const lanes = new Lanes();
    const events = [next(100), next(199), next(200), next(299)];
    const ends: TimelineEvent[] = [
      { frame: 299, text: '', kind: 'error' },
      next(299, 'late'),
      { frame: 299, text: '', kind: 'complete' },
    ];
    lanes.take(timeline(300, row('a', [...events, ...ends])), NAMES, 300, SPAN);
    expect(marks(lanes)).toEqual(['199 199×2', '299 299×2', 'error 299×1', 'late 299×1', 'complete 299×1']);
  });

  it('know the last value, also when its mark has left', () => {
    const lanes = new Lanes();
    lanes.take(timeline(100, row('a', [next(100, 'x'), { frame: 100, text: '', kind: 'complete' }])), NAMES, 100, SPAN);
    lanes.take(timeline(20_000), NAMES, 20_000, SPAN);
    expect(marks(lanes)).toEqual([]);
    expect(lanes.of('a')?.last?.text).toBe('x');
  });

  it('forget what is older than the span', () => {
    const lanes = new Lanes();
    lanes.take(timeline(5000, row('a', [next(999), next(1000), next(5000)])), NAMES, 5000, SPAN);
    lanes.take(timeline(11_000), NAMES, 11_000, SPAN);
    expect(marks(lanes)).toEqual(['1000 1000×1', '5000 5000×1']);
  });

  it('forget a place that is out of sight, with its last mark', () => {
    const lanes = new Lanes();
    lanes.take(timeline(0, row('a', [next(0)])), NAMES, 0, SPAN);
    lanes.take(timeline(10_000), new Set(), 10_000, SPAN);
    expect(lanes.of('a')).toBeDefined();
    lanes.take(timeline(10_001), new Set(), 10_001, SPAN);
    expect(lanes.of('a')).toBeUndefined();
  });

  it('have nothing of other names, of gauges and of operators', () => {
    const lanes = new Lanes();
    lanes.take(
      timeline(1, row('b', [next(1)]), row('a', [next(1)], 'gauge'), row('a', [next(1)], 'operator')),
      NAMES,
      1,
      SPAN,
    );
    expect([marks(lanes), marks(lanes, 'b')]).toEqual([[], []]);
  });

  it('tell the time of the timeline, which is never ahead of what has happened', () => {
    const lanes = new Lanes();
    expect(lanes.clock(5000)).toBe(0);
    lanes.take(timeline(100), NAMES, 1150, SPAN);
    expect(lanes.clock(2000)).toBe(950);
    lanes.take(timeline(1000), NAMES, 2000, SPAN);
    lanes.take(timeline(1000), NAMES, 2500, SPAN);
    expect(lanes.clock(2000)).toBe(1000);
  });

  it('know the most that a place was seen to hold', () => {
    const lanes = new Lanes();
    expect([3, 7, 2].map((used) => lanes.most('a', used))).toEqual([3, 7, 7]);
  });

  it('stay as small as they are, however much happens', () => {
    const lanes = new Lanes();
    for (let frame = 0; frame < 20_000; frame += 10) {
      const events = Array.from({ length: 20 }, (_, i) => next(frame + (i >> 1)));
      lanes.take(timeline(frame + 9, row('a', events)), NAMES, frame + 9, SPAN);
      lanes.check();
    }
    const all = lanes.of('a')?.marks ?? [];
    expect([all.length, all.at(-2)?.count]).toEqual([101, 200]);
    for (let i = 0; i < 1000; i++) {
      const event: TimelineEvent = { frame: 20_000 + i, text: '', kind: 'error' };
      lanes.take(timeline(21_000, row('a', [event])), NAMES, 21_000, SPAN);
      lanes.check();
    }
  });

  const script = fc.array(fc.tuple(fc.nat(3), fc.boolean()), { maxLength: 60 });
  test.prop([script, fc.constantFrom(1, 3, ALL)], runs(300))(
    'count each event once, whatever is seen of it when',
    (steps, kept) => {
      const lanes = new Lanes();
      const events: TimelineEvent[] = [];
      let frame = 0;
      let looked = 0;
      for (const [later, looks] of steps) {
        events.push(next((frame += later)));
        if (!looks) continue;
        looked = events.length;
        // The timeline knows the latest only; none are missed where it knows as many as there are.
        lanes.take(timeline(frame, row('a', events.slice(-kept))), NAMES, frame, 100 * SPAN);
      }
      const count = (lanes.of('a')?.marks ?? []).reduce((sum, mark) => sum + mark.count, 0);
      if (kept === ALL) expect(count).toBe(looked);
      else expect(count).toBeLessThanOrEqual(looked);
    },
  );
});
