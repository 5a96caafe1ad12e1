import type { ConsumerConfig, StreamConfig } from '@nats-io/jetstream';
import type { Codec } from './codec.ts';
import type { JetStream } from './jetstream.ts';
import type { Home } from './remote.ts';
import type { Subjects } from './subjects.ts';
import type { Wire } from './wire.ts';

/** What the things of an engine need of it. */
export interface NatsHome extends Home {
  readonly wire: Wire;
  readonly jet: JetStream;
  readonly subjects: Subjects;
  readonly codec: Codec;
  readonly ackWait: number;
  readonly create: boolean;
  streamOptions(stream: string, subject: string): Partial<StreamConfig> & { name: string };
  consumerOptions(durable: string): Partial<ConsumerConfig> & { durable_name: string };
  /** An id that nobody else has. */
  draw(): string;
  /** Hears what the processes tell each other. */
  hear(kind: 'Q' | 'C', name: string, heard: (text: string) => void): { unsubscribe(): void };
  tell(kind: 'Q' | 'C', name: string, text: string): void;
}
