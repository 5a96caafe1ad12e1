// A small seeded generator (Marsaglia's xorshift32): the same seed gives the same choices, on every machine.
// After George Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003).

export class Random {
  /** Never 0, which is the generator's fixed point. Saved and put back by whoever needs choices of its own for a while. */
  state = 1;

  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts over from `seed`: any finite number; neighbours give unrelated sequences. */
  seed(seed: number): void {
    // A multiplicative hash spreads small seeds over all 32 bits before the first draw.
    let state = Math.imul(Math.trunc(seed) ^ 0x9e3779b9, 0x85ebca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
    state ^= state >>> 16;
    this.state = state === 0 ? 1 : state;
  }

  /** An integer in [0, n), each as likely as any other. Precondition: n >= 1. */
  below(n: number): number {
    let state = this.state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state;
    return (((state >>> 0) * n) / 0x1_0000_0000) | 0;
  }
}
