import { checkMethod, checkNumber, reject } from '../../base/checks.ts';
import { monotonic, now } from '../../core/clock.ts';
import { inspect } from '../inspect.ts';
import type { Inspector } from '../inspector.ts';
import { Frames } from './frames.ts';
import { Session } from './session.ts';
import { View } from './view.ts';

/** Where there are no elements, on a server say, the class can be loaded and not used. */
const Base = typeof HTMLElement === 'undefined' ? (Object as unknown as typeof HTMLElement) : HTMLElement;

const SECONDS = 10;
const CALM = 1000;

/**
 * Shows in a page what runs: `<rxsluice-panel></rxsluice-panel>`.
 *
 * ```text
 * ┌ rxsluice   5 tasks · 3 places · 1 deadlock                     [Pause] ┐
 * │ deadlock   ada waits for …                                           × │
 * ├ Tasks ───────────────────────┬ Channels and other places ─── last 10 s ┤
 * │ ▾ ● main    sleep      2.3 s │ orders   ▇▇▇▇▁▁ 4/6   ─(7)──(8)─(9)─  9 │
 * │     ○ ada   lock on b  1.0 s │ mutex b  ▇▇▇▇▇▇ locked                  │
 * └──────────────────────────────┴─────────────────────────────────────────┘
 * ```
 *
 * The tasks as a tree, each with what it waits for and since when; channels and the other places with their fill, who waits there,
 * the last value, and marbles of the last seconds; findings, each until it is dismissed. Rings of those who wait for each other are
 * marked. The tree takes the keys of a tree view: arrows, Home, End, Enter, `*`, and letters.
 *
 * It shows `inspector`, or else an inspection of its own, from when it is put into the document until it is taken out: tasks made
 * before are not seen. Taken out, it has stopped that, and leaves nothing behind; moved, it goes on. Out of sight it draws nothing.
 * It costs a small part of each frame, however much there is: rows out of sight are no elements, and the more there are of tasks
 * the rarer they are looked at. An inspector that throws stops it; the page reports the error.
 *
 * Attributes: `seconds`, `paused`. Its colours are the reader's, light or dark, unless the page sets `color-scheme` on it; CSS has
 * `::part(panel)`. On a server it can be imported, and defines nothing.
 *
 * @example
 * ```html
 * <script type="module">import 'rxsluice/inspect/panel';</script>
 * <rxsluice-panel seconds="5"></rxsluice-panel>
 * ```
 */
export class RxsluicePanel extends Base {
  /** @internal */
  static readonly observedAttributes = ['seconds', 'paused'];

  readonly #view: View;
  readonly #frames: Frames;
  #given: Inspector | null = null;
  #session: Session | null = null;
  #seconds = SECONDS;
  /** There is something to show, though nothing new was asked for. */
  #isStale = true;
  #painted = 0;

  constructor() {
    super();
    const pause = (): void => void (this.paused = !this.paused);
    this.#view = new View(this.attachShadow({ mode: 'open' }), { pause, changed: () => this.#changed() });
    this.#frames = new Frames(this, () => this.#frame());
  }

  /** What it shows. Null: an inspection of its own (the default). It never stops one that it was given. */
  get inspector(): Inspector | null {
    return this.#given;
  }
  set inspector(inspector: Inspector | null) {
    if (inspector !== null) checkMethod('rxsluice-panel', 'inspector', inspector, 'snapshot', 'an Inspector or null');
    if (inspector === this.#given) return;
    this.#end();
    this.#given = inspector;
    if (this.isConnected) this.#begin();
  }

  /** How much of the past is shown, in seconds: more than 0, at most 3600 (default 10). An attribute that is none counts as 10. */
  get seconds(): number {
    return this.#seconds;
  }
  set seconds(seconds: number) {
    checkNumber('rxsluice-panel', 'seconds', seconds);
    if (!isSpan(seconds)) reject(RangeError, 'rxsluice-panel', 'seconds', 'more than 0 and at most 3600', seconds);
    this.setAttribute('seconds', String(seconds));
  }

  /** Whether the picture stands still; findings still appear. The button in it does the same. */
  get paused(): boolean {
    return this.hasAttribute('paused');
  }
  set paused(paused: boolean) {
    this.toggleAttribute('paused', paused);
  }

  /** @internal */
  connectedCallback(): void {
    this.#upgrade('inspector', 'seconds', 'paused');
    if (this.#session === null) this.#begin();
    this.#view.connect();
    this.#frames.start();
  }

  /** @internal */
  disconnectedCallback(): void {
    this.#view.disconnect();
    this.#frames.stop();
    // It may only be on the move, and what an inspection knows would be lost.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  /** @internal */
  attributeChangedCallback(): void {
    const seconds = Number(this.getAttribute('seconds') ?? SECONDS);
    this.#seconds = isSpan(seconds) ? seconds : SECONDS;
    this.#changed();
  }

  /** What was set before the element was defined is the element's own property, and hides what the class has. */
  #upgrade(...names: ('inspector' | 'seconds' | 'paused')[]): void {
    for (const name of names) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = this[name];
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  }

  #begin(): void {
    const inspector = this.#given ?? inspect();
    this.#session = this.#view.session = new Session(inspector, { now, monotonic }, () => this.#changed());
    this.#changed();
  }

  #end(): void {
    this.#session?.end(this.#given === null);
    this.#session = this.#view.session = null;
  }

  #changed(): void {
    this.#isStale = true;
    if (this.isConnected) this.#frames.want();
  }

  #frame(): boolean {
    const { paused } = this;
    const session = this.#session;
    if (session === null) return false;
    session.lanes.span = 1000 * this.#seconds;
    const isNew = !paused && session.step();
    if (isNew || this.#isStale) {
      this.#isStale = false;
      this.#view.show(session, this.#seconds, paused);
    }
    const at = now();
    if (!paused && at - this.#painted >= (isCalm() ? CALM : 0)) this.#painted = at;
    this.#view.paint(this.#painted);
    return !paused;
  }
}

/** Whether the reader wants as little motion as can be: then the lanes move once a second. */
function isCalm(): boolean {
  return matchMedia('(prefers-reduced-motion:reduce)').matches;
}

function isSpan(seconds: number): boolean {
  return seconds > 0 && seconds <= 3600;
}
