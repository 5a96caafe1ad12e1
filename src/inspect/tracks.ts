// Spans on tracks of one group in the browser's performance panel: Chromium's extensibility of `performance.measure`. What was
// measured is taken out of the page's own list of entries at once, so that this does not grow; a recording has it all the same.
//
// Invariant: no more than LIMIT spans are drawn in any period. What is left out is counted, and told at the period's end.

type Color = 'primary' | 'secondary' | 'error';

export interface Span {
  readonly track: string;
  /** What stands on it; it must be no name that the page would use for a measure of its own. */
  readonly name: string;
  /** On the clock of `performance.now()`. */
  readonly start: number;
  readonly end: number;
  readonly color: Color;
  /** What the panel shows of it when it is chosen. */
  readonly properties: readonly (readonly [string, string])[];
}

export type Measuring = Pick<Performance, 'now' | 'measure' | 'mark' | 'clearMeasures' | 'clearMarks'>;

const GROUP = 'rxsluice';
/** Milliseconds. */
const PERIOD = 1000;
const LIMIT = 2000;

export class Tracks {
  readonly #performance: Measuring;
  #period = { start: -Infinity, drawn: 0, leftOut: 0 };

  constructor(performance: Measuring) {
    this.#performance = performance;
  }

  draw(span: Span): void {
    if (!this.#hasRoom(span.end)) return;
    this.#measure(span);
  }

  /** A line through all tracks, at this moment. */
  mark(name: string, properties: Span['properties']): void {
    if (!this.#hasRoom(this.#performance.now())) return;
    const devtools = { dataType: 'marker', color: 'error', tooltipText: name, properties };
    this.#performance.mark(name, { detail: { devtools } });
    this.#performance.clearMarks(name);
  }

  #hasRoom(now: number): boolean {
    const { start, leftOut } = this.#period;
    if (now - start >= PERIOD) {
      this.#period = { start: now, drawn: 0, leftOut: 0 };
      if (leftOut > 0) this.#tellLeftOut(leftOut, start, now);
    }
    if (this.#period.drawn < LIMIT) {
      this.#period.drawn++;
      return true;
    }
    this.#period.leftOut++;
    return false;
  }

  #tellLeftOut(count: number, start: number, end: number): void {
    const name = `rxsluice: ${count} more were left out`;
    this.#measure({ track: 'tasks', name, start, end: Math.min(end, start + PERIOD), color: 'error', properties: [] });
  }

  #measure({ track, name, start, end, color, properties }: Span): void {
    const devtools = { dataType: 'track-entry', track, trackGroup: GROUP, color, tooltipText: name, properties };
    this.#performance.measure(name, { start, end, detail: { devtools } });
    this.#performance.clearMeasures(name);
  }
}
