// The laboratory of one run: RxJS's TestScheduler, with diagrams read by `parseMarbles`, and with an end to what does not
// end. What is expected of the run is kept by `Expectations`.
//
// Invariants:
//   1. time never goes back, except before the first frame: a hot source may have emitted before its `^`
//   2. sources count from the frame in which they are used: cold ones from subscription, hot ones from now; expectations count
//      from `zero`: in a synchronous run from frame 0, as in RxJS, and in an asynchronous one from now
//   3. every action has an origin: what it is, and which expectation it was scheduled under

import type { SchedulerAction, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { checkText } from '../base/checks.ts';
import { printable } from '../base/printable.ts';
import { Agenda } from './agenda.ts';
import { MarbleError } from './marble-error.ts';
import { checkDiagram, type Diagram, type Grammar, type Mark, parseMarbles } from './parse-marbles.ts';
import { Site } from './site.ts';
import { Timers } from './timers.ts';

type ColdObservable<T> = ReturnType<typeof TestScheduler.prototype.createColdObservable<T>>;
type HotObservable<T> = ReturnType<typeof TestScheduler.prototype.createHotObservable<T>>;

/** Where an action comes from. */
interface Origin {
  /** What acts: `cold('-a')`, a timer. */
  readonly what: string;
  /** The expectation on whose behalf. */
  readonly under: { readonly name: string } | null;
  readonly site: Site | null;
  /** Where the first of all that led to it was set going: what RxJS schedules anew by itself has no line of the user's. */
  readonly root: Site | null;
  /** So many actions led to this one without any time between them. */
  readonly depth: number;
  /** So many times somebody waited on the way to it. */
  readonly waits: number;
}

const BODY: Origin = { what: 'the body', under: null, site: null, root: null, depth: 0, waits: 0 };
/** An action that so many actions of its own frame led to is part of an endless loop. */
const DEEPEST = 100_000;
const DEFAULT_MAX_FRAMES = 10_000;
/** Who has waited no more often than this is not in a loop. */
const FEW = 10;

export class Lab extends TestScheduler {
  readonly timers = new Timers(this);
  /** Frames that may pass. The default gives way to diagrams, and to delays that are no part of a loop: they are meant. */
  readonly #maxFrames: number | undefined;
  readonly #kind: 'synchronous' | 'asynchronous';
  /** Where the run was called. */
  readonly #site: Site;
  #mentioned = 0;
  readonly #origins = new WeakMap<Subscription, Origin>();
  /** Of the action that runs now. */
  #origin = BODY;
  /** Hot sources that have not been set going. */
  readonly #idle: { setup(): void }[] = [];
  readonly #atFrameEnd: (() => void)[] = [];
  readonly #agenda = new Agenda<this['actions'][number]>();

  constructor(maxFrames: number | undefined, kind: 'synchronous' | 'asynchronous', site: Site) {
    super(() => undefined);
    this.#maxFrames = maxFrames;
    this.#kind = kind;
    this.#site = site;
    this.actions = this.#agenda as unknown as this['actions'];
  }

  /** The frame from which an expectation counts that is made now. */
  get zero(): number {
    return this.#kind === 'synchronous' ? 0 : this.frame;
  }

  // ───────────────────────────────────────────────────────────── diagrams

  parse(marbles: string, grammar: Grammar, values?: unknown, ...error: [error?: unknown]): Diagram {
    const diagram = parseMarbles(marbles, grammar, values, ...error);
    this.#mentioned = Math.max(this.#mentioned, this.frame + diagram.length);
    return diagram;
  }

  override createTime(marbles: string): number {
    checkText('time', 'marbles', marbles);
    const end = this.parse(marbles, 'cold').marks.find(({ kind }) => kind === 'complete');
    if (end === undefined) throw new MarbleError(printable(`marbles "${marbles}": a time ends with "|"`), new Site());
    return end.frame;
  }

  override createColdObservable<T = string>(
    marbles: string,
    values?: Record<string, T>,
    ...error: [error?: unknown]
  ): ColdObservable<T> {
    checkDiagram('cold', marbles, values);
    const { marks } = this.parse(marbles, 'cold', values, ...error);
    const cold = super.createColdObservable<T>('');
    cold.messages = marks.map(messageOf);
    const schedule = cold.scheduleMessages.bind(cold);
    cold.scheduleMessages = (subscriber): void => this.from({ what: `cold('${marbles}')` }, () => schedule(subscriber));
    return cold;
  }

  override createHotObservable<T = string>(
    marbles: string,
    values?: Record<string, T>,
    ...error: [error?: unknown]
  ): HotObservable<T> {
    checkDiagram('hot', marbles, values);
    const { marks } = this.parse(marbles, 'source', values, ...error);
    const hot = super.createHotObservable<T>('');
    this.#idle.push(hot);
    // What it emitted before its `^` is past, once time has passed.
    hot.messages = marks.filter(({ frame }) => frame >= 0 || this.frame <= 0).map(messageOf);
    const setup = hot.setup.bind(hot);
    hot.setup = (): void => this.from({ what: `hot('${marbles}')` }, setup);
    return hot;
  }

  // ───────────────────────────────────────────────────────────── origins

  /** What is scheduled inside of `act` has this origin. */
  from<R>(origin: Partial<Pick<Origin, 'what' | 'under' | 'site'>>, act: () => R): R {
    const outer = this.#origin;
    this.#origin = { ...outer, ...origin, root: outer.root ?? origin.site ?? null };
    try {
      return act();
    } finally {
      this.#origin = outer;
    }
  }

  /** The line of the user's that is at work; null if it is known on whose behalf we act. Taking it costs, so a loop keeps its own. */
  get site(): Site | null {
    const { under, depth, waits, site } = this.#origin;
    if (under !== null) return null;
    return Math.max(depth, waits) > FEW ? site : new Site();
  }

  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const action = super.schedule(work, delay, state);
    const { depth, waits } = this.#origin;
    const later = delay > 0;
    this.#origins.set(action, { ...this.#origin, depth: later ? 0 : depth + 1, waits: later ? waits + 1 : waits });
    if (waits < FEW && Number.isFinite(delay)) this.#mentioned = Math.max(this.#mentioned, this.frame + delay);
    return action;
  }

  // ───────────────────────────────────────────────────────────── time

  /** Calls `look` whenever all that happens in a frame has happened. */
  atFrameEnd(look: () => void): void {
    this.#atFrameEnd.push(look);
  }

  endFrame(): void {
    for (const look of this.#atFrameEnd) look();
  }

  override flush(): void {
    while (this.step());
    this.endFrame();
  }

  /** Performs one action; false if there is none. */
  step(): boolean {
    // A hot source is set going as late as can be: those who subscribe in its first frame come first.
    for (const hot of this.#idle.splice(0)) hot.setup();
    const action = this.#agenda.shift();
    if (action === undefined) return false;
    const origin = this.#origins.get(action) ?? BODY;
    if (action.delay > this.frame) this.endFrame();
    if (action.delay > this.#limit) throw this.#endless(`frame ${this.#limit} has passed (maxFrames)`, origin);
    if (origin.depth > DEEPEST) throw this.#endless(`frame ${this.frame} does not pass`, origin);
    this.frame = action.delay;
    this.#origin = origin;
    // An action returns what it threw.
    const error: unknown = action.execute(action.state, action.delay);
    this.#origin = BODY;
    if (error !== undefined) this.abandon(error);
    return true;
  }

  /** Time stops here: nothing that was scheduled will happen. */
  abandon(error: unknown): never {
    for (let action = this.#agenda.shift(); action !== undefined; action = this.#agenda.shift()) action.unsubscribe();
    throw error;
  }

  /** What runs now would go on in this frame for ever: it is stopped, and the run fails. */
  stop(): void {
    const error = this.#endless(`frame ${this.frame} does not pass`, this.#origin);
    this.schedule(() => {
      throw error;
    });
  }

  get #limit(): number {
    return this.#maxFrames ?? Math.max(DEFAULT_MAX_FRAMES, this.#mentioned);
  }

  #endless(what: string, { what: source, under, site: own, root }: Origin): MarbleError {
    const site = own === null || own.line === this.#site.line ? root : own;
    const line = site?.line ?? null;
    const by = under !== null ? `, set going by ${under.name},` : line !== null ? `, set going at ${line},` : '';
    return new MarbleError(printable(`${what}: ${source}${by} does not end`), site);
  }
}

function messageOf({ frame, kind, value }: Mark): ColdObservable<never>['messages'][number] {
  if (kind === 'next') return { frame, notification: { kind: 'N', value } };
  return { frame, notification: kind === 'error' ? { kind: 'E', error: value } : { kind: 'C' } };
}
