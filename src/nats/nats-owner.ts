// An owned state as the last message of a stream. Who wants to change it publishes the next one, and says which one it was made
// of; if another came in between, the server refuses, and all is done again on that one.
//
// A process applies all its steps that wait, in order, to the state that it knows, and publishes the result once. Reading is a
// step that changes nothing: the answer is of a state that was the last one at a moment between the asking and the answer,
// because it was stored as such.
//
// Linearizable: there is one order of stored states, each was computed from the one before, and the interval of every
// operation contains the moment at which its state was stored. No clock is needed for that. A lease, or an elected owner, is no
// substitute: whoever was stopped while it held one goes on when it wakes up.
//
// Invariants:
//   1. one commit of this process is under way at a time; what is asked meanwhile waits for the next
//   2. `#known` is a state that was stored (or the initial one, at revision 0), with its revision and its sessions
//   3. an operation is answered after its state was stored, and by the last application of its step
//   4. `value`, and what subscribers see, never goes back to an earlier revision; a revision of the same bytes is no change
//
// A stream that has gone (it was deleted, or kept in memory by a server that ended) fails those who ask then. Who asks next has
// it made anew: the state begins again as `initial`, and so do revisions.

import { headers as newHeaders } from '@nats-io/nats-core';
import { BehaviorSubject, Observable, type Subscriber } from 'rxjs';
import { checkFunction } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import type { Operation } from '../core/operation.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { EngineOwner } from '../engine/engine.ts';
import { header } from './codec.ts';
import { Follower } from './follower.ts';
import { CODES, isRefused, isTransient, pause, Refused } from './jetstream.ts';
import type { Message } from './message.ts';
import type { NatsHome } from './nats-home.ts';
import { Preparation } from './preparation.ts';
import { type Performance, Remote } from './remote.ts';
import { FRESH_MS, has, NO_SESSIONS, parseSessions, printSessions, type Sessions, withOperation } from './sessions.ts';

const SESSIONS = 'Rxs-Sessions';
const PATIENCE_MS = 3000;
/** States that are kept, for those who follow. */
const KEPT = 16;

/** The next state, and the answer. */
type Step<S> = (state: S) => readonly [S, unknown];

interface Asked<S> {
  readonly step: Step<S>;
  readonly performance: Performance<never>;
}

interface Known<S> {
  readonly state: S;
  readonly data: Uint8Array;
  readonly revision: number;
  readonly sessions: Sessions;
}

/** It was not sent, and never can be: `cause` says why. */
class Unstorable extends Error {}

/** What becomes of what was asked, if a state is stored. */
type Outcome = { readonly answer: unknown } | { readonly error: unknown };

export class NatsOwner<S> extends Observable<S> implements EngineOwner<S> {
  readonly name: string;
  readonly #home: NatsHome;
  readonly #stream: string;
  readonly #subject: string;
  readonly #states: BehaviorSubject<S>;
  readonly #asked: Asked<S>[] = [];
  readonly #follower: Follower;
  #known: Known<S> | null = null;
  /** Revision of `value`, and its bytes. */
  #seen = 0;
  #shown: Uint8Array | null = null;
  readonly #initial: S;
  readonly #preparation = new Preparation(() => this.#make());
  #committing = false;
  #writer: string;
  #operation = 0;
  #lastCommit = 0;

  constructor(home: NatsHome, name: string, initial: S) {
    super();
    this.#home = home;
    this.name = name;
    this.#initial = initial;
    this.#states = new BehaviorSubject(initial);
    this.#stream = home.subjects.stream('S', name);
    this.#subject = home.subjects.subject('S', name);
    this.#writer = home.draw();
    const saw = ({ data, seq }: Message): void => this.#saw(data, seq);
    this.#follower = new Follower(home.jet, this.#stream, 'last', saw, () => this.#beginAnew());
    // What does not work now will not work when something is asked, and is told then.
    try {
      this.#shown = home.codec.encode(initial);
    } catch {
      // It cannot be stored either.
    }
    this.#preparation.done().catch(() => undefined);
  }

