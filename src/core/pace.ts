// The budget of what the library drives by itself, outside of coroutines: the next value of a queue for a handler, the next job.
//
// A handler that fails at once, or a job that submits the next, may keep such a loop going for ever: in one call, or from
// microtask to microtask. So the loops ask, before each value that is there, whether it is time to rest. Time counts from the
// first look after the host had its last chance, and a macrotask says when it had that; after `turn.budget` ms the loop goes on
// from a macrotask. What lies between two looks counts for half of that at most: it may be work of others, in a long call.
// How often we look is as in `turn.ts`: the stride doubles while the clock stands still. In virtual time nobody rests.

import { isVirtual, macrotask, monotonic, now } from './clock.ts';
import { turn } from './turn.ts';

const FIRST_LOOK = 8;
const LONGEST_STRIDE = 64;

/** Of one loop. */
export class Pace {
  readonly #goOn: () => void;
  #fuel = FIRST_LOOK;
  #stride = FIRST_LOOK;
  #looked = -1;
  /** When we looked last, on the clock that never goes back; -1: not yet, since the host had its last chance. */
  #at = -1;
  /** What has been spent since. */
  #spent = 0;
  #resting = false;

  /** `goOn` is called in a macrotask after each rest. */
  constructor(goOn: () => void) {
    this.#goOn = goOn;
  }

  /** The loop is to stand still until it is told to go on. */
  get isResting(): boolean {
    return this.#resting;
  }

  /** Called before each value: whether to rest before it. */
  rests(): boolean {
    if (this.#resting) return true;
    if (--this.#fuel >= 0 || !this.#isOver()) return false;
    this.#resting = true;
    macrotask(() => {
      this.#resting = false;
      this.#goOn();
    });
    return true;
  }

  #isOver(): boolean {
    turn.watch?.spins();
    const time = now();
    this.#stride = time === this.#looked ? Math.min(this.#stride * 2, LONGEST_STRIDE) : 1;
    this.#fuel = this.#stride;
    this.#looked = time;
    if (isVirtual()) return false;
    const at = monotonic();
    if (this.#at < 0) macrotask(() => this.#beginAnew());
    else this.#spent += Math.min(at - this.#at, turn.budget / 2);
    this.#at = at;
    return this.#spent >= turn.budget;
  }

  #beginAnew(): void {
    this.#at = -1;
    this.#spent = 0;
    this.#fuel = FIRST_LOOK;
  }
}
