// Tasks and their waits as spans: of each task its life, of each wait what it was for. A span is drawn when it ends; a wait that goes
// on is drawn in pieces, so that a recording shows who waits for ever.
//
// Invariants:
//   1. `#open` has an entry for each task that started, or waited, since we listen, and has not ended; it is plain data
//   2. a wait's pieces neither overlap nor leave gaps
//
// A task that is collected before it has ended never tells of its end: when there are twice as many as after the last look,
// those that the inspector does not know any more are forgotten.

import { Subscription } from 'rxjs';
import { checkMethod } from '../base/checks.ts';
import { inspection, type InspectionEvent, type TaskEvent } from '../core/inspection.ts';
import type { Inspector } from './inspector.ts';
import { type Measuring, Tracks } from './tracks.ts';

interface Open {
  readonly id: number;
  readonly name: string;
  /** When it started; null: before we listened. */
  readonly since: number | null;
  /** What it waits for, and from when on that is still to be drawn. */
  wait: { readonly text: string; from: number } | null;
}

/** Milliseconds: what is shorter cannot be measured in most pages, and is left out. */
const SHORTEST = 0.1;
/** Milliseconds from piece to piece, and of how many waits at most. */
const PIECE = 1000;
const PIECES = 200;
const SWEEP = 1000;

/**
 * Shows tasks and waits as tracks of the browser's performance panel, in a group `rxsluice`, and findings as lines through them.
 *
 * ```
 * tasks   [ task checkout                                     ]
 *            [ task load prices                   ]
 * waits   [ checkout: load prices                  ]
 *            [ load prices: acquire on requests ]
 * ```
 *
 * For Chromium, whose panel has custom tracks: record while your program runs. Anywhere else where there is `performance.measure` it
 * does no harm; where there is none, nothing. Waits shorter than 0.1 ms are left out; one that goes on is drawn second by second. At
 * most 2000 spans a second are drawn, of more only the number; the page's own list of performance entries stays as it is.
 * Unsubscribing ends it, and so does the inspector's `stop()`: what then still goes on is drawn up to that moment.
 *
 * @example
 * ```ts
 * const inspector = inspect();
 * showInDevtools(inspector);
 * ```
 *
 * @see https://developer.chrome.com/docs/devtools/performance/extension
 */
export function showInDevtools(inspector: Inspector): Subscription {
  checkMethod('showInDevtools', 'the inspector', inspector, 'snapshot', 'what inspect() returns');
  const subscription = new Subscription();
  const performance = (globalThis as { performance?: Performance }).performance;
  if (typeof performance?.measure !== 'function') {
    subscription.unsubscribe();
    return subscription;
  }
  const show = new Show(inspector, performance);
  inspection.listeners.add(show.listener);
  const timer: unknown = setInterval(() => show.drawPieces(), PIECE);
  // Node's timers keep the process alive unless told not to.
  (timer as { unref?: () => void }).unref?.();
  subscription.add(() => {
    inspection.listeners.delete(show.listener);
    clearInterval(timer as number);
    show.drawRest();
  });
  subscription.add(inspector.findings$.subscribe({ complete: () => subscription.unsubscribe() }));
  return subscription;
}

class Show {
  readonly #inspector: Inspector;
  readonly #performance: Measuring;
  readonly #tracks: Tracks;
  readonly #open = new Map<number, Open>();
  #sweepAt = SWEEP;

  constructor(inspector: Inspector, performance: Measuring) {
    this.#inspector = inspector;
    this.#performance = performance;
    this.#tracks = new Tracks(performance);
  }

  readonly listener = (event: InspectionEvent): void => {
    switch (event.kind) {
      case 'started':
        return this.#started(event);
      case 'waits':
        return this.#waits(event);
      case 'resumed':
        return this.#resumed(event);
      case 'ended':
        return this.#ended(event);
      case 'finding':
        return this.#tracks.mark(`rxsluice: ${event.finding.message}`, [['finding', event.finding.kind]]);
      default:
        return;
    }
  };

  #started({ id, name }: TaskEvent): void {
    this.#add({ id, name, since: this.#performance.now(), wait: null });
  }

  #waits({ id, name, waitingFor }: TaskEvent): void {
    const open = this.#open.get(id) ?? this.#add({ id, name, since: null, wait: null });
    // Without, it has been served already, and only waits for its turn.
    if (waitingFor !== null) open.wait = { text: waitingFor, from: this.#performance.now() };
  }

  #resumed({ id }: TaskEvent): void {
    const open = this.#open.get(id);
    if (open !== undefined) this.#drawWait(open, this.#performance.now());
  }

  #ended({ id }: TaskEvent): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    const now = this.#performance.now();
    this.#drawWait(open, now);
    this.#drawTask(open, now);
  }

  #add(open: Open): Open {
    if (this.#open.size >= this.#sweepAt) this.#sweep();
    this.#open.set(open.id, open);
    return open;
  }

  #sweep(): void {
    const known = new Set(this.#inspector.snapshot().tasks.map(({ id }) => id));
    for (const id of this.#open.keys()) if (!known.has(id)) this.#open.delete(id);
    this.#sweepAt = Math.max(SWEEP, 2 * this.#open.size);
  }

  /** What has been waited since the last piece, of those who have waited for long: the first ones, where there are many. */
  drawPieces(): void {
    const now = this.#performance.now();
    let drawn = 0;
    for (const open of this.#open.values()) {
      const { wait } = open;
      if (wait === null || now - wait.from < PIECE / 2) continue;
      this.#drawWait(open, now);
      open.wait = { text: wait.text, from: now };
      if (++drawn === PIECES) return;
    }
  }

  /** What goes on, up to now. */
  drawRest(): void {
    const now = this.#performance.now();
    for (const open of this.#open.values()) {
      this.#drawWait(open, now);
      this.#drawTask(open, now);
    }
    this.#open.clear();
  }

  #drawWait(open: Open, end: number): void {
    const { id, name, wait } = open;
    open.wait = null;
    if (wait === null || end - wait.from < SHORTEST) return;
    this.#tracks.draw({
      track: 'waits',
      name: `${name}: ${wait.text}`,
      start: wait.from,
      end,
      color: 'secondary',
      properties: [...propertiesOf(id, name), ['waits for', wait.text]],
    });
  }

  #drawTask({ id, name, since }: Open, end: number): void {
    if (since === null) return;
    this.#tracks.draw({
      track: 'tasks',
      name: `task ${name}`,
      start: since,
      end,
      color: 'primary',
      properties: propertiesOf(id, name),
    });
  }
}

function propertiesOf(id: number, name: string): [string, string][] {
  return [
    ['task', name],
    ['id', String(id)],
  ];
}
