import { describe, expect, it } from 'vitest';
import { drawAscii, drawSvg, type Timeline, type TimelineEvent } from '../../src/testing/index.ts';

const at = (frame: number, text: string, kind: TimelineEvent['kind'] = 'next'): TimelineEvent => ({
  frame,
  text,
  kind,
});
const timeline: Timeline = {
  title: 'two at a time & no more',
  frames: 80,
  legend: ['a = { id: 1 }'],
  rows: [
    { label: 'source', kind: 'input', events: [at(1, 'a'), at(2, 'b'), at(7, '|', 'complete')] },
    { label: 'inner', kind: 'input', events: [at(4, 'x')], from: 2, until: 9 },
    { label: 'queueMap', kind: 'operator', events: [] },
    { label: 'output', kind: 'output', events: [at(4, 'x'), at(9, 'long'), at(9, 'z'), at(9, '|', 'complete')] },
    { label: 'failed', kind: 'output', events: [at(80, '#', 'error')] },
    { label: 'waiting', kind: 'gauge', events: [at(0, '0'), at(2, '2'), at(5, '1')] },
  ],
};

describe('drawAscii', () => {
  it('puts the same frame in the same column, folds what is long, and draws what lives', () => {
    expect(drawAscii(timeline).split('\n')).toEqual([
      'two at a time & no more',
      '',
      'frame    0    5                 80',
      'source   -ab----|',
      'inner      --x----!',
      '         [ queueMap ]',
      'output   ----x----(longz|)',
      'failed   ----------------- 70ms #',
      'waiting  0-2--1----------- 70ms -',
      '',
      'a = { id: 1 }',
    ]);
  });
});

describe('idle time', () => {
  const drawn = (frame: number): string | undefined =>
    drawAscii({ title: '', frames: frame, rows: [{ label: 'x', kind: 'output', events: [at(frame, 'a')] }] })
      .split('\n')
      .at(-1);

  it('is folded when it is longer than twelve frames', () => {
    expect(drawn(12)).toBe('x      ------------a');
    expect(drawn(13)).toBe('x       13ms a');
  });
});

describe('a value that is lost', () => {
  const events: TimelineEvent[] = [at(0, 'a'), { ...at(1, 'b'), lost: true }];
  const lossy: Timeline = { title: '', frames: 1, rows: [{ label: 'x', kind: 'output', events }] };

  it('stands between tildes in a text', () => {
    expect(drawAscii(lossy).split('\n').at(-1)).toBe('x      a~b~');
  });

  it('is struck through in a picture, which says so to those who do not see it', () => {
    const svg = drawSvg(lossy);
    expect(svg.match(/<path class="error"/g)).toHaveLength(1);
    expect(svg).toMatch(/>b<\/text><path class="error" d="M[\d.]+ 7L[\d.]+ -7"\/>/);
    expect(svg).toContain('<desc>x: a at 0, b lost at 1.</desc>');
  });
});

describe('drawSvg', () => {
  const svg = drawSvg(timeline);

  it('is the same text for the same timeline, and stands alone', () => {
    expect(drawSvg(timeline)).toBe(svg);
    expect(svg).not.toMatch(/href|url\(|undefined|NaN/);
  });

  it('tells a screen reader what it shows', () => {
    expect(svg).toContain('<title>two at a time &amp; no more</title>');
    expect(svg).toContain('source: a at 1, b at 2, completes at 7. inner: x at 4, unsubscribed at 9. queueMap:.');
    expect(svg).toContain('role="img"');
  });

  it('has colours for light and for dark', () => {
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
  });

  it('looks as it did', async () => {
    await expect(svg).toMatchFileSnapshot('golden/picture.svg');
  });

  it('draws an empty timeline', () => {
    expect(drawSvg({ title: 'nothing', frames: 0, rows: [] })).toContain('</svg>');
    expect(drawAscii({ title: 'nothing', frames: 0, rows: [] })).toBe('nothing\n\nframe  0');
  });
});
