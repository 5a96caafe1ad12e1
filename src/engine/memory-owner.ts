// An owned state of an engine, in memory: the serializer of a state owner, whose steps are pure.

import { Observable, type Subscriber } from 'rxjs';
import { checkFunction } from '../base/checks.ts';
import type { Operation } from '../core/operation.ts';
import { enter, exit } from '../core/turn.ts';
import { Modify, Read, Update } from '../state/owner-operation.ts';
import { Serializer } from '../state/serializer.ts';
import type { EngineOwner } from './engine.ts';

export class MemoryOwner<S> extends Observable<S> implements EngineOwner<S> {
  readonly #serializer: Serializer<S>;

  constructor(name: string, initial: S) {
    super();
    this.#serializer = new Serializer(name, initial, Infinity, Object.is, undefined);
  }

  get name(): string {
    return this.#serializer.name;
  }
  get value(): S {
    return this.#serializer.value;
  }

  read(): Operation<S> {
    return new Read(this.#serializer, (state) => state);
  }

  update(step: (state: S) => S): Operation<S> {
    checkFunction(this, "update's step", step);
    return new PureUpdate(this.#serializer, step);
  }

  modify<R>(step: (state: S) => readonly [S, R]): Operation<R> {
    checkFunction(this, "modify's step", step);
    return new PureModify<S, R>(this.#serializer, step);
  }

  /** The engine's end. */
  abandon(): void {
    this.#serializer.cancel(undefined);
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<S>): void {
    if (subscriber.closed) return;
    enter();
    try {
      this.#serializer.audience.welcome(subscriber);
    } finally {
      exit();
    }
  }

  override toString(): string {
    return `engine owner ${this.name} (${this.#serializer.state})`;
  }

  /** @internal */
  check(): void {
    this.#serializer.check();
  }
}

/** What a pure step returns is the state, whatever it is: a promise too. */
class PureUpdate<S> extends Update<S> {
  override get mayWait(): boolean {
    return false;
  }
}

class PureModify<S, R> extends Modify<S, R> {
  override get mayWait(): boolean {
    return false;
  }
}
