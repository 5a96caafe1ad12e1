// Owners of several processes on a stream that loses answers, delays what is sent to it, and refuses: what was asked takes effect
// once, whatever is known of it when. The stream is a list; chance has a seed.

import type { MsgHdrs } from '@nats-io/nats-core';
import { describe, expect, it, vi } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { EngineOwner } from '../../src/index.ts';
import { json } from '../../src/nats/codec.ts';
import { CODES, Refused } from '../../src/nats/jetstream.ts';
import type { NatsHome } from '../../src/nats/nats-home.ts';
import { NatsOwner } from '../../src/nats/nats-owner.ts';
import { Nobody, Unknown } from '../../src/nats/wire.ts';
import { explain, type Call } from '../models/linearizable.ts';

interface Entry {
  readonly data: Uint8Array;
  readonly headers: MsgHdrs;
}

/** What becomes of something that is published. */
type Fate = 'stored' | 'answer lost' | 'never came' | 'comes later' | 'nobody';

class Stream {
  readonly entries: Entry[] = [];
  isGone = false;
  readonly #fate: () => Fate;

  constructor(fate: () => Fate) {
    this.#fate = fate;
  }

  #store(data: Uint8Array, headers: MsgHdrs): { seq: number; duplicate: boolean } {
    const expected = Number(headers.get('Nats-Expected-Last-Subject-Sequence'));
    if (expected !== this.entries.length) throw new Refused('s', CODES.wrongLastSequence[expected % 2]!, 'wrong');
    return { seq: this.entries.push({ data, headers }), duplicate: false };
  }

  async publish(data: Uint8Array, headers: MsgHdrs): Promise<{ seq: number; duplicate: boolean }> {
    await pause(1);
    switch (this.#fate()) {
      case 'stored': {
        const stored = this.#store(data, headers);
        await pause(1);
        return stored;
      }
      case 'answer lost':
        this.#store(data, headers);
        break;
      case 'comes later':
        void pause(50).then(() => {
          try {
            this.#store(data, headers);
          } catch {
            // It came too late.
          }
        });
        break;
      case 'nobody':
        throw new Nobody('');
      case 'never came':
    }
    throw new Unknown('');
  }

  async last(): Promise<{ seq: number; data: Uint8Array; headers: MsgHdrs } | null> {
    await pause(1);
    if (this.isGone) throw new Refused('s', CODES.streamNotFound, 'stream not found');
    const last = this.entries.at(-1);
    return last === undefined ? null : { seq: this.entries.length, ...last };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let homes = 0;
function ownerOn(stream: Stream): EngineOwner<number> {
  const home = {
    name: `home${++homes}`,
    end: null,
    waiting: new Set(),
    codec: json,
    create: true,
    wire: { up: () => Promise.resolve() },
    subjects: { stream: () => 'stream', subject: () => 'subject' },
    streamOptions: () => ({ name: 'stream' }),
    draw: (() => {
      let n = 0;
      const id = homes;
      return () => `${id}.${++n}`;
    })(),
    jet: {
      wire: {
        up: () => Promise.resolve(),
        reconnected: new Set(),
        inbox: () => 'inbox',
        connection: { subscribe: () => ({ unsubscribe: () => undefined }), isClosed: () => false },
      },
      makeStream: () => Promise.resolve(),
      makeReader: () => Promise.resolve({ delivered: { stream_seq: 0 } }),
      publish: (_: string, data: Uint8Array, headers: MsgHdrs) => stream.publish(data, headers),
      last: () => stream.last(),
    },
  };
  return new NatsOwner(home as unknown as NatsHome, 'n', 0);
}

async function inMadeUpTime(body: () => Promise<void>): Promise<void> {
  // Not all: what others in this process have left behind goes on in real time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  try {
    const played = body();
    await vi.advanceTimersByTimeAsync(1_000_000);
    await played;
  } finally {
    vi.useRealTimers();
  }
}