  get value(): S {
    return this.#states.value;
  }

  async #make(): Promise<void> {
    const { jet, create } = this.#home;
    if (this.#home.end !== null) return;
    if (create) {
      await jet.makeStream({
        ...this.#home.streamOptions(this.#stream, this.#subject),
        retention: 'limits',
        discard: 'old',
        max_msgs_per_subject: KEPT,
        // What is read must be the last: a follower of the leader may be behind.
        allow_direct: false,
      });
    }
    if (this.#follower.isClosed) void this.#follower.open();
  }

  /** Revisions do. */
  #beginAnew(): void {
    this.#known = null;
    this.#seen = 0;
  }

  // ───────────────────────────────────────────────────────────── seeing

  #saw(data: Uint8Array, revision: number): void {
    if (!this.#isNew(data, revision)) return;
    let state: S;
    try {
      state = this.#home.codec.decode(data) as S;
    } catch (error) {
      reportUnhandled(error);
      return;
    }
    this.#show({ data, state });
  }

  /** Who only reads stores the same again. */
  #isNew(data: Uint8Array, revision: number): boolean {
    if (revision <= this.#seen || this.#home.end !== null) return false;
    this.#seen = revision;
    return this.#shown === null || !areEqual(this.#shown, data);
  }

  #show({ data, state }: Pick<Known<S>, 'data' | 'state'>): void {
    this.#shown = data;
    this.#states.next(state);
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<S>): void {
    subscriber.add(this.#states.subscribe(subscriber));
  }

  // ───────────────────────────────────────────────────────────── asking

  read(): Operation<S> {
    return this.#ask('read', (state) => [state, state]) as Operation<S>;
  }

  update(step: (state: S) => S): Operation<S> {
    checkFunction(this, "update's step", step);
    return this.#ask('update', (state) => {
      const next = step(state);
      return [next, next];
    }) as Operation<S>;
  }

  modify<R>(step: (state: S) => readonly [S, R]): Operation<R> {
    checkFunction(this, "modify's step", step);
    return this.#ask('modify', (state) => {
      const brought: unknown = step(state);
      if (!Array.isArray(brought) || brought.length !== 2)
        throw new TypeError(`modify on ${this.name}: a step must bring [next state, answer]; got ${describe(brought)}`);
      return brought as [S, unknown];
    }) as Operation<R>;
  }

  #ask(kind: string, step: Step<S>): Operation<unknown> {
    return new Remote<unknown>(this.#home, `${kind} on ${this.name}`, (performance) => {
      this.#asked.push({ step, performance: performance });
      void this.#commitAll();
    });
  }

  // ───────────────────────────────────────────────────────────── committing

  async #commitAll(): Promise<void> {
    if (this.#committing) return;
    this.#committing = true;
    try {
      // Those that are asked in one turn go together.
      await Promise.resolve();
      while (this.#asked.length > 0 && this.#home.end === null) {
        await this.#preparation.done();
        await this.#commit(this.#asked.splice(0));
      }
    } catch (error) {
      for (const { performance } of this.#asked.splice(0)) performance.reject(error);
    } finally {
      this.#committing = false;
    }
  }

  /** Stores what they make of the state. If that cannot be, it is the fault of some of them: those who fail alone. */
  async #commit(asked: readonly Asked<S>[]): Promise<void> {
    const batch = asked.filter(({ performance }) => !performance.isOver);
    if (batch.length === 0) return;
    try {
      await this.#store(batch);
    } catch (error) {
      if (error instanceof Unstorable && batch.length > 1) {
        const half = batch.length >> 1;
        for (const part of [batch.slice(0, half), batch.slice(half)]) await this.#commit(part);
        return;
      }
      const why = error instanceof Unstorable ? error.cause : this.#explained(error);
      for (const { performance } of batch) performance.reject(why);
    }
  }

  #explained(error: unknown): unknown {
    if (!isRefused(error, CODES.streamNotFound)) return error;
    this.#preparation.forget();
    this.#beginAnew();
    return new Error(`${this.name}: there is no stream ${this.#stream}${this.#home.create ? ' any more' : ''}`);
  }

  #encode(state: S): Uint8Array {
    try {
      return this.#home.codec.encode(state);
    } catch (cause) {
      throw new Unstorable('cannot be encoded', { cause });
    }
  }

  async #store(batch: readonly Asked<S>[]): Promise<void> {
    const began = Date.now();
    if (began - this.#lastCommit > FRESH_MS) this.#writer = this.#home.draw();
    const operation = ++this.#operation;
    this.#known ??= await this.#readLast();
    for (let backoff = 10; ; backoff = Math.min(2 * backoff, 500)) {
      const known: Known<S> = this.#known;
      const { state, outcomes } = apply(known.state, batch);
      const sessions = withOperation(known.sessions, this.#writer, operation, Date.now());
      const data = this.#encode(state);
      const revision = await this.#publish(data, known.revision, sessions);
      if (typeof revision === 'number') {
        // As others will see it: what the codec makes of it.
        this.#known = { state: this.#home.codec.decode(data) as S, data, revision, sessions };
        this.#answer(batch, outcomes);
        return;
      }
      this.#known = await this.#readLast();
      if (has(this.#known.sessions, this.#writer, operation)) {
        this.#answer(batch, outcomes);
        return;
      }
      if (revision === 'unknown') {
        // Others may have forgotten this writer by now, and then its table tells nothing.
        if (Date.now() - began > FRESH_MS) throw new Error(`${this.name}: nobody knows whether it was stored`);
        await pause(backoff);
      } else if (backoff > 40) await pause(Math.random() * backoff);
    }
  }

  /** The revision it has; or it was not stored since another was; or nobody knows. */
  async #publish(data: Uint8Array, revision: number, sessions: Sessions): Promise<number | 'conflict' | 'unknown'> {
    const headers = newHeaders();
    headers.set('Nats-Expected-Last-Subject-Sequence', String(revision));
    headers.set(SESSIONS, printSessions(sessions));
    try {
      await this.#home.wire.up();
      const { seq } = await this.#home.jet.publish(this.#subject, data, headers, PATIENCE_MS);
      return seq;
    } catch (error) {
      if (isRefused(error, ...CODES.wrongLastSequence)) return 'conflict';
      if (isTransient(error) && this.#home.end === null) return 'unknown';
      // Too large, say.
      throw error instanceof Refused ? error : new Unstorable('cannot be sent', { cause: error });
    }
  }

  async #readLast(): Promise<Known<S>> {
    const last = await this.#home.jet.last(this.#stream, this.#subject);
    if (last === null) {
      // As it will be when it was stored.
      const data = this.#encode(this.#initial);
      return { state: this.#home.codec.decode(data) as S, data, revision: 0, sessions: NO_SESSIONS };
    }
    const { data, seq, headers } = last;
    return {
      state: this.#home.codec.decode(data) as S,
      data,
      revision: seq,
      sessions: parseSessions(header(headers, SESSIONS)),
    };
  }

  #answer(batch: readonly Asked<S>[], outcomes: readonly Outcome[]): void {
    this.#lastCommit = Date.now();
    const known = this.#known as Known<S>;
    if (this.#isNew(known.data, known.revision)) this.#show(known);
    for (const [i, { performance }] of batch.entries()) {
      const outcome = outcomes[i] as Outcome;
      if ('error' in outcome) performance.reject(outcome.error);
      else performance.resolve(outcome.answer as never);
    }
  }

  /** The engine's end. */
  abandon(): void {
    this.#follower.close();
    this.#states.complete();
  }

  override toString(): string {
    return `engine owner ${this.name} (revision ${this.#seen})`;
  }
}

/** Applies all in order. One that throws changes nothing. */
function apply<S>(initial: S, batch: readonly Asked<S>[]): { state: S; outcomes: Outcome[] } {
  let state = initial;
  const outcomes = batch.map(({ step }): Outcome => {
    try {
      const [next, answer] = step(state);
      state = next;
      return { answer };
    } catch (error) {
      return { error };
    }
  });
  return { state, outcomes };
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
