// Channels between threads, and work on other threads: everything that `rxsluice/worker` exports. Browsers and Node.

export { PeerGoneError, RemoteError } from './errors.ts';
export { portReceiver, type PortReceiverOptions } from './port-receiver.ts';
export { portSender, type PortSender, type PortSenderOptions } from './port-sender.ts';
export type { LinkOptions } from './link.ts';
export type { PortLike } from './port.ts';
