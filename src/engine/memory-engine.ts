// The engine in this process.
//
// Invariants (`check()` asserts those of its things):
//   1. a name is one thing of each kind, made when it is first asked for
//   2. after its end nobody waits for anything of it, nothing of it is lent, and what is made is born ended

import { Observable, type Subscriber } from 'rxjs';
import { checkFunction, checkLimit } from '../base/checks.ts';
import { Names } from '../base/names.ts';
import { type Deferred, deferred } from '../core/future.ts';
import type { Coroutine, Operation } from '../core/operation.ts';
import { End } from '../core/outcome.ts';
import { enter, exit } from '../core/turn.ts';
import { checkSpan } from '../queue/options.ts';
import { go, type Task } from '../task/task.ts';
import type { Engine, EngineOwner, EngineQueue, EngineQueueOptions, EngineTopic } from './engine.ts';
import { type Home, MemoryQueue } from './memory-queue.ts';
import { MemoryOwner } from './memory-owner.ts';
import { type Handler, MemoryService } from './memory-service.ts';
import { MemoryTopic } from './memory-topic.ts';
import { checkBag, checkEngineQueueOptions, checkName, checkSame } from './names.ts';

const names = /* @__PURE__ */ new Names('memoryEngine');

/** What ends with the engine. */
interface Thing {
  abandon(): void;
  check(): void;
}

class MemoryEngine implements Engine, Home {
  readonly #number = names.draw();
  end: End | null = null;
  readonly #queues = new Map<string, MemoryQueue<unknown>>();
  readonly #owners = new Map<string, MemoryOwner<unknown>>();
  readonly #topics = new Map<string, MemoryTopic<unknown>>();
  readonly #services = new Map<string, MemoryService>();
  /** Those who serve, and how to let each go. */
  readonly #serving = new Map<Subscriber<never>, () => void>();
  readonly #running = new Set<Task<unknown>>();
  #closed: Deferred<void> | null = null;

  get name(): string {
    return names.spell(this.#number);
  }

  queue<T>(name: string, options: EngineQueueOptions<T> = {}): EngineQueue<T> {
    checkName('engine.queue', name);
    checkEngineQueueOptions(options);
    const queue = this.#get(this.#queues, name, () => new MemoryQueue(this, name, options as EngineQueueOptions<unknown>)); // prettier-ignore
    checkSame('engine.queue', name, { onDeadLetter: undefined, ...queue.options }, options as object);
    return queue as EngineQueue<unknown> as EngineQueue<T>;
  }

  owner<S>(name: string, initial: S): EngineOwner<S> {
    checkName('engine.owner', name);
    return this.#get(this.#owners, name, () => new MemoryOwner<unknown>(name, initial)) as EngineOwner<unknown> as EngineOwner<S>; // prettier-ignore
  }

  topic<T>(name: string, options: { replay?: number } = {}): EngineTopic<T> {
    checkName('engine.topic', name);
    checkBag('engine.topic', options);
    const { replay = 0 } = options;
    checkLimit('engine.topic', 'replay', replay, 0);
    const topic = this.#get(this.#topics, name, () => new MemoryTopic<unknown>(name, replay));
    checkSame('engine.topic', name, topic.options, options);
    return topic as EngineTopic<unknown> as EngineTopic<T>;
  }

  /** The one of that name. */
  #get<X extends Thing>(things: Map<string, X>, name: string, make: () => X): X {
    let thing = things.get(name);
    if (thing !== undefined) return thing;
    things.set(name, (thing = make()));
    if (this.end !== null) thing.abandon();
    return thing;
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- given by the user: call<Photo, Thumb>('thumb')
  call<I, O>(name: string, options: { timeout?: number } = {}): (input: I) => Operation<O> {
    checkName('engine.call', name);
    checkBag('engine.call', options);
    const { timeout = Infinity } = options;
    checkSpan('engine.call', 'timeout', timeout);
    const service = this.#service(name);
    return (input) => {
      const call = service.call(input) as Operation<O>;
      return timeout === Infinity ? call : call.withTimeout(timeout);
    };
  }

  serve<I, O>(name: string, handler: Handler<I, O>, options: { concurrency?: number } = {}): Observable<never> {
    checkName('engine.serve', name);
    checkFunction('engine.serve', 'handler', handler);
    checkBag('engine.serve', options);
    const { concurrency = Infinity } = options;
    checkLimit('engine.serve', 'concurrency', concurrency, 1);
    const service = this.#service(name);
    return new Observable<never>((subscriber) => {
      if (this.end !== null) {
        subscriber.complete();
        return;
      }
      const letGo = service.join(handler as Handler, concurrency);
      this.#serving.set(subscriber, letGo);
      subscriber.add(() => {
        this.#serving.delete(subscriber);
        letGo();
      });
    });
  }

  #service(name: string): MemoryService {
    let service = this.#services.get(name);
    if (service === undefined) this.#services.set(name, (service = new MemoryService(this, name, this.#running)));
    return service;
  }

  close(): Operation<void> {
    if (this.#closed !== null) return this.#closed;
    const closed = (this.#closed = deferred<void>());
    this.end = new End(this, 'closed');
    enter();
    try {
      const running = [...this.#running];
      const serving = [...this.#serving];
      for (const [, letGo] of serving) letGo();
      for (const thing of this.#things()) thing.abandon();
      for (const [subscriber] of serving) subscriber.complete();
      go(() => ended(running, closed));
    } finally {
      exit();
    }
    return closed;
  }

  #things(): Thing[] {
    return [...this.#queues.values(), ...this.#owners.values(), ...this.#topics.values()];
  }

  toString(): string {
    const counts = [this.#queues, this.#owners, this.#topics, this.#serving].map(({ size }) => size);
    return `${this.name} (${counts[0]} queues, ${counts[1]} owners, ${counts[2]} topics, ${counts[3]} serving, ${this.end === null ? 'open' : 'closed'})`;
  }

  /** @internal */
  check(): void {
    for (const thing of this.#things()) thing.check();
  }
}

/** Waits until all of `running` have cleaned up. */
function* ended(running: readonly Task<unknown>[], closed: Deferred<void>): Coroutine<void> {
  for (const task of running) yield* task.cancel();
  closed.resolve(undefined);
}

/**
 * Makes an engine in this process: for tests, for a program that needs no more than one process, and for the first day of one
 * that will.
 *
 * ```
 * queue('jobs')   send  lease  ack      work, one worker each, kept until it is settled
 * owner('state')  update  read          one state, one change at a time
 * topic('news')   send  subscribe       every value to everybody
 * call('thumb')   serve('thumb')        a question, an answer
 * ```
 *
 * All is synchronous, exact and in virtual time where the rest of the library is. Values are passed as they are, not copied.
 * Each call makes an engine of its own, which shares nothing with others.
 *
 * @example
 * ```ts
 * const engine = memoryEngine();
 * const jobs = engine.queue<Job>('jobs', { capacity: 100, maxAttempts: 3 });
 * work(jobs, (job) => render(job), { concurrency: 4 }).subscribe();
 * yield* jobs.send({ page: 1 });
 * yield* jobs.join();
 * ```
 */
export function memoryEngine(): Engine {
  return new MemoryEngine();
}
