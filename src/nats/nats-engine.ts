// The engine on NATS JetStream.
//
// Invariants:
//   1. a name is one thing of each kind in this process, made when it is first asked for
//   2. after its end nobody waits for anything of it, nothing of it is lent, and what is made is born ended
//   3. the connection is the user's: it is never closed here

import { type NatsConnection, nuid } from '@nats-io/nats-core';
import type { ConsumerConfig, StreamConfig } from '@nats-io/jetstream';
import { Observable, type Subscriber } from 'rxjs';
import { checkFunction, checkLimit, checkOneOf } from '../base/checks.ts';
import { CancelledError, describe } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { type Deferred, deferred } from '../core/future.ts';
import type { Operation } from '../core/operation.ts';
import { End } from '../core/outcome.ts';
import type { Engine, EngineOwner, EngineQueue, EngineQueueOptions, EngineTopic } from '../engine/engine.ts';
import { checkBag, checkEngineQueueOptions, checkName, checkSame } from '../engine/names.ts';
import { checkSpan } from '../queue/options.ts';
import { type Codec, json } from './codec.ts';
import { farewell, JetStream } from './jetstream.ts';
import type { NatsHome } from './nats-home.ts';
import { NatsOwner } from './nats-owner.ts';
import { NatsQueue } from './nats-queue.ts';
import { call, type Handler, Server } from './nats-service.ts';
import { NatsTopic } from './nats-topic.ts';
import type { Performance } from './remote.ts';
import { Subjects } from './subjects.ts';
import { checkServer } from './version.ts';
import { type Status, Wire } from './wire.ts';

export interface NatsOptions {
  /** Of every stream, subject and durable (default `rxs`). */
  prefix?: string;
  /** Servers that keep each value (default 1). */
  replicas?: 1 | 3 | 5;
  /** Where servers keep it (default `'file'`). */
  storage?: 'file' | 'memory';
  /** Milliseconds without a sign of life after which a lease comes back, and a call is given up (default 30 000). From 100 on. */
  ackWait?: number;
  /** Make streams that are missing (default true); false where the connection may not. */
  create?: boolean;
  /** How values become bytes (default JSON; undefined is no bytes at all). */
  codec?: { encode(value: unknown): Uint8Array; decode(data: Uint8Array): unknown };
  /** One server older than 2.10.27, or a cluster older than 2.12: refused unless true, since they lose what they acknowledged. */
  allowUnsafeServer?: boolean;
}

/** An engine on NATS. */
export interface NatsEngine extends Engine {
  /** The present one first. Completes after `closed`: of the engine or of its connection. */
  readonly status$: Observable<'connected' | 'reconnecting' | 'closed'>;
}

interface Thing {
  abandon(): Promise<void> | void;
}

const names = /* @__PURE__ */ new Names('natsEngine');

class JetStreamEngine implements NatsEngine, NatsHome {
  readonly name = names.spell(names.draw());
  end: End | null = null;
  readonly waiting = new Set<Performance<never>>();
  readonly wire: Wire;
  readonly jet: JetStream;
  readonly subjects: Subjects;
  readonly codec: Codec;
  readonly ackWait: number;
  readonly create: boolean;
  readonly status$: Observable<Status>;
  readonly #options: NatsOptions;
  readonly #id = nuid.next();
  #drawn = 0;
  readonly #queues = new Map<string, NatsQueue<unknown>>();
  readonly #owners = new Map<string, NatsOwner<unknown>>();
  readonly #topics = new Map<string, NatsTopic<unknown>>();
  readonly #servers = new Map<Subscriber<never>, Server>();
  readonly #leaving = new Set<Promise<void>>();
  #closed: Deferred<void> | null = null;

  constructor(connection: NatsConnection, options: NatsOptions) {
    const { prefix = 'rxs', ackWait = 30_000, create = true, codec = json } = options;
    if (options.allowUnsafeServer !== true) checkServer(connection.info);
    this.#options = options;
    this.wire = new Wire(connection);
    this.jet = new JetStream(this.wire, () => this.end !== null);
    this.subjects = new Subjects(prefix);
    this.codec = codec;
    this.ackWait = ackWait;
    this.create = create;
    this.status$ = this.wire.status$;
    this.wire.status$.subscribe((status) => {
      if (status === 'closed') this.close();
    });
  }

  // ───────────────────────────────────────────────────────────── what its things need

  streamOptions(name: string, subject: string): Partial<StreamConfig> & { name: string } {
    const { replicas = 1, storage = 'file' } = this.#options;
    return { name, subjects: [subject], num_replicas: replicas, storage, allow_direct: false };
  }

  consumerOptions(durable: string): Partial<ConsumerConfig> & { durable_name: string } {
    return {
      durable_name: durable,
      ack_policy: 'explicit',
      ack_wait: this.ackWait * 1e6,
      // A dead letter is ours to write: what the server gives up would stay in the stream for ever.
      max_deliver: -1,
      max_ack_pending: 1_000_000,
      max_waiting: 10_000,
    };
  }

