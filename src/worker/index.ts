// Channels between threads, and work on other threads: everything that `rxsluice/worker` exports. Browsers and Node.

export { PeerGoneError, RemoteError } from './errors.ts';
export { portReceiver, type PortReceiverOptions } from './port-receiver.ts';
export { portSender, type PortSender, type PortSenderOptions } from './port-sender.ts';
export type { LinkOptions } from './link.ts';
export type { PortLike } from './port.ts';
export { expose, type Handler, type Handlers } from './expose.ts';
export type { Source } from './host.ts';
export { inThread } from './in-thread.ts';
export type { CallOptions } from './job.ts';
export {
  type Args,
  type Result,
  type Thread,
  thread,
  type ThreadPool,
  threadPool,
  type ThreadPoolOptions,
} from './thread-pool.ts';
export { withTransfer } from './with-transfer.ts';
