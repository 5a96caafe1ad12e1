import { type Coroutine, sleep } from 'rxsluice';

const seen = new Set<string>();

/** A server that takes 10 ms, refuses what has a `!`, and is away when it sees `offline` for the first time. */
export function* put(_doc: string, text: string, _signal: AbortSignal): Coroutine<void> {
  yield* sleep(10);
  if (text.includes('!')) throw new Error('refused');
  const isNew = !seen.has(text);
  seen.add(text);
  if (text.includes('offline') && isNew) throw new Error('offline');
}
