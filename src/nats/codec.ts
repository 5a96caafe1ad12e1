// Values as bytes, and errors as headers.

import type { MsgHdrs } from '@nats-io/nats-core';
import { describe } from '../base/errors.ts';

export interface Codec {
  encode(value: unknown): Uint8Array;
  decode(data: Uint8Array): unknown;
}

const NOTHING = new Uint8Array(0);

/** JSON; undefined is no bytes at all. */
export const json: Codec = {
  encode(value) {
    if (value === undefined) return NOTHING;
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`${describe(value)} cannot be encoded as JSON`);
    return new TextEncoder().encode(text);
  },
  decode(data) {
    return data.length === 0
      ? undefined
      : (JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data)) as unknown);
  },
};

const LONGEST = 2000;

/** An error that crosses arrives as one of the same name and message; anything else as it is, if JSON can say it. */
export function encodeError(error: unknown): string {
  let said: unknown;
  if (error instanceof Error) said = { name: error.name, message: error.message.slice(0, LONGEST) };
  else said = { value: error };
  try {
    return encodeURIComponent(JSON.stringify(said));
  } catch {
    return encodeURIComponent(JSON.stringify({ name: 'Error', message: describe(error) }));
  }
}

export function decodeError(text: string): unknown {
  try {
    const said = JSON.parse(decodeURIComponent(text)) as { name?: unknown; message?: unknown; value?: unknown };
    return typeof said.name === 'string' ? named(said.name, String(said.message)) : said.value;
  } catch {
    return new Error('an error that cannot be read');
  }
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  if (name !== 'Error') Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return error;
}

/** What a header says; empty if there is none. */
export function header(headers: MsgHdrs | undefined, key: string): string {
  return headers?.get(key) ?? '';
}
