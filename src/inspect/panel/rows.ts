// A list of any length of which only the rows in sight are elements.
//
// Invariants:
//   1. rows have one height; row `index` is shown by the element `index % pool`, so that scrolling by a row changes one element
//   2. a frame reads nothing of the layout: how far it is scrolled and how high it is are told by events
//
// An element that shows nothing is hidden, not removed.

import { make } from './dom.ts';

export interface RowElement<R> {
  readonly element: HTMLElement;
  show(row: R, index: number): void;
}

/** Rows beyond the edge, so that scrolling does not show a gap before the next frame. */
const MORE = 2;

export class Rows<R> {
  readonly scroller: HTMLElement;
  /** The rows, all of them. */
  rows: readonly R[] = [];
  readonly #space: HTMLElement;
  readonly #height: number;
  readonly #make: (slot: number) => RowElement<R>;
  #pool: RowElement<R>[] = [];
  /** Which row each element stands at. */
  #at: number[] = [];
  #top = 0;
  #room = 0;
  #spaced = -1;
  readonly #changed: () => void;

  constructor(scroller: HTMLElement, height: number, create: (slot: number) => RowElement<R>, changed: () => void) {
    this.scroller = scroller;
    this.#height = height;
    this.#make = create;
    this.#changed = changed;
    this.#space = make('div', { class: 'space', role: 'presentation' });
    scroller.append(this.#space);
    scroller.addEventListener('scroll', () => this.#moved(), { passive: true });
  }

  /** How many rows are in sight at once. */
  get page(): number {
    return Math.max(1, Math.floor(this.#room / this.#height) - 1);
  }

  /** It is so high now. */
  resized(room: number): void {
    this.#room = room;
    this.#changed();
  }

  #moved(): void {
    this.#top = this.scroller.scrollTop;
    this.#changed();
  }

  /** The rows that are elements now, by index. */
  range(): readonly [from: number, to: number] {
    const from = Math.max(0, Math.min(Math.floor(this.#top / this.#height), this.rows.length) - MORE);
    const to = Math.ceil((this.#top + this.#room) / this.#height) + MORE;
    return [from, Math.min(to, this.rows.length)];
  }

  show(): void {
    const height = this.rows.length * this.#height;
    if (height !== this.#spaced) this.#space.style.height = `${(this.#spaced = height)}px`;
    const [from, to] = this.range();
    const least = Math.ceil(this.#room / this.#height) + 2 * MORE;
    if (this.#pool.length < Math.min(least, this.rows.length)) this.#grow(least);
    const { length } = this.#pool;
    for (let index = from; index < Math.min(to, from + length); index++) this.#place(index);
    for (let slot = 0; slot < length; slot++) {
      const at = this.#at[slot] as number;
      const { element } = this.#pool[slot] as RowElement<R>;
      const hidden = at < from || at >= to;
      if (element.hidden !== hidden) element.hidden = hidden;
    }
  }

  #place(index: number): void {
    const slot = index % this.#pool.length;
    const row = this.#pool[slot] as RowElement<R>;
    if (this.#at[slot] !== index) {
      this.#at[slot] = index;
      row.element.style.transform = `translateY(${index * this.#height}px)`;
    }
    row.show(this.rows[index] as R, index);
  }

  /** All elements move then, which happens when the panel grows. */
  #grow(least: number): void {
    while (this.#pool.length < least) {
      const row = this.#make(this.#pool.length);
      this.#pool.push(row);
      this.#space.append(row.element);
    }
    this.#at = this.#pool.map(() => -1);
  }

  /** The element of a row; null if it is out of sight. */
  elementOf(index: number): HTMLElement | null {
    const [from, to] = this.range();
    return index >= from && index < to ? (this.#pool[index % this.#pool.length]?.element ?? null) : null;
  }

  reveal(index: number): void {
    const top = index * this.#height;
    const wanted = Math.max(top + this.#height - this.#room, Math.min(this.#top, top));
    if (wanted === this.#top) return;
    this.#top = this.scroller.scrollTop = wanted;
  }
}
