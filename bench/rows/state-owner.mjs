// 100 readers and 10 writers of one state. A step that takes its time holds the owner until all the others have asked, so that
// each of them waits in line; an owner that is idle serves at once, which is the other contender.

import { channel, go, stateOwner } from '../../dist/bundle/index.js';
import { Loop } from '../raw.mjs';

const READERS = 100;
const WRITERS = 10;
const ALL = READERS + WRITERS;

const same = (state) => state;
const next = (state) => state + 1;

function* reader(owner, count, done) {
  for (let i = 0; i < count; i++) yield* owner.read(same);
  done(count);
}

function* writer(owner, count, done) {
  for (let i = 0; i < count; i++) yield* owner.update(next);
  done(count);
}

/** Holds the owner, again and again, until somebody passes the gate. */
function* holder(owner, gate) {
  function* held(state) {
    yield* gate.receive();
    return state;
  }
  for (;;) yield* owner.update(held);
}

function* pump(gate) {
  for (;;) yield* gate.send();
}

/** All who ask, and what they have done: reads, and the state that the writes have made. */
function* demand(owner, n) {
  let reads = 0;
  let writes = 0;
  const tasks = [];
  for (let i = 0; i < READERS; i++) tasks.push(go(() => reader(owner, n / ALL, (count) => (reads += count))));
  for (let i = 0; i < WRITERS; i++) tasks.push(go(() => writer(owner, n / ALL, (count) => (writes += count))));
  for (const task of tasks) yield* task;
  if (writes !== owner.value) throw new Error(`${writes} writes have made ${owner.value}`);
  return reads + writes;
}

function* demandOfBusy(n) {
  const owner = stateOwner(0);
  const gate = channel();
  const held = go(() => holder(owner, gate));
  const pumping = go(() => pump(gate));
  const done = yield* demand(owner, n);
  pumping.cancel();
  held.cancel();
  return done;
}

function* rawClient(loop, desk, writes, count, done) {
  for (let i = 0; i < count; i++) {
    desk.asks.push(writes);
    if (desk.asks.length === 1) loop.wake(desk.idle);
    yield* loop.wait(desk.askers);
  }
  done(count);
}

function* rawOwner(loop, desk) {
  for (;;) {
    while (desk.asks.length === 0) yield* loop.wait(desk.idle);
    const { asks } = desk;
    desk.asks = [];
    const { askers } = desk;
    desk.askers = [];
    for (let i = 0; i < asks.length; i++) {
      if (asks[i]) desk.state++;
      loop.spawn(askers[i]);
    }
  }
}

export const row = {
  place: 6,
  title: 'state owner, 100 readers and 10 writers',
  what: 'operation',
  aim: 120,
  n: ALL * 4000,
  expected: (n) => n,
  rxsluice: (n) => go(() => demandOfBusy(n)).promise(),
  others: {
    'idle owner': (n) => go(() => demand(stateOwner(0), n)).promise(),
  },
  raw(n) {
    const loop = new Loop();
    const desk = { asks: [], askers: [], idle: [], state: 0 };
    let all = 0;
    for (let i = 0; i < ALL; i++) loop.spawn(rawClient(loop, desk, i >= READERS, n / ALL, (count) => (all += count)));
    loop.spawn(rawOwner(loop, desk));
    loop.run();
    return all;
  },
};
