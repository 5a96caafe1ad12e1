// A topic of an engine, in memory: a broadcast that nobody holds back.

import { Observable, type Subscriber } from 'rxjs';
import { type Broadcast, broadcast } from '../broadcast/broadcast.ts';
import type { Operation } from '../core/operation.ts';
import type { EngineTopic } from './engine.ts';

export class MemoryTopic<T> extends Observable<T> implements EngineTopic<T> {
  readonly name: string;
  readonly options: { readonly replay: number };
  readonly #broadcast: Broadcast<T>;

  constructor(name: string, replay: number) {
    super();
    this.name = name;
    this.options = { replay };
    this.#broadcast = broadcast({ name, replay, capacity: Infinity });
  }

  send(value: T): Operation<void> {
    return this.#broadcast.send(value);
  }

  /** The engine's end. */
  abandon(): void {
    this.#broadcast.close();
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): void {
    subscriber.add(this.#broadcast.subscribe(subscriber));
  }

  /** @internal */
  check(): void {
    this.#broadcast.check();
  }
}
