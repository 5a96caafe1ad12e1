// The floor: coroutines and a buffer written by hand for one purpose. They know no close, no cancel and no error, so what they
// take is what switching between generators takes. One may wait at each end of a buffer for each generator there is.

/** Runs generators; what waits is resumed by `wake`. */
export class Loop {
  #ready = [];
  #head = 0;
  running = null;

  spawn(generator) {
    this.#ready.push(generator);
  }

  wake(line) {
    if (line.length > 0) this.#ready.push(line.shift());
  }

  /** `yield* loop.wait(line)`: until somebody wakes the line. */
  *wait(line) {
    line.push(this.running);
    yield;
  }

  run() {
    while (this.#head < this.#ready.length) {
      this.running = this.#ready[this.#head++];
      if (this.#head === 1024) {
        this.#ready.splice(0, this.#head);
        this.#head = 0;
      }
      this.running.next();
    }
  }
}

/** Capacity: a power of two. */
export class Buffer {
  #loop;
  #slots;
  #mask;
  #read = 0;
  #write = 0;
  #senders;
  #receivers;

  /** Several buffers may share the line of those who receive. */
  constructor(loop, capacity, receivers = [], senders = []) {
    this.#loop = loop;
    this.#senders = senders;
    this.#slots = new Array(capacity).fill(0);
    this.#mask = capacity - 1;
    this.#receivers = receivers;
  }

  get empty() {
    return this.#read === this.#write;
  }
  get full() {
    return this.#write - this.#read > this.#mask;
  }
  room() {
    return this.#loop.wait(this.#senders);
  }
  value() {
    return this.#loop.wait(this.#receivers);
  }
  push(value) {
    this.#slots[this.#write++ & this.#mask] = value;
    if (this.#receivers.length > 0) this.#loop.wake(this.#receivers);
  }
  shift() {
    const value = this.#slots[this.#read++ & this.#mask];
    if (this.#senders.length > 0) this.#loop.wake(this.#senders);
    return value;
  }
}

export function* send(buffer, from, to) {
  for (let i = from; i < to; i++) {
    while (buffer.full) yield* buffer.room();
    buffer.push(i);
  }
}

export function* receive(buffer, n, add) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    while (buffer.empty) yield* buffer.value();
    sum += buffer.shift();
  }
  add(sum);
}
