import { printable } from '../../base/printable.ts';
import { formatDuration } from '../format-duration.ts';
import { make, mark, write } from './dom.ts';
import type { PlaceInfo } from '../inspector.ts';
import type { Lane } from './lanes.ts';
import { particularsOf, shareOf } from './occupancy.ts';
import { paintLane, type Scheme } from './paint.ts';
import type { RowElement } from './rows.ts';
import type { Session } from './session.ts';
import { counted } from './words.ts';

export const PLACE_HEIGHT = 46;

/** A channel, or another place: its name, how full it is, who waits, and the lane of what happened, with the last value. */
export class PlaceRow implements RowElement<PlaceInfo> {
  readonly element: HTMLElement;
  readonly canvas = make('canvas', { role: 'img' });
  readonly #session: () => Session | null;
  readonly #name = make('span', { class: 'name' });
  readonly #kind = make('span', { class: 'dim' });
  readonly #brief = make('span');
  readonly #bar = make('div', { class: 'bar' }, this.#brief);
  readonly #rest = make('span', { class: 'dim' });
  readonly #last = make('span', { class: 'name' });
  readonly #ago = make('span', { class: 'dim' });
  #place: PlaceInfo | null = null;
  #part = -1;
  /** In which colour it shows that there is nothing; null: there is something, or nothing was painted yet. */
  #blank: string | null = null;

  constructor(session: () => Session | null) {
    this.#session = session;
    const columns = [
      make('div', {}, this.#name, this.#kind),
      make('div', {}, this.#bar, this.#rest),
      this.canvas,
      make('div', { class: 'last' }, this.#last, this.#ago),
    ];
    this.element = make('div', { role: 'listitem' }, ...columns);
  }

  show(place: PlaceInfo, index: number): void {
    const session = this.#session();
    if (session === null) return;
    const { element } = this;
    const { ring, snapshot, lanes, tree } = session;
    this.#place = place;
    const active = tree.rows[tree.active]?.task.id;
    const near = active !== undefined && place.waiting.includes(active) ? ' near' : '';
    mark(element, 'class', `row place${near}${ring.has(place.name) ? ' ring' : ''}`);
    mark(element, 'aria-posinset', String(index + 1));
    mark(element, 'aria-setsize', String(snapshot.places.length));
    write(this.#name, printable(place.name));
    write(this.#kind, place.kind);
    this.#fill(place, session);
    const lane = lanes.of(place.name);
    write(this.#last, lane?.last.text ?? '');
    write(this.#ago, lane === undefined || lane.last.count === 0 ? '' : ago(session.clock.now() - lane.last.at));
    mark(this.canvas, 'aria-label', told(lane));
  }

  #fill(place: PlaceInfo, { lanes }: Session): void {
    const { fill, brief, rest } = particularsOf(place);
    const most = fill?.capacity === Infinity ? lanes.most(place.name, fill.used) : 0;
    const part = fill === null ? 0 : Math.round(1000 * shareOf(fill, most)) / 1000;
    const isFull = fill !== null && fill.capacity !== Infinity && fill.capacity > 0 && part === 1;
    const waits = place.waiting.length > 0 && rest === '' ? `${place.waiting.length} waiting` : rest;
    mark(this.#bar, 'class', `bar${isFull ? ' full' : ''}`);
    mark(this.#bar, 'role', fill === null ? null : 'meter');
    mark(this.#bar, 'aria-label', fill === null ? null : `fill of ${place.name}`);
    mark(this.#bar, 'aria-valuenow', fill === null ? null : String(Math.round(100 * part)));
    mark(this.#bar, 'aria-valuetext', fill === null ? null : brief);
    write(this.#brief, brief);
    write(this.#rest, waits);
    if (part === this.#part) return;
    this.#part = part;
    this.#bar.style.setProperty('--part', String(part));
  }

  /** Paints the lane as of `now`, milliseconds on the core's clock. */
  paint(now: number, scheme: Scheme): void {
    const session = this.#session();
    if (session === null || this.#place === null || this.element.hidden) return;
    const marks = session.lanes.of(this.#place.name)?.marks ?? [];
    const isEmpty = marks.length === 0;
    if (isEmpty && this.#blank === scheme.line) return;
    const context = this.canvas.getContext('2d');
    if (context === null || this.canvas.width === 0) return;
    this.#blank = isEmpty ? scheme.line : null;
    const ratio = devicePixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const [width, height] = [this.canvas.width / ratio, this.canvas.height / ratio];
    paintLane(context, marks, { width, height, now, span: session.lanes.span }, scheme);
  }

  /** The canvas has this size now, in pixels of the page. */
  resized(width: number, height: number): void {
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    this.#blank = null;
  }
}

function ago(ms: number): string {
  if (ms < 1000) return 'just now';
  return `${ms < 60_000 ? `${Math.floor(ms / 1000)} s` : formatDuration(ms)} ago`;
}

/** The lane for those who do not see it. */
function told(lane: Lane | undefined): string {
  const marks = lane?.marks ?? [];
  if (marks.length === 0) return 'nothing of late';
  const events = marks.reduce((sum, { count }) => sum + count, 0);
  const texts = marks.slice(-5).map(({ text }) => text);
  return `${counted(events, 'value')} of late, the last: ${texts.join(', ')}`;
}
