import { columns, drawRow, endOf, greatest, group, ruler, type Stretch, widest } from './columns.ts';
import { drawable } from './drawable.ts';
import type { Timeline, TimelineRow } from './timeline.ts';

/**
 * Draws what happened as text: a ruler of frames, and a row for each source, result and gauge. The same frame is in the
 * same column of every row; long idle times are folded. What is lost stands between tildes.
 *
 * ```text
 * one at a time
 *
 * frame     0    5    10
 * source    -a-b------|
 *           [ concatMap ]
 * output    ---a---b--|
 * ```
 *
 * @param timeline - from a run; times are frames, which are milliseconds of virtual time
 * @returns lines, without a line break at the end
 * @example
 * console.log(drawAscii({ title: 'of(1)', frames: 0, rows: [{ label: 'of', kind: 'output', events: [{ frame: 0, text: '1', kind: 'next' }] }] }));
 */
export function drawAscii(timeline: Timeline): string {
  return asText(drawable('drawAscii', timeline));
}

function asText(timeline: Timeline): string {
  const cells = timeline.rows.map(cellsOf);
  const stretches = columns(widest(cells), timeline.frames);
  const margin =
    greatest('frame'.length, timeline.rows, ({ kind, label }) => (kind === 'operator' ? 0 : label.length)) + 2;
  const rows = timeline.rows.map((row, i) => drawn(row, cells[i] ?? new Map<number, string>(), stretches, margin));
  return [
    timeline.title,
    '',
    `${'frame'.padEnd(margin)}${ruler(stretches)}`,
    ...rows,
    ...(timeline.legend?.length ? ['', ...timeline.legend] : []),
  ].join('\n');
}

function drawn(
  row: TimelineRow,
  cells: ReadonlyMap<number, string>,
  stretches: readonly Stretch[],
  margin: number,
): string {
  if (row.kind === 'operator') return `${' '.repeat(margin)}[ ${row.label} ]`;
  return row.label.padEnd(margin) + drawRow(stretches, cells, row.from ?? -Infinity, endOf(row));
}

const ENDS = { complete: '|', error: '#' } as const;

/** What is written where. A row that somebody left ends in a `!`, as in a diagram of subscriptions. */
function cellsOf(row: TimelineRow): ReadonlyMap<number, string> {
  const written = row.events.map(({ frame, kind, text, lost }) => {
    return { frame, text: kind === 'next' ? (lost ? `~${text}~` : text) : ENDS[kind] };
  });
  return group(row.until === undefined ? written : [...written, { frame: row.until, text: '!' }]);
}
