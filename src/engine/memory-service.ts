// A service of an engine, in memory: those who serve one name, and take turns.
//
// Invariants:
//   1. a call is in the hands of one server at a time, and of a second one only if the first left before it began
//   2. a call that was withdrawn, or whose server has left, has ended when its handler has cleaned up; until then it is in
//      `running`

import type { ObservableInput } from 'rxjs';
import { CancelledError, NobodyServesError } from '../base/errors.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import type { TaskContext } from '../core/context.ts';
import { coroutine } from '../task/coroutine.ts';
import type { Task } from '../task/task.ts';
import { taskScope, type TaskScope } from '../task/task-scope.ts';
import { bodyOfInput } from '../task/work.ts';
import type { Home } from './memory-queue.ts';

export type Handler<I = unknown, O = unknown> = (input: I, context: TaskContext) => Coroutine<O> | ObservableInput<O>;

export class MemoryService {
  readonly name: string;
  readonly #home: Home;
  /** The calls of all services that have not ended. */
  readonly #running: Set<Task<unknown>>;
  readonly #servers: Server[] = [];
  /** Whose turn it was. */
  #turn = 0;

  constructor(home: Home, name: string, running: Set<Task<unknown>>) {
    this.#home = home;
    this.name = name;
    this.#running = running;
  }

  /** What is returned lets it go: whatever it runs is cancelled. */
  join(handler: Handler, concurrency: number): () => void {
    const server = new Server(this.name, handler, concurrency);
    this.#servers.push(server);
    return () => {
      const at = this.#servers.indexOf(server);
      if (at < 0) return;
      this.#servers.splice(at, 1);
      server.leave();
    };
  }

  call(input: unknown): Operation<unknown> {
    return coroutine(() => this.#ask(input));
  }

  *#ask(input: unknown): Coroutine<unknown> {
    if (this.#home.end !== null) throw this.#home.end.error;
    for (;;) {
      const call = this.#choose().begin(input);
      this.#running.add(call.task);
      try {
        return yield* call.task;
      } catch (error) {
        if (call.begun || call.task.status !== 'cancelled') throw error;
        // It waited for its turn with one who has left: as if it had never been there.
      } finally {
        yield* this.#end(call.task);
      }
      if (this.#home.end !== null) throw new CancelledError(this.#home.name);
    }
  }

  *#end(task: Task<unknown>): Coroutine<void> {
    try {
      yield* task.cancel();
    } finally {
      this.#running.delete(task);
    }
  }

  #choose(): Server {
    const servers = this.#servers;
    if (servers.length === 0) throw new NobodyServesError(this.name);
    this.#turn = (this.#turn + 1) % servers.length;
    return servers[this.#turn] as Server;
  }
}

interface Call {
  readonly task: Task<unknown>;
  /** Its handler has been called. */
  readonly begun: boolean;
}

class Server {
  readonly #name: string;
  readonly #handler: Handler;
  readonly #scope: TaskScope;

  constructor(name: string, handler: Handler, concurrency: number) {
    this.#name = name;
    this.#handler = handler;
    // What fails is the caller's to know, and nobody else's.
    this.#scope = taskScope({ name, limit: concurrency, onChildError: () => undefined });
  }

  begin(input: unknown): Call {
    const call = { begun: false, task: null as unknown as Task<unknown> };
    call.task = this.#scope.go((context) => {
      call.begun = true;
      return bodyOfInput(this.#handler(input, context), this.#name);
    });
    return call;
  }

  leave(): void {
    this.#scope.unsubscribe();
  }
}
