import { columnOf, columns, endOf, greatest, type Stretch, ticks } from './columns.ts';
import { drawable } from './drawable.ts';
import type { Timeline, TimelineEvent, TimelineRow } from './timeline.ts';

/** Pixels of a column, of a row, of a marble's radius, and of a letter. */
const UNIT = 26;
const ROW = 46;
const RADIUS = 13;
const LETTER = 7.9;
const TOP = 66;
/** Colours; the same text has the same one. */
const PALETTE = 6;

// Colours are named twice, for light and for dark; `color-scheme` is the reader's. Everything else is geometry.
const STYLE = `
.rxm text{font:13px ui-monospace,monospace;fill:#222}.rxm .title{font-weight:bold}.rxm .dim{font-size:11px;fill:#667}
.rxm path,.rxm rect{stroke:#667;stroke-width:1.5;fill:none}.rxm .mark,.rxm .error{stroke-width:2.5}
.rxm .grid{stroke:#dde}.rxm .box{fill:#f6f6fa}.rxm .error{stroke:#c22}.rxm .gauge{fill:#5ae6;stroke:#27d}
.rxm .c0{fill:#bdf}.rxm .c1{fill:#fd8}.rxm .c2{fill:#beb}.rxm .c3{fill:#fcc}.rxm .c4{fill:#dcf}.rxm .c5{fill:#fdb}
@media (prefers-color-scheme:dark){
.rxm text{fill:#eee}.rxm .dim{fill:#99a}.rxm path,.rxm rect{stroke:#99a}
.rxm .grid{stroke:#334}.rxm .box{fill:#223}.rxm .error{stroke:#f77}.rxm .gauge{stroke:#6af}
.rxm .c0{fill:#048}.rxm .c1{fill:#650}.rxm .c2{fill:#153}.rxm .c3{fill:#722}.rxm .c4{fill:#429}.rxm .c5{fill:#731}
}`.replaceAll('\n', '');

/**
 * Draws what happened as a picture: marbles on lines for sources and results, a box for the operator between them, and a
 * filled step line for a gauge, such as the occupancy of a buffer. A value keeps its colour in every row, and is struck through
 * where it is lost.
 *
 * ```text
 * source    --(a)--(b)--|
 *           [ operator  ]
 * output    ----(a)--(b)|
 * buffered    ▂▂▂  ▂▂▂
 * ```
 *
 * The text is the same for the same timeline, byte by byte, so that a picture can be committed and compared. It needs
 * nothing from outside, follows the reader's light or dark scheme, and tells a screen reader what it shows.
 *
 * @param timeline - from a run; times are frames, which are milliseconds of virtual time
 * @returns one `<svg>` element
 * @example
 * ```ts
 * writeFileSync('queue-map.svg', drawSvg(timeline));
 * ```
 */
