// Which servers keep what they acknowledged.
//
// Older ones were measured to lose acknowledged messages: one server before 2.10.27 when it is killed, a cluster before 2.12
// without any fault, when a put to a full stream is tried again.

import type { ServerInfo } from '@nats-io/nats-core';

const ONE_SERVER = [2, 10, 27] as const;
const CLUSTER = [2, 12, 0] as const;

/**
 * The server is of a version that loses what it has acknowledged. `allowUnsafeServer` says that you do not mind.
 *
 * @see [UnsafeServerError](../../docs/errors.md#unsafeservererror): what to do
 */
export class UnsafeServerError extends Error {
  override readonly name: string = 'UnsafeServerError';
  readonly version: string;

  constructor(version: string, least: string) {
    super(`the server is of version ${version}, which may lose what it has acknowledged: it takes ${least} at least`);
    this.version = version;
  }
}

/** Throws if what is said by the server that one is connected to shows that it is not safe. */
export function checkServer(info: ServerInfo | undefined): void {
  if (info === undefined) return;
  const { version, cluster } = info as { version?: unknown; cluster?: unknown };
  const least = typeof cluster === 'string' && cluster !== '' ? CLUSTER : ONE_SERVER;
  if (!isAtLeast(String(version), least)) throw new UnsafeServerError(String(version), least.join('.'));
}

/** Pre-releases (`2.12.0-beta.1`) are before the release. What cannot be read is not safe. */
function isAtLeast(version: string, least: readonly number[]): boolean {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(-.+)?$/.exec(version);
  if (match === null) return false;
  const parts = match.slice(1, 4).map(Number);
  for (const [i, want] of least.entries()) {
    const is = parts[i] as number;
    if (is !== want) return is > want;
  }
  return match[4] === undefined;
}