  draw(): string {
    return `${this.#id}.${++this.#drawn}`;
  }

  hear(kind: 'Q' | 'C', name: string, heard: (text: string) => void): { unsubscribe(): void } {
    const { connection } = this.wire;
    const subscription = connection.subscribe(this.subjects.events(kind, name), {
      callback: (error, message) => {
        if (error === null) heard(message.string());
      },
    });
    return { unsubscribe: () => !connection.isClosed() && subscription.unsubscribe() };
  }

  tell(kind: 'Q' | 'C', name: string, text: string): void {
    this.wire.tell(this.subjects.events(kind, name), text);
  }

  // ───────────────────────────────────────────────────────────── its things

  queue<T>(name: string, options: EngineQueueOptions<T> = {}): EngineQueue<T> {
    checkName('engine.queue', name);
    checkEngineQueueOptions(options);
    const { capacity, maxAttempts, leaseMs, onDeadLetter } = options as EngineQueueOptions<unknown>;
    const said = { capacity, maxAttempts, leaseMs, onDeadLetter };
    const queue = this.#get(this.#queues, name, () => new NatsQueue<unknown>(this, name, given(said)));
    const is = {
      capacity: Infinity,
      maxAttempts: Infinity,
      leaseMs: Infinity,
      onDeadLetter: undefined,
      ...queue.options,
    };
    checkSame('engine.queue', name, is, given(said) as object);
    return queue as EngineQueue<unknown> as EngineQueue<T>;
  }

  owner<S>(name: string, initial: S): EngineOwner<S> {
    checkName('engine.owner', name);
    return this.#get(this.#owners, name, () => new NatsOwner<unknown>(this, name, initial)) as EngineOwner<unknown> as EngineOwner<S>; // prettier-ignore
  }

  topic<T>(name: string, options: { replay?: number } = {}): EngineTopic<T> {
    checkName('engine.topic', name);
    checkBag('engine.topic', options);
    const { replay = 0 } = options;
    checkLimit('engine.topic', 'replay', replay, 0);
    const topic = this.#get(this.#topics, name, () => new NatsTopic<unknown>(this, name, replay));
    checkSame('engine.topic', name, topic.options, options);
    return topic as EngineTopic<unknown> as EngineTopic<T>;
  }

  #get<X extends Thing>(things: Map<string, X>, name: string, make: () => X): X {
    let thing = things.get(name);
    if (thing !== undefined) return thing;
    things.set(name, (thing = make()));
    if (this.end !== null) void thing.abandon();
    return thing;
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- given by the user: call<Photo, Thumb>('thumb')
  call<I, O>(name: string, options: { timeout?: number } = {}): (input: I) => Operation<O> {
    checkName('engine.call', name);
    checkBag('engine.call', options);
    const { timeout = Infinity } = options;
    checkSpan('engine.call', 'timeout', timeout);
    return (input) => {
      const performed = call(this, name, input) as Operation<O>;
      return timeout === Infinity ? performed : performed.withTimeout(timeout);
    };
  }

