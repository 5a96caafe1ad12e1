export { natsEngine, type NatsEngine, type NatsOptions } from './nats-engine.ts';
export { UnsafeServerError } from './version.ts';
