// Jobs that give way once, sixteen together: what they cost themselves is small.

export const AT_ONCE = 16;

/** Ends sixteen that have begun in one microtask. */
export class Desk {
  #begun = [];

  begin(end) {
    if (this.#begun.push(end) === AT_ONCE) queueMicrotask(() => this.#finish());
  }
  /** The same, as a promise of `value`. */
  promise(value) {
    return new Promise((resolve) => this.begin(() => resolve(value)));
  }
  #finish() {
    const begun = this.#begun;
    this.#begun = [];
    for (const end of begun) end();
  }
}
