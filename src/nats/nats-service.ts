// Calls, and those who serve them.
//
//   call     published to <prefix>.C.<name>, which those who serve hear in turn; the answer comes to the caller's own inbox
//   life     while a handler runs, or a call waits for its turn, a sign of life goes to the caller every third of `ackWait`
//   cancel   published to <prefix>.E.C.<name>, which all who serve hear; only the one who has that call acts
//
// At most once: a call is sent a second time only if whoever had it says that it was never begun (`again`).
//
// Invariants:
//   1. a call is in `#calls` of one server from its arrival to its answer
//   2. a server that leaves answers every call that it has, and every one that still arrives

import { headers as newHeaders, type Msg, type MsgHdrs, type Subscription } from '@nats-io/nats-core';
import type { ObservableInput } from 'rxjs';
import { CancelledError, NobodyServesError } from '../base/errors.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import type { TaskContext } from '../core/context.ts';
import type { Task } from '../task/task.ts';
import { taskScope, type TaskScope } from '../task/task-scope.ts';
import { bodyOfInput } from '../task/work.ts';
import { decodeError, encodeError, header } from './codec.ts';
import { farewell } from './jetstream.ts';
import type { NatsHome } from './nats-home.ts';
import { type Performance, Remote } from './remote.ts';
import { type Conversation, isNobody, Unknown } from './wire.ts';

export type Handler<I = unknown, O = unknown> = (input: I, context: TaskContext) => Coroutine<O> | ObservableInput<O>;

const HOW = 'Rxs-How';
const ERROR = 'Rxs-Error';
const GROUP = 'rxsluice';

/** How a call goes, as the server tells it. */
type How = 'lives' | 'done' | 'failed' | 'gone' | 'again';

function saying(how: How, error?: unknown): MsgHdrs {
  const headers = newHeaders();
  headers.set(HOW, how);
  if (error !== undefined) headers.set(ERROR, encodeError(error));
  return headers;
}

// ───────────────────────────────────────────────────────────── those who call

export function call(home: NatsHome, name: string, input: unknown): Operation<unknown> {
  return new Remote<unknown>(home, `call of ${name}`, (performance) => {
    const data = home.codec.encode(input);
    home.wire.up().then(
      () => new Calling(home, name, data, performance).ask(),
      (error: unknown) => performance.reject(error),
    );
  });
}

class Calling {
  readonly #home: NatsHome;
  readonly #name: string;
  readonly #data: Uint8Array;
  readonly #performance: Performance<unknown>;
  #conversation: Conversation | null = null;

  constructor(home: NatsHome, name: string, data: Uint8Array, performance: Performance<unknown>) {
    this.#home = home;
    this.#name = name;
    this.#data = data;
    this.#performance = performance;
    performance.withdrawn = () => this.#withdraw();
  }

  ask(): void {
    if (this.#performance.isOver) return;
    const { wire, subjects, ackWait } = this.#home;
    try {
      this.#conversation = wire.converse(
        subjects.subject('C', this.#name),
        this.#data,
        { heard: (message) => this.#heard(message), lost: (why) => this.#lost(why) },
        ackWait,
      );
    } catch (error) {
      this.#performance.reject(error);
    }
  }

  #heard(message: Msg): void {
    const { headers } = message;
    const how = header(headers, HOW) as How;
    if (how === 'lives') return;
    this.#conversation?.close();
    if (isNobody(message)) this.#performance.reject(new NobodyServesError(this.#name));
    else if (how === 'again') this.ask();
    else if (how === 'gone') this.#gone(undefined);
    else if (how === 'failed') this.#performance.reject(decodeError(header(headers, ERROR)));
    else this.#answered(message);
  }

  #answered(message: Msg): void {
    let answer: unknown;
    try {
      answer = this.#home.codec.decode(message.data);
    } catch (error) {
      this.#performance.reject(error);
      return;
    }
    this.#performance.resolve(answer);
  }

  #lost(why: Error): void {
    if (why instanceof Unknown) this.#gone(why);
    else this.#performance.reject(why);
  }

  /** Whoever had it has left, or gives no sign of life: it was done, or was not. */
  #gone(why: unknown): void {
    this.#performance.reject(new CancelledError(this.#name, why));
  }

  #withdraw(): void {
    if (this.#conversation === null || this.#conversation.isClosed) return;
    this.#conversation.close();
    this.#home.tell('C', this.#name, this.#conversation.inbox);
  }
}

