// Another floor: operations that are their own iterators, as the library's are, on the loop and the buffers of `raw.mjs`. They
// know no close, no cancel and no error either. Who waits is woken to try again.

import { Buffer } from './raw.mjs';
import { Random } from './random.mjs';

const PENDING = { done: false, value: undefined };
const DONE = { done: true, value: undefined };
const chance = new Random(1);

class Operation {
  [Symbol.iterator]() {
    return this;
  }
}

class Send extends Operation {
  constructor(port, value) {
    super();
    this.port = port;
    this.value = value;
  }
  next() {
    const { loop, buffer, senders } = this.port;
    if (buffer.full) {
      senders.push(loop.running);
      return PENDING;
    }
    buffer.push(this.value);
    return DONE;
  }
}

class Receive extends Operation {
  constructor(port) {
    super();
    this.port = port;
  }
  next() {
    const { loop, buffer, receivers } = this.port;
    if (buffer.empty) {
      receivers.push(loop.running);
      return PENDING;
    }
    return { done: true, value: buffer.shift() };
  }
}

/** One of the cases that are ready, by chance. All share a line of those who receive. */
class Select extends Operation {
  constructor(cases) {
    super();
    this.keys = Object.keys(cases);
    this.cases = cases;
  }
  next() {
    let ready = 0;
    for (const key of this.keys) if (!this.cases[key].buffer.empty) ready++;
    if (ready === 0) {
      const { loop, receivers } = this.cases[this.keys[0]];
      receivers.push(loop.running);
      return PENDING;
    }
    let before = ready > 1 ? chance.below(ready) : 0;
    for (const key of this.keys) {
      const { buffer } = this.cases[key];
      if (!buffer.empty && before-- === 0) return { done: true, value: { key, value: buffer.shift() } };
    }
    throw new Error('none is ready');
  }
}

export const selectOf = (cases) => new Select(cases);

/** Capacity: a power of two. */
export class Port {
  senders = [];
  #receive = new Receive(this);

  constructor(loop, capacity, receivers = []) {
    this.loop = loop;
    this.receivers = receivers;
    this.buffer = new Buffer(loop, capacity, receivers, this.senders);
  }
  send(value) {
    return new Send(this, value);
  }
  receive() {
    return this.#receive;
  }
}

export function* sendAll(port, from, to) {
  for (let i = from; i < to; i++) yield* port.send(i);
}
