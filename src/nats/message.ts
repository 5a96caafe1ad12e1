// A message of a stream, as a consumer delivers it.

import type { Msg } from '@nats-io/nats-core';
import { header } from './codec.ts';
import { idOf } from './sender.ts';

export interface Message {
  readonly data: Uint8Array;
  /** Of the value in it. */
  readonly id: string;
  /** How often it was delivered, this time included, as far as the server remembers; less what is known to have come back unused. */
  attempt: number;
  /** Its number in the stream, and in what this consumer delivered. */
  readonly seq: number;
  readonly delivered: number;
  /** Where it is settled. */
  readonly reply: string;
  readonly headers: Msg['headers'];
}

/** `$JS.ACK.<stream>.<consumer>.<attempt>.<seq>.<delivered>.<time>.<pending>`, or with a domain and an account after `ACK`. */
export function messageOf(message: Msg): Message | null {
  const reply = message.reply ?? '';
  const parts = reply.split('.');
  if (parts[0] !== '$JS' || parts[1] !== 'ACK') return null;
  const from = parts.length < 11 ? 4 : 6;
  const [attempt, seq, delivered] = parts.slice(from, from + 3).map(Number);
  if (attempt === undefined || seq === undefined || delivered === undefined) return null;
  const id = header(message.headers, 'Nats-Msg-Id');
  return {
    data: message.data,
    id: id === '' ? String(seq) : idOf(id),
    attempt,
    seq,
    delivered,
    reply,
    headers: message.headers,
  };
}
