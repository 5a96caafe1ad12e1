// A trial: producers and workers, each a process of its own, while servers, connections or they themselves fail; and what must be
// true of it at the end.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { natsEngine } from '../../src/nats/index.ts';
import { connectTo } from './connect.ts';

export interface TrialOptions {
  readonly servers: readonly string[];
  readonly prefix: string;
  readonly ackWait?: number;
  readonly capacity?: number;
  readonly replicas?: 1 | 3;
  /** Milliseconds between two sends of one of sixteen in a producer. */
  readonly rate?: number;
  /** Milliseconds between the confirmation of an ack and the report of a lease that was on its way before. */
  readonly slack?: number;
}

interface Fact {
  readonly what: string;
  readonly value: string;
  readonly at: number;
}

/** A machine may be slow; one that does nothing for so long hangs. */
const PATIENCE_MS = 120_000;

export class Actor {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #facts: Fact[] = [];
  readonly ended: Promise<unknown>;
  readonly #waiting = new Map<string, () => void>();
  log = '';

  constructor(role: 'producer' | 'worker', name: string, options: TrialOptions) {
    this.name = name;
    const { ackWait = 2000, capacity = null, replicas = 1, rate = 5 } = options;
    const args = [
      role,
      name,
      options.servers.join(),
      options.prefix,
      JSON.stringify({ ackWait, capacity, replicas, rate }),
    ];
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'actor.ts'), ...args]);
    this.#child = child;
    this.ended = new Promise((resolve) => child.once('exit', resolve));
    child.stderr.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    createInterface(child.stdout).on('line', (line) => {
      const [what = '', value = '', at = ''] = line.split(' ');
      this.#facts.push({ what, value, at: Number(at) });
      this.#waiting.get(what)?.();
    });
  }

  get facts(): readonly Fact[] {
    return this.#facts;
  }

  /** Resolves when it has told that. */
  async tells(what: string, ms = PATIENCE_MS): Promise<void> {
    if (this.#facts.some((fact) => fact.what === what)) return;
    const told = new Promise<void>((resolve) => this.#waiting.set(what, resolve));
    const late = pause(ms).then(() => Promise.reject(new Error(`${this.name} does not tell "${what}": ${this.log}`)));
    await Promise.race([told, late]);
  }

  async stop(): Promise<void> {
    this.#child.stdin?.write('stop\n');
    await this.tells('stopped');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

export class Trial {
  readonly #options: TrialOptions;
  readonly actors: Actor[] = [];

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  /** `servers`: those that they know, if not all. */
  async add(role: 'producer' | 'worker', count: number, servers = this.#options.servers): Promise<Actor[]> {
    const added = Array.from({ length: count }, () => {
      const actor = new Actor(role, `${role}${this.actors.length}`, { ...this.#options, servers });
      this.actors.push(actor);
      return actor;
    });
    await Promise.all(added.map((actor) => actor.tells('begun')));
    return added;
  }

  /** Waits until all that was sent is settled, as a process of its own would. */
  async join(): Promise<void> {
    const { servers, prefix, ackWait = 2000, replicas = 1 } = this.#options;
    const connection = await connectTo(servers);
    const engine = natsEngine(connection, { prefix, ackWait, replicas });
    const queue = engine.queue('jobs');
    const joined = queue.join().promise();
    let left = Infinity;
    while (!(await Promise.race([joined.then(() => true), pause(PATIENCE_MS)]))) {
      const now = await queue.unfinished().promise();
      if (now >= left) throw new Error(`${now} are unfinished, and it does not go on`);
      left = now;
    }
    await engine.close().promise();
    await connection.close();
    // What was told last is on its way to us.
    await pause(200);
  }

  async end(): Promise<void> {
    for (const actor of this.actors) await actor.kill();
  }

  #all(what: string): readonly Fact[] {
    return this.actors.flatMap(({ facts }) => facts).filter((fact) => fact.what === what);
  }

  /** What went wrong; and figures. */
  verdict(): { readonly lost: string[]; readonly late: string[]; readonly figures: Record<string, number> } {
    const { slack = 500 } = this.#options;
    const leased = this.#all('leased');
    const handled = new Set(leased.map(({ value }) => value));
    const acked = new Map<string, number>();
    for (const { value, at } of this.#all('acked')) acked.set(value, Math.min(at, acked.get(value) ?? Infinity));
    const sent = this.#all('sent').map(({ value }) => value);
    const late = leased.filter(({ value, at }) => at > (acked.get(value) ?? Infinity) + slack);
    return {
      lost: sent.filter((value) => !handled.has(value)),
      late: late.map(({ value }) => value),
      figures: {
        sent: sent.length,
        handled: handled.size,
        deliveries: leased.length,
        again: this.#all('again').length,
        confirmed: acked.size,
      },
    };
  }
}