// ───────────────────────────────────────────────────────────── those who serve

interface Served {
  task: Task<unknown> | null;
  begun: boolean;
}

export class Server {
  readonly #home: NatsHome;
  readonly #name: string;
  readonly #handler: Handler;
  readonly #scope: TaskScope;
  /** By the inbox of the one who calls. */
  readonly #calls = new Map<string, Served>();
  readonly #requests: Subscription;
  readonly #cancels: Subscription;
  readonly #life: ReturnType<typeof setInterval>;
  #leaving: Promise<void> | null = null;

  /** `refused`: this connection may not serve that. */
  constructor(home: NatsHome, name: string, handler: Handler, concurrency: number, refused: (error: Error) => void) {
    const { connection } = home.wire;
    this.#home = home;
    this.#name = name;
    this.#handler = handler;
    // What fails is the caller's to know, and nobody else's.
    this.#scope = taskScope({ name, limit: concurrency, onChildError: () => undefined });
    this.#requests = connection.subscribe(home.subjects.subject('C', name), {
      queue: GROUP,
      callback: (error, message) => {
        if (error === null) this.#serve(message);
        else refused(error);
      },
    });
    this.#cancels = connection.subscribe(home.subjects.events('C', name), {
      callback: (error, message) => {
        if (error === null) this.#cancel(message.string());
      },
    });
    this.#life = setInterval(() => this.#signOfLife(), home.ackWait / 3);
  }

  #serve(message: Msg): void {
    const inbox = message.reply ?? '';
    if (inbox === '') return;
    if (this.#leaving !== null) {
      this.#tell(inbox, saying('again'));
      return;
    }
    const served: Served = { task: null, begun: false };
    this.#calls.set(inbox, served);
    served.task = this.#scope.go((context) => {
      served.begun = true;
      const input = this.#home.codec.decode(message.data);
      return bodyOfInput(this.#handler(input, context), this.#name);
    });
    served.task.subscribe({
      next: (value) => this.#answer(inbox, value),
      error: (error: unknown) => {
        if (served.task?.status !== 'cancelled') this.#end(inbox, saying('failed', error ?? null));
        else this.#end(inbox, saying(served.begun ? 'gone' : 'again'));
      },
    });
  }

  #answer(inbox: string, value: unknown): void {
    let data: Uint8Array;
    try {
      data = this.#home.codec.encode(value);
    } catch (error) {
      this.#end(inbox, saying('failed', error));
      return;
    }
    this.#end(inbox, saying('done'), data);
  }

  /** An answer while the connection is down waits for it: whoever called may be connected to another server. */
  #end(inbox: string, how: MsgHdrs, data?: Uint8Array): void {
    const { wire } = this.#home;
    this.#calls.delete(inbox);
    if (wire.status !== 'reconnecting') this.#tell(inbox, how, data);
    else void wire.up().then(() => this.#tell(inbox, how, data));
  }

  #tell(inbox: string, how: MsgHdrs, data: Uint8Array | string = ''): void {
    try {
      this.#home.wire.tell(inbox, data, how);
    } catch (error) {
      // An answer that is too large, say: that much can be told.
      this.#home.wire.tell(inbox, '', saying('failed', error));
    }
  }

  #cancel(inbox: string): void {
    this.#calls.get(inbox)?.task?.cancel();
  }

  #signOfLife(): void {
    for (const inbox of this.#calls.keys()) this.#tell(inbox, saying('lives'));
  }

  /** Serves no more: what runs is cancelled, what waits is given back. Resolves when all is answered. */
  leave(): Promise<void> {
    return (this.#leaving ??= this.#leave());
  }

  async #leave(): Promise<void> {
    const { wire } = this.#home;
    const tasks = [...this.#calls.values()].map(({ task }) => task);
    this.#scope.unsubscribe();
    // What is on its way to us is still answered.
    if (wire.status === 'connected') await farewell(this.#requests.drain());
    else if (!wire.connection.isClosed()) this.#requests.unsubscribe();
    for (const task of tasks) await task?.cancel().promise();
    if (!wire.connection.isClosed()) this.#cancels.unsubscribe();
    clearInterval(this.#life);
  }
}
