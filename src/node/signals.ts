import process from 'node:process';
import { PushedChannel } from '../channel/channel-from.ts';
import type { ReceiveChannel } from '../core/pullable.ts';
import { checkSignals } from './checks.ts';
import { hear } from './events.ts';

/**
 * Signals of the process, as a channel of their names.
 *
 * ```
 * signals('SIGHUP')       ^----x---x---!
 * the process gets             SIGHUP    SIGHUP      the second one ends it
 * ```
 *
 * It is unbounded, and never closes by itself: all of these signals are its own, and do nothing else, until it is cancelled;
 * then they have their usual effect again. As any listener for signals, it does not keep the process alive. A name that is no
 * signal, or of one that cannot be caught: TypeError, here.
 *
 * @example
 * ```ts
 * yield* forEach(signals('SIGHUP'), () => reload());
 * ```
 *
 * After Go's signal.Notify.
 */
export function signals(...names: NodeJS.Signals[]): ReceiveChannel<NodeJS.Signals> {
  checkSignals('signals', names);
  const channel = new PushedChannel<NodeJS.Signals>('signals', { capacity: Infinity });
  for (const name of new Set(names)) hear(process, name, channel, () => channel.feed.next(name));
  return channel;
}
