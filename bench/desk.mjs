// Jobs that are done by the next turn of the event loop: what they cost themselves is small.

/** Ends all that have begun, in one macrotask. */
export class Desk {
  #begun = [];

  begin(end) {
    if (this.#begun.push(end) === 1) setImmediate(() => this.#finish());
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
