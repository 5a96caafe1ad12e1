// Connections as the documentation recommends them.

import { connect, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';

export function connectTo(
  servers: string | readonly string[],
  options: NodeConnectionOptions = {},
): Promise<NatsConnection> {
  return connect({
    servers: [servers].flat(),
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitter: 20,
    pingInterval: 2000,
    maxPingOut: 2,
    waitOnFirstConnect: true,
    ignoreClusterUpdates: true,
    ...options,
  });
}
