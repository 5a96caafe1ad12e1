import process from 'node:process';
import type { EventEmitter } from 'node:events';
import { PushedChannel } from '../channel/channel-from.ts';
import type { ChannelOptions } from '../channel/options.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { checkEmitter, checkOptions } from './checks.ts';
import { type Emitter, type EventName, listen, type Listener, unlisten } from './ear.ts';
import { checkName } from './event.ts';

/**
 * Every `name` event from now on, as a channel of their arguments.
 *
 * ```
 * emitter     --a--b--e
 * events      --a--b--|      end: 'e'
 * ```
 *
 * An emitter cannot be made to wait: it needs `capacity: Infinity`, or an `overflow` policy other than `suspend` (else TypeError,
 * here). The event named by `end` closes the channel; `error` closes it with that cause, after what is buffered (of `error`
 * itself: a value). Cancelling removes the listeners, and so does its end.
 *
 * @example
 * ```ts
 * const messages = events<[Message]>(socket, 'message', { capacity: 100, overflow: 'dropOldest', end: 'close' });
 * ```
 */
export function events<A extends unknown[] = unknown[]>(
  emitter: EventEmitter,
  name: EventName,
  options: ChannelOptions<A> & { end?: string },
): ReceiveChannel<A> {
  checkEmitter('events', emitter);
  checkName('events', 'name', name);
  const { end } = checkOptions('events', options);
  if (end !== undefined) checkName('events', 'end', end);
  const channel = new PushedChannel<A>('events', options);
  const { feed } = channel;
  hear(emitter, name, channel, (args) => feed.next(args as A));
  if (name !== 'error') hear(emitter, 'error', channel, ([error]) => feed.error(error));
  if (end === undefined || end === name) return channel;
  hear(emitter, end, channel, () => feed.complete());
  // A stream that has closed emits nothing any more, once those events have come that are under way.
  if (end === 'close' && (emitter as { closed?: unknown }).closed === true) process.nextTick(() => feed.complete());
  return channel;
}

/** Calls `heard` for each `name` event until `channel` is closed or cancelled. */
export function hear<T>(
  emitter: Emitter,
  name: EventName,
  { feed }: PushedChannel<T>,
  heard: (args: unknown[]) => void,
): void {
  const listener: Listener = { heard };
  listen(emitter, name, listener);
  feed.add(() => unlisten(emitter, name, listener));
}
