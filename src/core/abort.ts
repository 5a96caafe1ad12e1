// However many wait for one AbortSignal, it has one listener of ours. Node takes more than ten for a leak and warns, and a
// native listener that leaves is looked for among all others.
//
// Invariants:
//   1. our listener is on the signal  <=>  somebody hears it
//   2. whoever has left, or is being told, stands nowhere
//
// Those who hear are told in the order in which they came, in one turn: of observers and coroutines that one abort releases,
// observers come first.

import type { Unsubscribable } from 'rxjs';
import { Line, type Linked } from '../base/line.ts';
import { shared } from './shared.ts';
import { enter, exit } from './turn.ts';
import { reportUnhandled } from './unhandled.ts';

/** Who hears each signal: one list in the process, whichever copy of the library asks. Weak: what nobody waits for may go. */
const hearings = /* @__PURE__ */ shared('hearings', () => new WeakMap<AbortSignal, Hearing>());

/** Calls `heard` when `signal` aborts, never in this call; what it returns calls that off, in O(1). */
export function onAbort(signal: AbortSignal, heard: () => void): Unsubscribable {
  let hearing = hearings.get(signal);
  if (hearing === undefined) {
    hearing = new Hearing(signal);
    hearings.set(signal, hearing);
  }
  return hearing.add(heard);
}

class Hearing extends Line<Hearer> {
  readonly #signal: AbortSignal;
  readonly #abort = (): void => this.#tellAll();

  constructor(signal: AbortSignal) {
    super();
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort);
  }

  add(heard: () => void): Hearer {
    const hearer = new Hearer(heard);
    this.append(hearer);
    return hearer;
  }

  override leave(hearer: Hearer): null {
    super.leave(hearer);
    if (this.first === null) this.#close();
    return null;
  }

  #close(): void {
    if (hearings.get(this.#signal) !== this) return;
    this.#signal.removeEventListener('abort', this.#abort);
    hearings.delete(this.#signal);
  }

  #tellAll(): void {
    // Whoever comes from now on has come too late, as with a native listener.
    this.#close();
    enter();
    try {
      for (let hearer = this.shift(); hearer !== null; hearer = this.shift()) hearer.tell();
    } finally {
      exit();
    }
  }
}

class Hearer implements Linked<Hearer>, Unsubscribable {
  place: Line<Hearer> | null = null;
  before: Hearer | null = null;
  after: Hearer | null = null;
  readonly #heard: () => void;

  constructor(heard: () => void) {
    this.#heard = heard;
  }

  /** What it throws must not keep the others from hearing. */
  tell(): void {
    try {
      this.#heard();
    } catch (error) {
      reportUnhandled(error);
    }
  }

  unsubscribe(): void {
    this.place?.leave(this);
  }
}
