// Puts frames in columns, the same for every row. A frame in which something happens is as wide as its widest cell; a frame
// in which nothing happens is one column; a long time in which nothing happens anywhere is folded.

import type { TimelineRow } from './timeline.ts';

/** Idle frames in a row that are still drawn one by one. */
const LONGEST_IDLE = 12;

/** A stretch of the picture: one frame, or several idle ones. */
export interface Stretch {
  readonly frame: number;
  /** Frames it stands for. */
  readonly frames: number;
  /** Columns it takes. */
  readonly width: number;
  readonly column: number;
  readonly kind: 'busy' | 'idle' | 'folded';
}

/** What is written at each frame: the text of what happens, in parentheses if several things do. */
export function group(events: readonly { readonly frame: number; readonly text: string }[]): Map<number, string> {
  const texts = new Map<number, string[]>();
  for (const { frame, text } of events) {
    const together = texts.get(frame);
    if (together === undefined) texts.set(frame, [text]);
    else together.push(text);
  }
  return new Map([...texts].map(([frame, all]) => [frame, all.length === 1 ? all.join('') : `(${all.join('')})`]));
}

/** The greatest measure of `items`, but at least `least`. (There may be more of them than a function takes arguments.) */
export function greatest<T>(least: number, items: readonly T[], measure: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, measure(item)), least);
}

/** How wide each busy frame has to be. */
export function widest(rows: readonly ReadonlyMap<number, string>[]): Map<number, number> {
  const widths = new Map<number, number>();
  for (const row of rows)
    for (const [frame, cell] of row) widths.set(frame, Math.max(widths.get(frame) ?? 0, cell.length));
  return widths;
}

/** `busy`: the width of each frame in which something happens. `last`: the last frame to be drawn. */
export function columns(busy: ReadonlyMap<number, number>, last: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let column = 0;
  const push = (kind: Stretch['kind'], frame: number, frames: number, width: number): void => {
    stretches.push({ kind, frame, frames, width, column });
    column += width;
  };
  let frame = -greatest(0, [...busy.keys()], (key) => -key);
  for (const next of [...new Set([...busy.keys(), last])].sort((a, b) => a - b)) {
    const idle = next - frame;
    if (idle > LONGEST_IDLE) push('folded', frame, idle, folded(idle).length);
    else if (idle > 0) push('idle', frame, idle, Math.ceil(idle));
    push(busy.has(next) ? 'busy' : 'idle', next, 1, Math.max(1, busy.get(next) ?? 0));
    frame = next + 1;
  }
  return stretches;
}

/** A folded stretch, written as in a marble diagram. */
export function folded(frames: number): string {
  return ` ${frames}ms `;
}

/** The column at which `frame` begins. */
export function columnOf(stretches: readonly Stretch[], frame: number): number {
  // They stand in order: the last that begins no later is found by halving.
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle] as Stretch).frame <= frame) low = middle + 1;
    else high = middle;
  }
  const at = stretches[low - 1];
  if (at === undefined) return 0;
  return at.column + Math.min(at.width - 1, at.kind === 'folded' ? 0 : Math.floor(frame - at.frame));
}

/** Frames that get a number: every fifth, and the first one after a fold. */
export function ticks(stretches: readonly Stretch[]): { readonly frame: number; readonly column: number }[] {
  return stretches.flatMap(({ kind, frame, frames, column }, i) =>
    Array.from({ length: kind === 'folded' ? 0 : Math.floor(frames) }, (_, n) => ({
      frame: frame + n,
      column: column + n,
    })).filter((tick, n) => tick.frame % 5 === 0 || (n === 0 && stretches[i - 1]?.kind === 'folded')),
  );
}

/** Frame numbers above their columns, as far as there is room. */
export function ruler(stretches: readonly Stretch[]): string {
  const parts: string[] = [];
  let length = 0;
  for (const { frame, column } of ticks(stretches)) {
    if (length > 0 && column <= length) continue;
    const number = String(frame);
    parts.push(' '.repeat(column - length), number);
    length = column + number.length;
  }
  return parts.join('');
}

/** One row: what is written at each busy frame, a line while it lives (`from` to `until`), and blanks where it does not. */
export function drawRow(
  stretches: readonly Stretch[],
  cells: ReadonlyMap<number, string>,
  from: number,
  until: number,
): string {
  let row = '';
  for (const { kind, frame, frames, width } of stretches) {
    const alive = (at: number): string => (at >= from && at < until ? '-' : ' ');
    const cell = cells.get(frame);
    if (cell !== undefined) row += cell.padEnd(width, frame >= until ? ' ' : '-');
    else if (kind === 'folded') row += frame >= from && frame < until ? folded(frames) : ' '.repeat(width);
    else if (kind === 'busy') row += alive(frame).repeat(width);
    else for (let i = 0; i < width; i++) row += alive(frame + i);
  }
  return row.trimEnd();
}

/** From this frame on nothing more can come. */
export function endOf(row: TimelineRow): number {
  const end = row.kind === 'gauge' ? undefined : row.events.find(({ kind }) => kind !== 'next')?.frame;
  return Math.min(end ?? Infinity, row.until ?? Infinity);
}
