// A small seeded generator (Lehmer's, after Park and Miller): every run of the bench draws the same.

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed;
  }

  /** An integer in [0, n). */
  below(n) {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % n;
  }
}
