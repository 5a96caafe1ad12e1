import { checkMethod } from '../base/checks.ts';
import type { ReceiveChannel } from '../core/pullable.ts';

/**
 * Makes a web stream that pulls `source` as it is read, so that a slow reader slows the channel's senders.
 *
 * ```
 * send       a--b--c--
 * read()     -x--x--x-
 * reads      -a--b--c-
 * ```
 *
 * Nothing is taken before it is read. The stream closes when the channel ends, and errs with its close cause. Cancelling
 * the stream cancels the channel, with that reason, and waits until that has ended, the clean-up of a `produce` included.
 *
 * @example
 * ```ts
 * return new Response(toReadableStream(chunks));
 * ```
 */
export function toReadableStream<T>(source: ReceiveChannel<T>): ReadableStream<T> {
  checkMethod('toReadableStream', 'source', source, 'receiveResult', 'a channel');
  return new ReadableStream<T>(
    {
      pull(controller) {
        const taken = source.receiveResult().map((next) => {
          if (next.ok) controller.enqueue(next.value);
          else controller.close();
        });
        return taken.promise();
      },
      cancel(reason) {
        source.cancel(reason);
        return source.whenEnded().promise();
      },
    },
    { highWaterMark: 0 },
  );
}