  serve<I, O>(name: string, handler: Handler<I, O>, options: { concurrency?: number } = {}): Observable<never> {
    checkName('engine.serve', name);
    checkFunction('engine.serve', 'handler', handler);
    checkBag('engine.serve', options);
    const { concurrency = Infinity } = options;
    checkLimit('engine.serve', 'concurrency', concurrency, 1);
    return new Observable<never>((subscriber) => {
      if (this.end !== null) {
        subscriber.complete();
        return;
      }
      const server = new Server(this, name, handler as Handler, concurrency, (error) => subscriber.error(error));
      this.#servers.set(subscriber, server);
      subscriber.add(() => {
        this.#servers.delete(subscriber);
        const left = server.leave().finally(() => this.#leaving.delete(left));
        this.#leaving.add(left);
      });
    });
  }

  // ───────────────────────────────────────────────────────────── the end

  close(): Operation<void> {
    if (this.#closed !== null) return this.#closed;
    const closed = (this.#closed = deferred<void>());
    this.end = new End(this, 'closed');
    const serving = [...this.#servers.keys()];
    const things = [...this.#queues.values(), ...this.#owners.values(), ...this.#topics.values()];
    const ended = things.map((thing) => Promise.resolve(thing.abandon()));
    for (const performance of [...this.waiting]) performance.abandon(new CancelledError(this.name));
    for (const subscriber of serving) subscriber.complete();
    void this.#farewell([...ended, ...this.#leaving]).finally(() => closed.resolve(undefined));
    return closed;
  }

  async #farewell(ended: readonly Promise<void>[]): Promise<void> {
    const { connection } = this.wire;
    // Handlers clean up for as long as they need; what has to be confirmed may never be.
    await Promise.allSettled(this.#leaving);
    await farewell(Promise.allSettled(ended));
    if (this.wire.status === 'connected') await farewell(connection.flush());
    this.wire.close();
  }

  toString(): string {
    const counts = [this.#queues, this.#owners, this.#topics, this.#servers].map(({ size }) => size);
    return `${this.name} (${counts[0]} queues, ${counts[1]} owners, ${counts[2]} topics, ${counts[3]} serving, ${this.end === null ? this.wire.status : 'closed'})`;
  }
}

/** Without what is undefined. */
function given<O extends object>(options: O): { [K in keyof O]?: Exclude<O[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

const NAME = 'natsEngine';

function checkConnection(connection: NatsConnection): void {
  const { request, subscribe, publish } = (connection ?? {}) as Partial<NatsConnection>;
  if (![request, subscribe, publish].every((method) => typeof method === 'function'))
    throw new TypeError(`${NAME}: connection must be a NatsConnection; got ${describe(connection)}`);
  // What is sent and served by one process would not meet.
  const { options } = connection as { options?: { noEcho?: boolean } };
  if (options?.noEcho === true) throw new TypeError(`${NAME}: connection must hear itself; it was made with noEcho`);
}

function checkNatsOptions(options: NatsOptions): void {
  checkBag(NAME, options);
  const { prefix = 'rxs', replicas = 1, storage = 'file', ackWait = 30_000, codec } = options;
  checkName(NAME, prefix);
  checkOneOf(NAME, 'replicas', String(replicas), ['1', '3', '5']);
  checkOneOf(NAME, 'storage', storage, ['file', 'memory']);
  if (typeof ackWait !== 'number' || !(ackWait >= 100 && ackWait < Infinity))
    throw new RangeError(`${NAME}: ackWait must be a number of ms >= 100; got ${describe(ackWait)}`);
  for (const option of ['create', 'allowUnsafeServer'] as const)
    if (options[option] !== undefined && typeof options[option] !== 'boolean')
      throw new TypeError(`${NAME}: ${option} must be true or false; got ${describe(options[option])}`);
  if (codec === undefined) return;
  checkBag(`${NAME}'s codec`, codec);
  const methods = codec as unknown as Readonly<Record<string, unknown>>;
  for (const method of ['encode', 'decode']) checkFunction(`${NAME}'s codec`, method, methods[method]);
}

/**
 * Makes an engine on NATS JetStream, over a connection of yours: in Node (`@nats-io/transport-node`), and in browsers over
 * WebSocket (`wsconnect` of `@nats-io/nats-core`).
 *
 * ```
 * queue('jobs')    stream  <prefix>_Q_jobs     gone when acked; pulled by credit, kept alive by signs of life
 * owner('state')   stream  <prefix>_S_state    its last message; changed by compare-and-set, a batch of a process at a time
 * topic('news')    stream  <prefix>_T_news     followed from any message on; without `replay` only a subject
 * call('thumb')    subject <prefix>.C.thumb    to one of those who serve
 * ```
 *
 * It does what every engine does, for all processes with the same `prefix` on the same servers. Beyond that:
 *
 * - A send completes when it is stored, with `replicas` by a quorum. While nobody knows whether it was, it is tried again under
 *   one id, and so is stored once, or not at all. One that is withdrawn at such a moment may have been stored.
 * - An ack is final once it is confirmed, and is repeated until it is. A worker that gives no sign of life for `ackWait` ms has
 *   lost its values to others; then two may be at one value. `delivery.id` is the same for both.
 * - `attempt` is a lower bound: the server counts anew when it was killed.
 * - A value that cannot be decoded becomes a dead letter, with its bytes as value. One that cannot be encoded fails its send.
 * - An error that crosses arrives as an `Error` of the same name and message.
 * - A step of an owner runs again when another process was faster; `value`, and what subscribers see, may skip states.
 * - A call whose server gives no sign of life for `ackWait` ms fails with `CancelledError`: it was done, or was not.
 *
 * Throws UnsafeServerError for a server that is known to lose what it has acknowledged; TypeError and RangeError for options
 * that make no sense. The connection stays yours: `close()` leaves it open. When it is closed, the engine ends.
 *
 * @example
 * ```ts
 * const connection = await connect({ servers, noAsyncTraces: true, maxReconnectAttempts: -1, waitOnFirstConnect: true });
 * const engine = natsEngine(connection, { replicas: 3 });
 * const jobs = engine.queue<Job>('jobs', { capacity: 1000, maxAttempts: 3 });
 * work(jobs, (job) => render(job), { concurrency: 8 }).subscribe();
 * ```
 *
 * After the measurements of NATS by Jepsen (2025), and the sessions of Raft's client interaction (Ongaro, 2014).
 */
export function natsEngine(connection: NatsConnection, options: NatsOptions = {}): NatsEngine {
  checkConnection(connection);
  checkNatsOptions(options);
  return new JetStreamEngine(connection, options);
}
