// The little of JetStream's interface that the engine needs, asked until it is answered.

import { headers as newHeaders, type Msg, type MsgHdrs } from '@nats-io/nats-core';
import type { ConsumerConfig, ConsumerInfo, StreamConfig, StreamInfo } from '@nats-io/jetstream';
import { Nobody, Unknown, type Wire } from './wire.ts';

/** Numbers that JetStream gives its errors. */
export const CODES = {
  streamNotFound: 10059,
  streamNameInUse: 10058,
  consumerNotFound: 10014,
  consumerExists: 10148,
  noMessage: 10037,
  full: 10077,
  inProcess: 10158,
  wrongLastSequence: [10071, 10164],
} as const;

/** JetStream has understood, and refuses. */
export class Refused extends Error {
  override readonly name: string = 'Refused';
  readonly code: number;

  constructor(subject: string, code: number, description: string) {
    super(`${subject}: ${description} (${code})`);
    this.code = code;
  }
}

const PATIENCE_MS = 5000;
/** For so long JetStream may be starting; then it is not there. */
const ABSENT_MS = 15_000;

interface Reply {
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description?: string };
}

/** What became of something that was published. */
export interface Stored {
  readonly seq: number;
  readonly duplicate: boolean;
}

export interface LastMessage {
  readonly seq: number;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs;
}

export class JetStream {
  readonly wire: Wire;
  /** Whether to go on asking. */
  readonly #isOver: () => boolean;

  constructor(wire: Wire, isOver: () => boolean) {
    this.wire = wire;
    this.#isOver = isOver;
  }

  /** Asks once. Rejects with Refused, Nobody, Unknown, or what publishing throws. */
  async #once(subject: string, body: object | undefined, patience: number): Promise<object> {
    const text = body === undefined ? '' : JSON.stringify(body);
    return parsed(subject, await this.wire.request(subject, text, patience));
  }

  /** Asks until somebody answers. */
  async ask(api: string, body?: object): Promise<object> {
    const subject = `$JS.API.${api}`;
    let absent = 0;
    for (let backoff = 20; ; backoff = Math.min(2 * backoff, 1000)) {
      await this.wire.up();
      try {
        return await this.#once(subject, body, PATIENCE_MS);
      } catch (error) {
        if (!isTransient(error) || this.#isOver()) throw error;
        if (!(error instanceof Nobody)) absent = 0;
        else if ((absent += backoff) > ABSENT_MS) throw new Error('the server has no JetStream', { cause: error });
      }
      await pause(backoff);
    }
  }

  // ───────────────────────────────────────────────────────────── streams and consumers

  stream(name: string): Promise<StreamInfo | null> {
    return orNull(this.ask(`STREAM.INFO.${name}`), CODES.streamNotFound) as Promise<StreamInfo | null>;
  }

  /** The stream, which is made if it is missing. */
  async makeStream(config: Partial<StreamConfig> & { name: string }): Promise<StreamInfo> {
    for (;;) {
      const found = await this.stream(config.name);
      if (found !== null) return found;
      const made = await orNull(this.ask(`STREAM.CREATE.${config.name}`, config), CODES.streamNameInUse);
      if (made !== null) return made as StreamInfo;
    }
  }

  async updateStream(config: StreamConfig): Promise<void> {
    await this.ask(`STREAM.UPDATE.${config.name}`, config);
  }

  consumer(stream: string, name: string): Promise<ConsumerInfo | null> {
    const info = this.ask(`CONSUMER.INFO.${stream}.${name}`);
    return orNull(info, CODES.consumerNotFound, CODES.streamNotFound) as Promise<ConsumerInfo | null>;
  }

  async makeConsumer(
    stream: string,
    config: Partial<ConsumerConfig> & { durable_name: string },
  ): Promise<ConsumerInfo> {
    // prettier-ignore
    const name = config.durable_name;
    for (;;) {
      const found = await this.consumer(stream, name);
      if (found !== null) return found;
      const body = { stream_name: stream, config, action: 'create' };
      const made = await orNull(this.ask(`CONSUMER.CREATE.${stream}.${name}`, body), CODES.consumerExists);
      if (made !== null) return made as ConsumerInfo;
    }
  }

  /** A consumer of one reader, that is forgotten when that one has gone. */
  makeReader(stream: string, name: string, config: Partial<ConsumerConfig>): Promise<ConsumerInfo> {
    const body = { stream_name: stream, config, action: 'create' };
    return this.ask(`CONSUMER.CREATE.${stream}.${name}`, body) as Promise<ConsumerInfo>;
  }

  /** The last message that the stream's leader has. */
  async last(stream: string, subject: string): Promise<LastMessage | null> {
    const answer = await orNull(this.ask(`STREAM.MSG.GET.${stream}`, { last_by_subj: subject }), CODES.noMessage);
    if (answer === null) return null;
    const { message } = answer as { message: { seq: number; data?: string; hdrs?: string } };
    return { seq: message.seq, data: bytes(message.data ?? ''), headers: parseHeaders(bytes(message.hdrs ?? '')) };
  }

  /** Publishes once. Rejects with Refused, Nobody, Unknown, or what publishing throws. */
  async publish(subject: string, data: Uint8Array, headers: MsgHdrs, patience: number): Promise<Stored> {
    const reply = parsed(subject, await this.wire.request(subject, data, patience, headers));
    const { seq = 0, duplicate = false } = reply as { seq?: number; duplicate?: boolean };
    return { seq, duplicate };
  }
}

function parsed(subject: string, message: Msg): object {
  const reply = JSON.parse(message.string()) as Reply;
  const { error } = reply;
  if (error !== undefined) throw new Refused(subject, error.err_code ?? error.code, error.description ?? 'refused');
  return reply;
}

/** Another try may go better. */
export function isTransient(error: unknown): boolean {
  // 10008: the cluster has no leader for that now.
  return error instanceof Unknown || error instanceof Nobody || (error instanceof Refused && TRANSIENT.has(error.code));
}

/** Of a cluster that is choosing a leader, or of a server that is starting: temporarily not available. */
const TRANSIENT = /* @__PURE__ */ new Set([10008, 10009, 10003, 10004, 10118]);

export function isRefused(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof Refused && codes.includes(error.code);
}

async function orNull(answer: Promise<object>, ...codes: readonly number[]): Promise<object | null> {
  try {
    return await answer;
  } catch (error) {
    if (isRefused(error, ...codes)) return null;
    throw error;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** How long an end waits for what has to come over the connection, and may never. */
const FAREWELL_MS = 5000;

/** Resolves when `ends` has settled, or has not for too long. */
export function farewell(ends: Promise<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, FAREWELL_MS)));
  return Promise.race([ends.catch(() => undefined).finally(() => clearTimeout(timer)), late]);
}

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** `NATS/1.0\r\nKey: value\r\n…` */
function parseHeaders(data: Uint8Array): MsgHdrs {
  const parsed = newHeaders();
  for (const line of new TextDecoder().decode(data).split('\r\n').slice(1)) {
    const at = line.indexOf(':');
    if (at > 0) parsed.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  return parsed;
}
