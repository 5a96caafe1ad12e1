// A double-ended buffer in one array that grows by doubling: O(1) at both ends, and no slot keeps what has left.
//
// Invariants (`check()` asserts them):
//   1. the array's length is a power of two, so that a position wraps with a mask
//   2. 0 <= size <= length; every slot outside [head, head + size) holds undefined
//
// It never shrinks: a buffer that was full once is likely to be full again, and an empty one costs a few words.

const INITIAL = 8;

export class Ring<T> {
  #slots: (T | undefined)[] = [];
  #head = 0;
  size = 0;

  push(value: T): void {
    if (this.size === this.#slots.length) this.#grow();
    const slots = this.#slots;
    slots[(this.#head + this.size) & (slots.length - 1)] = value;
    this.size++;
  }

  /** Puts `value` before the oldest. */
  unshift(value: T): void {
    if (this.size === this.#slots.length) this.#grow();
    const slots = this.#slots;
    this.#head = (this.#head - 1) & (slots.length - 1);
    slots[this.#head] = value;
    this.size++;
  }

  /** Takes the oldest out. Precondition: not empty. */
  shift(): T {
    const slots = this.#slots;
    const head = this.#head;
    const value = slots[head] as T;
    slots[head] = undefined;
    this.#head = (head + 1) & (slots.length - 1);
    this.size--;
    return value;
  }

  /** Pushes `value` and takes the oldest out. Precondition: not empty. */
  displace(value: T): T {
    const oldest = this.shift();
    this.push(value);
    return oldest;
  }

  /** The value that leaves next. Precondition: not empty. */
  get oldest(): T {
    return this.#slots[this.#head] as T;
  }

  /** The value that came last. Precondition: not empty. */
  get newest(): T {
    return this.#slots[(this.#head + this.size - 1) & (this.#slots.length - 1)] as T;
  }

  /** Gives what came last another value. Precondition: not empty. */
  renew(value: T): void {
    this.#slots[(this.#head + this.size - 1) & (this.#slots.length - 1)] = value;
  }

  /** Takes everything out, oldest first. */
  clear(): T[] {
    const values: T[] = [];
    while (this.size > 0) values.push(this.shift());
    return values;
  }

  #grow(): void {
    const old = this.#slots;
    const length = old.length;
    const slots = new Array<T | undefined>(length === 0 ? INITIAL : length * 2).fill(undefined);
    for (let i = 0; i < length; i++) slots[i] = old[(this.#head + i) & (length - 1)];
    this.#slots = slots;
    this.#head = 0;
  }

  /** @internal */
  check(): void {
    const length = this.#slots.length;
    if ((length & (length - 1)) !== 0) throw new Error(`ring: ${length} slots are not a power of two`);
    if (this.size < 0 || this.size > length) throw new Error(`ring: size ${this.size} in ${length} slots`);
    for (let i = this.size; i < length; i++) {
      if (this.#slots[(this.#head + i) & (length - 1)] !== undefined)
        throw new Error('ring: a free slot keeps a value');
    }
  }
}
