// An owned state of an engine, in memory: the desk of a state owner, whose steps are pure.

import { Observable, type Subscriber } from 'rxjs';
import { checkFunction } from '../base/checks.ts';
import type { Operation } from '../core/operation.ts';
import { enter, leave } from '../core/turn.ts';
import { Modify, Read, Update } from '../state/ask.ts';
import { Desk } from '../state/desk.ts';
import type { EngineOwner } from './engine.ts';

export class MemoryOwner<S> extends Observable<S> implements EngineOwner<S> {
  readonly #desk: Desk<S>;

  constructor(name: string, initial: S) {
    super();
    this.#desk = new Desk(name, initial, Infinity, Object.is, undefined);
  }

  get name(): string {
    return this.#desk.name;
  }
  get value(): S {
    return this.#desk.value;
  }

  read(): Operation<S> {
    return new Read(this.#desk, (state) => state);
  }

  update(step: (state: S) => S): Operation<S> {
    checkFunction(this, "update's step", step);
    return new PureUpdate(this.#desk, step);
  }

  modify<R>(step: (state: S) => readonly [S, R]): Operation<R> {
    checkFunction(this, "modify's step", step);
    return new PureModify<S, R>(this.#desk, step);
  }

  /** The engine's end. */
  abandon(): void {
    this.#desk.cancel(undefined);
  }

  /** @internal */
  protected _subscribe(subscriber: Subscriber<S>): void {
    if (subscriber.closed) return;
    enter();
    try {
      this.#desk.audience.welcome(subscriber);
    } finally {
      leave();
    }
  }

  override toString(): string {
    return `engine owner ${this.name} (${this.#desk.state})`;
  }

  /** @internal */
  check(): void {
    this.#desk.check();
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