export function drawSvg(timeline: Timeline): string {
  const { rows, title, frames, legend = [] } = drawable('drawSvg', timeline);
  const stretches = columns(
    widths(rows),
    greatest(frames, rows.flatMap(framesOf), (frame) => frame),
  );
  const margin = 24 + LETTER * greatest(5, rows, ({ kind, label }) => (kind === 'operator' ? 0 : label.length));
  const operator = greatest(0, rows, ({ kind, label }) => (kind === 'operator' ? LETTER * label.length + 24 : 0));
  const right = Math.max(margin + UNIT * (widthOf(stretches) + 0.5), margin + operator);
  const scale: Scale = { stretches, margin, right };
  const width = Math.ceil(greatest(right + 16, [title, ...legend], (line) => LETTER * line.length + 24));
  const height = TOP + ROW * rows.length + 20 * legend.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="rxm" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(rows.map(told).join(' '))}</desc>`,
    `<style>${STYLE}</style>`,
    text(12, 22, title, 'title', 'start'),
    ...rulerOf(scale, TOP + ROW * rows.length - 8),
    ...rows.map((row, i) => `<g transform="translate(0,${TOP + ROW * i + ROW / 2 - 8})">${drawn(row, scale)}</g>`),
    ...legend.map((line, i) => text(12, TOP + ROW * rows.length + 12 + 20 * i, line, 'dim', 'start')),
    '</svg>',
    '',
  ].join('\n');
}

interface Scale {
  readonly stretches: readonly Stretch[];
  readonly margin: number;
  readonly right: number;
}

function drawn(row: TimelineRow, scale: Scale): string {
  if (row.kind === 'operator') return box(row, scale);
  const label = text(12, 4, row.label, '', 'start');
  return label + (row.kind === 'gauge' ? gauge(row, scale) : marbles(row, scale));
}

function box({ label }: TimelineRow, { margin, right }: Scale): string {
  const rect = `<rect class="box" x="${margin - 8}" y="-16" width="${right - margin + 8}" height="32" rx="6"/>`;
  return rect + text((margin - 8 + right) / 2, 5, label, '', 'middle');
}

function marbles(row: TimelineRow, scale: Scale): string {
  const end = endOf(row);
  const from = x(scale, row.from ?? 0);
  const last = row.events.filter(({ frame }) => frame === end);
  // What was seen in the frame of the unsubscription came before it.
  const cut = row.until === end && last.length > 0 ? pixels(last.at(-1) as TimelineEvent) / 2 + 7 : 0;
  const to = end === Infinity ? scale.right : x(scale, end) + (leads(last).at(-1) ?? 0) + cut;
  const line = `<path d="M${from - (row.from === undefined ? 12 : 0)} 0H${to}${end === Infinity ? 'l-7 -4m7 4l-7 4' : ''}"/>`;
  const left = row.until === undefined ? '' : `<path class="mark" d="M${round(to - 5)} 10l10 -20m-4 20l10 -20"/>`;
  const shifts = leads(row.events);
  const events = row.events.map((event, i) => shape(event, x(scale, event.frame) + (shifts[i] as number)));
  return line + events.join('') + left;
}

/** How far to the right of its frame each event stands: of those that are simultaneous, the first one is in its column. */
function leads(events: readonly TimelineEvent[]): number[] {
  const taken = new Map<number, number>();
  return events.map((event) => {
    const before = taken.get(event.frame);
    const wide = pixels(event);
    const all = (before ?? 0) + wide;
    taken.set(event.frame, all);
    return before === undefined && event.kind !== 'next' ? 0 : all - (wide + UNIT) / 2;
  });
}

function shape(event: TimelineEvent, centre: number): string {
  const half = pixels(event) / 2;
  if (event.kind === 'complete') return `<path class="mark" d="M${centre} -14V14"/>`;
  if (event.kind === 'error') return `<path class="error" d="M${centre - 8} -8l16 16m0 -16l-16 16"/>`;
  const rect = `<rect class="c${event.text.charCodeAt(0) % PALETTE}" x="${centre - half + 1}" y="${1 - RADIUS}" width="${2 * half - 2}" height="${2 * RADIUS - 2}" rx="${RADIUS - 1}"/>`;
  const struck = event.lost
    ? `<path class="error" d="M${round(centre - half + 4)} 7L${round(centre + half - 4)} -7"/>`
    : '';
  return rect + text(centre, 4.5, event.text, '', 'middle') + struck;
}

/** A number over time: a filled step line, with the number at each step. */
function gauge(row: TimelineRow, scale: Scale): string {
  const steps = row.events.map(({ frame, text: number }) => ({ left: x(scale, frame) - UNIT / 2, number }));
  const most = greatest(1, steps, ({ number }) => Number(number));
  const y = (number: string): number => round(14 - (26 * Number(number)) / most);
  const path = steps.map(({ left, number }) => `H${left}V${y(number)}`).join('');
  const first = steps[0]?.left ?? scale.right;
  const area = `<path class="gauge" d="M${first} 14${path}H${scale.right}V14Z"/>`;
  return (
    area +
    steps
      .map(({ left, number }) => text(left + 4, y(number) > 0 ? y(number) - 3 : y(number) + 12, number, 'dim', 'start'))
      .join('')
  );
}

function rulerOf(scale: Scale, bottom: number): string[] {
  const folded = scale.stretches.filter(({ kind }) => kind === 'folded');
  const numbers = ticks(scale.stretches).map(({ frame, column }) => {
    const centre = at(scale, column);
    return `<path class="grid" d="M${centre} 56V${bottom}"/>${text(centre, 52, String(frame), 'dim', 'middle')}`;
  });
  const folds = folded.map(({ frames, column, width }) =>
    text(at(scale, column + (width - 1) / 2), 52, `… ${frames}ms …`, 'dim', 'middle'),
  );
  return [...numbers, ...folds];
}

// ───────────────────────────────────────────────────────────── geometry

/** The middle of the first column of `frame`. */
function x(scale: Scale, frame: number): number {
  return at(scale, columnOf(scale.stretches, frame));
}

/** The middle of a column. */
function at({ margin }: Scale, column: number): number {
  return round(margin + UNIT * (column + 0.5));
}

function pixels({ kind, text: written }: TimelineEvent): number {
  return kind === 'next' ? Math.max(UNIT, round(LETTER * written.length + 14)) : kind === 'error' ? UNIT : UNIT / 2;
}

function widths(rows: readonly TimelineRow[]): Map<number, number> {
  const busy = new Map<number, number>();
  for (const row of rows) {
    const taken = new Map<number, number>();
    for (const event of row.kind === 'gauge' ? [] : row.events) {
      taken.set(event.frame, (taken.get(event.frame) ?? 0) + pixels(event));
    }
    for (const [frame, width] of taken) busy.set(frame, Math.max(busy.get(frame) ?? 1, Math.ceil(width / UNIT)));
    for (const frame of framesOf(row)) busy.set(frame, busy.get(frame) ?? 1);
  }
  return busy;
}

function framesOf({ events, from, until }: TimelineRow): number[] {
  return [...events.map(({ frame }) => frame), from, until].filter((frame) => frame !== undefined);
}

function widthOf(stretches: readonly Stretch[]): number {
  const last = stretches.at(-1);
  return last === undefined ? 0 : last.column + last.width;
}

function round(pixel: number): number {
  return Math.round(pixel * 10) / 10;
}

// ───────────────────────────────────────────────────────────── text

const VERBS: Partial<Record<TimelineEvent['kind'], string>> = { error: 'fails', complete: 'completes' };

/** A row for those who do not see it. */
function told({ label, events, until }: TimelineRow): string {
  const all = events.map(
    ({ kind, text, lost, frame }) => ` ${VERBS[kind] ?? (lost ? `${text} lost` : text)} at ${frame}`,
  );
  return `${label}:${all.join()}${until === undefined ? '' : `, unsubscribed at ${until}`}.`;
}

function text(left: number, y: number, written: string, style: string, anchor: 'start' | 'middle'): string {
  const styled = style === '' ? '' : ` class="${style}"`;
  return `<text${styled} x="${round(left)}" y="${round(y)}"${anchor === 'start' ? '' : ' text-anchor="middle"'}>${escaped(written)}</text>`;
}

function escaped(written: string): string {
  return written.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
