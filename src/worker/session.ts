// A thread, as those see it who call it: what runs there, and its end.
//
//   open ──terminate(), the thread dies, or breaks the protocol──► gone ──it has exited──► exited
//
// Invariants:
//   1. `jobs` holds the calls that have begun and are not over, by number
//   2. gone  =>  no call runs, and none begins

import { enter, exit } from '../core/turn.ts';
import { Failure } from '../core/outcome.ts';
import { PeerGoneError } from './errors.ts';
import type { Job } from './job.ts';
import { Link, type LinkOwner } from './link.ts';
import { Port, type PortLike } from './port.ts';
import { pack, unpack } from './thrown.ts';
import { type Matter, refuse } from './wire.ts';

export interface SessionOwner {
  /** A call is over, and will be told next. */
  freed(session: Session): void;
  /** Those who were to be told have been. */
  told(): void;
  /** The thread is gone, `by` this side or by itself; `error` is what its calls fail with, next. */
  gone(session: Session, error: Error, by: 'us' | 'itself'): void;
  /** There is nothing left of it. */
  exited(session: Session): void;
}

const LONGEST = 2_147_483_647;

export class Session implements LinkOwner {
  readonly name: string;
  readonly jobs = new Map<number, Job>();
  readonly #owner: SessionOwner;
  readonly #port: Port;
  readonly #link: Link;
  readonly #kills = new Map<Job, ReturnType<typeof setTimeout>>();
  #last = 0;
  /** Its script was loaded, and serves, or did. */
  hasServed = false;
  #isGone = false;

  constructor(whose: string, name: string, port: PortLike, owner: SessionOwner) {
    this.name = name;
    this.#owner = owner;
    this.#port = new Port(whose, port);
    this.#link = new Link(this.#port, this, 'caller');
    this.#link.open();
  }

  hold(held: boolean): void {
    this.#port.hold(held);
  }

  met(): void {
    this.hasServed = true;
  }

  /** False if its arguments cannot be cloned, which it has been told. */
  begin(job: Job): boolean {
    const id = ++this.#last;
    try {
      this.#link.post(['call', id, job.name, job.args, job.window], job.transfer);
    } catch (error) {
      job.over(new Failure(error), true);
      return false;
    }
    job.session = this;
    job.id = id;
    this.jobs.set(id, job);
    return true;
  }

  /** Precondition: it runs here. */
  cancel(job: Job, reason: unknown): void {
    this.#link.post(reason === undefined ? ['cancel', job.id, 0] : ['cancel', job.id, 0, pack(reason)]);
    if (job.killAfter === Infinity || this.#isGone) return;
    const timer = setTimeout(() => this.terminate(), Math.min(job.killAfter, LONGEST));
    // Those who wait for the clean-up keep the process alive, this does not.
    (timer as { unref?: () => void }).unref?.();
    this.#kills.set(job, timer);
  }

  granted(job: Job, n: number): void {
    this.#link.post(['credit', job.id, n]);
  }

  received(message: Matter): void {
    const job = this.jobs.get(message[1]);
    if (job === undefined) refuse(message, `about ${message[1]}, which does not run`);
    switch (message[0]) {
      case 'value':
        job.arrive(message);
        return;
      case 'result':
        this.#over(job, message[2]);
        return;
      case 'error':
        this.#over(job, new Failure(unpack(message[2])));
        return;
      case 'done':
        this.#over(job, undefined);
        return;
      default:
        refuse(message, 'to a caller');
    }
  }

  #over(job: Job, parcel: unknown): void {
    this.jobs.delete(job.id);
    this.#forgive(job);
    // The next one has its place before anybody is told.
    this.#owner.freed(this);
    job.over(parcel, false);
    this.#owner.told();
  }

  #forgive(job: Job): void {
    clearTimeout(this.#kills.get(job));
    this.#kills.delete(job);
  }

  lost(error: Error): void {
    // One that broke the protocol, or does not answer, may still run.
    this.#end(error, 'itself');
  }

  /** Ends it now; what runs fails with PeerGoneError. */
  terminate(): void {
    if (this.#isGone) return;
    this.#link.leave();
    this.#end(new PeerGoneError(this.name), 'us');
  }

  #end(error: Error, by: 'us' | 'itself'): void {
    this.#isGone = true;
    const jobs = [...this.jobs.values()];
    this.jobs.clear();
    jobs.forEach((job) => this.#forgive(job));
    enter();
    try {
      this.#owner.gone(this, error, by);
      for (const job of jobs) job.over(new Failure(error), true);
      this.#owner.told();
    } finally {
      exit();
    }
    this.#port.terminate(() => this.#owner.exited(this));
  }
}
