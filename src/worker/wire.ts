// The wire: what two sides say to each other over a port.
//
// A message is an array that can be cloned. It begins with its kind; all kinds but the first three then name the call that they
// are about, by a number. A port that carries one channel has no calls: there the number is 0.
//
//   rxsluice  version, role, answer, window   hello. The first message of each side; a hello that is no answer is answered by
//                                   one, because what was posted before the other side listened may be lost. `role` is one
//                                   of sender, receiver, caller, server. `window`: a receiver's, for others 0
//   fault     text                  this side has closed the port: what came was not of this protocol, or of another version
//   ping                            is answered by a pong, at once. Every message is a sign of life
//   pong
//
//   value     id, ...values         sender → receiver, server → caller: at least one, at most what was granted
//   credit    id, n                 the other way: n more have been taken, and n more may come
//   end       id, cause?            sender → receiver: no more values. An answer to `cancel` too
//   cancel    id, taken, reason?    receiver → sender, caller → server: nobody waits any more. `taken` counts the values that
//                                   were received, on a channel's port; it is 0 for a call
//   done      id                    receiver → sender: all was taken. server → caller: a call that was cancelled has cleaned up
//
//   call      id, name, args, window   caller → server. `window` 0: only the last value is wanted, as the result
//   result    id, value?            server → caller: it has ended; a stream ends without a value
//   error     id, cause             it has failed
//
// `cause` and `reason` are packed (`thrown.ts`). Kinds, roles and shapes may change with the version; the first two elements of
// a hello, and `fault`, stay as they are, so that any two versions can tell each other that they differ.
//
// What comes in is data of somebody else's. `parse` holds it against the shapes above; what only the listener can know (who is
// granted how much, which calls there are) is checked there. Whatever is wrong is a `Malformed`, and closes that port.

import { describe } from '../base/errors.ts';

export const VERSION = 1;

export type Role = 'sender' | 'receiver' | 'caller' | 'server';

/** Who sits at the other end. */
export const COUNTERPART: Readonly<Record<Role, Role>> = /* @__PURE__ */ Object.freeze({
  sender: 'receiver',
  receiver: 'sender',
  caller: 'server',
  server: 'caller',
});

export type Hello = readonly ['rxsluice', version: number, role: Role, answer: boolean, window: number];
/** What is about a call, or about the one channel of a port. */
export type Matter =
  | readonly ['value', id: number, ...values: unknown[]]
  | readonly ['credit', id: number, n: number]
  | readonly ['end', id: number, cause?: unknown]
  | readonly ['cancel', id: number, taken: number, reason?: unknown]
  | readonly ['done', id: number]
  | readonly ['call', id: number, name: string, args: readonly unknown[], window: number]
  | readonly ['result', id: number, value?: unknown]
  | readonly ['error', id: number, cause: unknown];
export type Message = Hello | readonly ['fault', text: string] | readonly ['ping'] | readonly ['pong'] | Matter;

/** Somebody said what is not of this protocol. */
export class Malformed extends Error {
  override readonly name: string = 'ProtocolError';
}

type Check = (message: readonly unknown[]) => boolean;

const isCount = (given: unknown): boolean => Number.isSafeInteger(given) && (given as number) >= 0;
const isPositive = (given: unknown): boolean => isCount(given) && given !== 0;
const ROLES: readonly unknown[] = ['sender', 'receiver', 'caller', 'server'];

const SHAPES: Readonly<Record<Message[0], Check>> = {
  rxsluice: (m) => m.length === 5 && ROLES.includes(m[2]) && typeof m[3] === 'boolean' && isCount(m[4]),
  fault: (m) => m.length === 2 && typeof m[1] === 'string',
  ping: (m) => m.length === 1,
  pong: (m) => m.length === 1,
  value: (m) => m.length >= 3,
  credit: (m) => m.length === 3 && isPositive(m[2]),
  end: (m) => m.length === 2 || m.length === 3,
  cancel: (m) => (m.length === 3 || m.length === 4) && isCount(m[2]),
  done: (m) => m.length === 2,
  call: (m) => m.length === 5 && typeof m[2] === 'string' && Array.isArray(m[3]) && isCount(m[4]),
  result: (m) => m.length === 2 || m.length === 3,
  error: (m) => m.length === 3,
};
const WITHOUT_ID: readonly unknown[] = ['rxsluice', 'fault', 'ping', 'pong'];

/** The message that `data` is, or a `Malformed`. */
export function parse(data: unknown): Message {
  if (!Array.isArray(data)) throw new Malformed(`it said ${describe(data)}, which is no message`);
  const message: readonly unknown[] = data;
  const kind = message[0];
  if (typeof kind !== 'string' || !Object.hasOwn(SHAPES, kind)) {
    throw new Malformed(`it sent a message of an unknown kind, ${describe(kind)}`);
  }
  if (kind === 'rxsluice' && message[1] !== VERSION) throw otherVersion(message[1]);
  const isShaped = SHAPES[kind as Message[0]](message) && (WITHOUT_ID.includes(kind) || isCount(message[1]));
  if (!isShaped) throw new Malformed(`it sent a malformed message of kind ${kind}`);
  return message as unknown as Message;
}

function otherVersion(version: unknown): Malformed {
  return new Malformed(
    `the two sides are of different versions of rxsluice/worker: its protocol is ${describe(version)}, ours is ${VERSION}`,
  );
}

/** For what only the listener could know to be wrong. */
export function refuse(message: Message, why: string): never {
  throw new Malformed(`it sent a ${message[0]} ${why}`);
}
