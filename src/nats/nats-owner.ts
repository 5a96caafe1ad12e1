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
//   4. `value`, and what subscribers see, never goes back to an earlier revision

import { headers as newHeaders } from '@nats-io/nats-core';
import { BehaviorSubject, Observable, type Subscriber } from 'rxjs';
import { checkFunction } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import type { Operation } from '../core/operation.ts';
import { reportUnhandled } from '../core/unhandled.ts';
import type { EngineOwner } from '../engine/engine.ts';
import { header } from './codec.ts';
import { Follower } from './follower.ts';
import { CODES, isRefused, isTransient, pause } from './jetstream.ts';
import type { NatsHome } from './nats-home.ts';
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
  readonly revision: number;
  readonly sessions: Sessions;
}

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
  /** Of `value`. */
  #seen = 0;
  readonly #initial: S;
  #prepared: Promise<void> | null = null;
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
    this.#follower = new Follower(home.jet, this.#stream, 'last', ({ data, seq }) => this.#saw(data, seq));
    // What does not work now will not work when something is asked, and is told then.
    this.#prepare().catch(() => undefined);
  }

  get value(): S {
    return this.#states.value;
  }

  #prepare(): Promise<void> {
    return (this.#prepared ??= this.#begin().catch((error: unknown) => {
      this.#prepared = null;
      throw error;
    }));
  }

  async #begin(): Promise<void> {
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
    void this.#follower.open();
  }

  // ───────────────────────────────────────────────────────────── seeing

  #saw(data: Uint8Array, revision: number): void {
    if (revision <= this.#seen) return;
    let state: S;
    try {
      state = this.#home.codec.decode(data) as S;
    } catch (error) {
      reportUnhandled(error);
      return;
    }
    this.#show(state, revision);
  }

  #show(state: S, revision: number): void {
    if (revision <= this.#seen || this.#home.end !== null) return;
    this.#seen = revision;
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
      await this.#prepare();
      while (this.#asked.length > 0 && this.#home.end === null) await this.#commit();
    } catch (error) {
      for (const { performance } of this.#asked.splice(0)) performance.reject(error);
    } finally {
      this.#committing = false;
    }
  }

  /** Takes all that wait, and stores what they make of the state. */
  async #commit(): Promise<void> {
    const batch = this.#asked.splice(0).filter(({ performance }) => !performance.isOver);
    if (batch.length === 0) return;
    try {
      await this.#store(batch);
    } catch (error) {
      for (const { performance } of batch) performance.reject(error);
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
      // Not yet sent: what cannot be encoded fails those who asked for it, and nothing has happened.
      const data = this.#home.codec.encode(state);
      const revision = await this.#publish(data, known.revision, sessions);
      if (typeof revision === 'number') {
        // As others will see it: what the codec makes of it.
        this.#known = { state: this.#home.codec.decode(data) as S, revision, sessions };
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
      throw error;
    }
  }

  async #readLast(): Promise<Known<S>> {
    const last = await this.#home.jet.last(this.#stream, this.#subject);
    if (last === null) {
      // As it will be when it was stored.
      const { codec } = this.#home;
      return { state: codec.decode(codec.encode(this.#initial)) as S, revision: 0, sessions: NO_SESSIONS };
    }
    const { data, seq, headers } = last;
    return {
      state: this.#home.codec.decode(data) as S,
      revision: seq,
      sessions: parseSessions(header(headers, SESSIONS)),
    };
  }

  #answer(batch: readonly Asked<S>[], outcomes: readonly Outcome[]): void {
    this.#lastCommit = Date.now();
    const { state, revision } = this.#known as Known<S>;
    this.#show(state, revision);
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
