// Every error of the library, each with the moment at which it is thrown. All carry a `name` of their own, so that logs
// and `error.name` tell them apart also between the ESM and the CommonJS copy of the library, where `instanceof` cannot.

import { printable } from './printable.ts';

/**
 * Used after its end: a channel, queue, broadcast, owner or job queue that is closed and has nothing left.
 *
 * @see [ClosedError](../../docs/errors.md#closederror): what to do
 */
export class ClosedError extends Error {
  override readonly name: string = 'ClosedError';
  /** The name of what is closed. */
  readonly source: string;

  constructor(source: string) {
    super(printable(`${source} is closed`));
    this.source = source;
  }
}

/**
 * Stopped from outside: somebody called `cancel`.
 *
 * Its `stack` is the message alone, without a trace: collecting one takes five times as long as the whole cancel, and those who
 * are cancelled seldom read it. What is lost is who called `cancel`; to know that, give a reason that says so: `new Error()`
 * has a trace.
 *
 * @see [CancelledError](../../docs/errors.md#cancellederror): what to do
 */
export class CancelledError extends Error {
  override readonly name: string = 'CancelledError';
  /** The name of what was cancelled. */
  readonly source: string;
  /** What `cancel` was given. */
  readonly reason: unknown;

  constructor(source: string, reason?: unknown) {
    const message = `${source} was cancelled${reason === undefined ? '' : `: ${describe(reason)}`}`;
    const { stackTraceLimit } = Error;
    limitTraces(stackTraceLimit, 0);
    super(message);
    limitTraces(stackTraceLimit, stackTraceLimit);
    this.source = source;
    this.reason = reason;
  }
}

/** Sets how many frames an error collects from now on, where the engine has such a limit (`present`), and lets it be set. */
function limitTraces(present: number | undefined, limit: number | undefined): void {
  if (present !== undefined) Reflect.set(Error, 'stackTraceLimit', limit);
}

/**
 * A value arrived where `overflow: 'fail'` had no room.
 *
 * @see [OverflowError](../../docs/errors.md#overflowerror): what to do
 */
export class OverflowError<T = unknown> extends Error {
  override readonly name: string = 'OverflowError';
  /** The name of what is full. */
  readonly source: string;
  /** The value that found no room: it comes back here and is reported nowhere else. */
  readonly value: T;

  constructor(source: string, value: T) {
    super(printable(`${source} is full`));
    this.source = source;
    this.value = value;
  }
}

/**
 * A barrier was reset or aborted while one waited at it, or was aborted before.
 *
 * @see [BrokenBarrierError](../../docs/errors.md#brokenbarriererror): what to do
 */
export class BrokenBarrierError extends Error {
  override readonly name: string = 'BrokenBarrierError';
  /** The name of the barrier. */
  readonly source: string;

  constructor(source: string) {
    super(printable(`${source} is broken`));
    this.source = source;
  }
}

/**
 * `result()` was asked of a future that is still pending.
 *
 * @see [NotReadyError](../../docs/errors.md#notreadyerror): what to do
 */
export class NotReadyError extends Error {
  override readonly name: string = 'NotReadyError';

  constructor(source: string) {
    super(printable(`${source} has no result yet: wait for it, or look at its status first`));
  }
}

/**
 * A delivery was settled a second time, or after its lease had ended.
 *
 * @see [StaleDeliveryError](../../docs/errors.md#staledeliveryerror): what to do
 */
export class StaleDeliveryError extends Error {
  override readonly name: string = 'StaleDeliveryError';
  /** The name of the queue. */
  readonly source: string;

  /** `how`: what became of the delivery before. */
  constructor(source: string, how: string) {
    super(printable(`${source}: this delivery ${how}; its value is not yours any more`));
    this.source = source;
  }
}

/**
 * A service of an engine was called, and nobody serves it.
 *
 * @see [NobodyServesError](../../docs/errors.md#nobodyserveserror): what to do
 */
export class NobodyServesError extends Error {
  override readonly name: string = 'NobodyServesError';
  /** The name that was called. */
  readonly service: string;

  constructor(service: string) {
    super(`nobody serves ${service}`);
    this.service = service;
  }
}

/**
 * A task group failed. `errors` holds every real failure of its body and its children, in order of occurrence; cancellations are none.
 *
 * @see [TaskGroupError](../../docs/errors.md#taskgrouperror): what to do
 */
export class TaskGroupError extends AggregateError {
  override readonly name: string = 'TaskGroupError';
  /** Whose failure each of `errors` is: the name of the child, or null for the body. */
  readonly tasks: readonly (string | null)[];

  constructor(errors: Iterable<unknown>, message?: string, tasks?: readonly (string | null)[]) {
    super(errors, message);
    this.tasks = tasks ?? this.errors.map(() => null);
  }
}

/** A value as it reads in a message: short, printable, and never itself a cause of failure. */
export function describe(value: unknown): string {
  return printable(plain(value));
}

function plain(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return value.name === '' ? 'a function' : `function ${value.name}`;
  if (value instanceof Error) return value.message === '' ? value.name : value.message;
  if (typeof value !== 'object' || value === null) return String(value);
  const name: unknown = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor
    ?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an instance of ${name}` : 'an object';
}