describe('owners on a stream that fails', () => {
  const FATES: readonly Fate[] = ['stored', 'answer lost', 'never came', 'comes later', 'nobody'];

  it.each(Array.from({ length: 20 }, (_, seed) => seed))('count every increment once, seed %i', async (seed) => {
    await inMadeUpTime(async () => {
      const random = new Random(seed + 1);
      const stream = new Stream(() => FATES[random.below(FATES.length)]!);
      const owners = [ownerOn(stream), ownerOn(stream), ownerOn(stream)];
      const answers: number[] = [];
      const increment = async (owner: EngineOwner<number>): Promise<void> => {
        for (let i = 0; i < 10; i++) {
          answers.push(await owner.update((n) => n + 1).promise());
          await pause(random.below(20));
        }
      };
      await Promise.all(owners.map(increment));
      expect(answers.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
      expect(await owners[0]!.read().promise()).toBe(30);
    });
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))('answer in one order of all, seed %i', async (seed) => {
    await inMadeUpTime(async () => {
      const random = new Random(seed + 100);
      const stream = new Stream(() => FATES[random.below(FATES.length)]!);
      const calls: Call[] = [];
      let moment = 0;
      const play = async (owner: EngineOwner<number>, name: number): Promise<void> => {
        for (let i = 0; i < 6; i++) {
          const to = 100 * name + i;
          const isRead = random.below(2) === 0;
          const asked = isRead ? ({ do: 'read' } as const) : ({ do: 'modify', to } as const);
          const call: Call = { name: `${name}.${i}`, asked, since: ++moment, until: Infinity, answer: { is: 'open' } };
          calls.push(call);
          const value = await (isRead ? owner.read() : owner.modify((n) => [to, n])).promise();
          Object.assign(call, { until: ++moment, answer: { is: 'told', value } });
          await pause(random.below(10));
        }
      };
      await Promise.all([1, 2, 3].map((name) => play(ownerOn(stream), name)));
      expect(explain(calls, [0], 'some')).not.toBeNull();
    });
  });

  it('store what waits together, once', async () => {
    await inMadeUpTime(async () => {
      const stream = new Stream(() => 'stored');
      const owner = ownerOn(stream);
      const answers = await Promise.all(Array.from({ length: 100 }, () => owner.update((n) => n + 1).promise()));
      expect([answers.length, answers.at(-1), stream.entries.length <= 2, owner.value]).toEqual([100, 100, true, 100]);
    });
  });

  it('fail what cannot be stored, and nothing of what was asked with it', async () => {
    await inMadeUpTime(async () => {
      const stream = new Stream(() => 'stored');
      const owner = ownerOn(stream) as EngineOwner<unknown>;
      const more = (n: unknown): unknown => (n as number) + 1;
      const steps = [more, more, () => 1n, more, () => Symbol('s')];
      const outcomes = await Promise.allSettled(steps.map((step) => owner.update(step).promise()));
      expect(outcomes.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).name))).toEqual([
        ...[1, 2, 'TypeError', 3],
        'TypeError',
      ]);
      expect(owner.value).toBe(3);
    });
  });

  it('tell those who are subscribed of changes, and not of reads', async () => {
    await inMadeUpTime(async () => {
      const owner = ownerOn(new Stream(() => 'stored'));
      const seen: number[] = [];
      owner.subscribe((n) => seen.push(n));
      await owner.read().promise();
      await owner.update((n) => n + 1).promise();
      await owner.read().promise();
      await owner.update((n) => n).promise();
      await owner.update((n) => n - 1).promise();
      expect(seen).toEqual([0, 1, 0]);
    });
  });

  it('fail once when their stream has gone, and then begin anew', async () => {
    await inMadeUpTime(async () => {
      const stream = new Stream(() => 'stored');
      const owner = ownerOn(stream);
      const seen: number[] = [];
      owner.subscribe((n) => seen.push(n));
      for (let i = 0; i < 2; i++) await owner.update((n) => n + 1).promise();
      stream.entries.length = 0;
      stream.isGone = true;
      const failed = await owner
        .update((n) => n + 5)
        .promise()
        .catch(String);
      stream.isGone = false;
      expect(failed).toContain('there is no stream stream any more');
      expect(await owner.update((n) => n + 5).promise()).toBe(5);
      expect(seen).toEqual([0, 1, 2, 5]);
    });
  });

  it('say so when nobody knows for minutes whether it was stored', async () => {
    await inMadeUpTime(async () => {
      const stream = new Stream(() => 'never came');
      const failed = ownerOn(stream)
        .update((n) => n + 1)
        .promise()
        .catch(String);
      expect(await failed).toContain('nobody knows');
    });
  });

  it('draw another name when they were silent for minutes, since others forget them', async () => {
    await inMadeUpTime(async () => {
      const stream = new Stream(() => 'stored');
      const owner = ownerOn(stream);
      for (let i = 0; i < 2; i++) {
        await owner.update((n) => n + 1).promise();
        await pause(301_000);
      }
      const writers = stream.entries.map(({ headers }) =>
        Object.keys(JSON.parse(headers.get('Rxs-Sessions')) as object),
      );
      expect(new Set(writers.flat()).size).toBe(2);
    });
  });
});
