// Clones that we can make ourselves. What is its own clone, and an object or array of such things, need not be posted at the
// moment at which it is sent, so many go in one message; and a message costs more than a value.
//
// The copy is what `structuredClone` would make, or there is none: a getter, a property of an odd name, an array with holes and
// whatever is not plain go the long way. So does everything where nobody can tell a proxy, which cannot be cloned, from what it
// stands for: in browsers.

import { moduleOfNode } from '../core/module-of-node.ts';
import { isPlain } from './thrown.ts';

/** There is no such copy. */
export const NOT_FLAT = /* @__PURE__ */ Object.freeze({});

/** So many properties are copied faster than they are cloned. */
const MOST = 16;

type Tell = (value: object) => boolean;
let isProxy: Tell | null | undefined;

function tell(): Tell | null {
  const util = moduleOfNode('node:util') as { readonly types: { readonly isProxy: Tell } } | null;
  return util === null ? null : util.types.isProxy;
}

export function flatCopy(value: unknown): unknown {
  if (isPlain(value)) return value;
  if (typeof value !== 'object' || value === null) return NOT_FLAT;
  if (isProxy === undefined) isProxy = tell();
  if (isProxy === null || isProxy(value)) return NOT_FLAT;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return copyOf(value as Record<string, unknown>, {});
  return prototype === Array.prototype && Array.isArray(value) ? copyOfArray(value) : NOT_FLAT;
}

function copyOf(value: Record<string, unknown>, copy: Record<string, unknown>): unknown {
  // An object of Node's or the host's that looks plain has a tag.
  if (Symbol.toStringTag in value) return NOT_FLAT;
  const keys = Object.keys(value);
  if (keys.length > MOST) return NOT_FLAT;
  for (const key of keys) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    if (key === '__proto__' || descriptor === undefined || !('value' in descriptor)) return NOT_FLAT;
    if (!isPlain(descriptor.value)) return NOT_FLAT;
    copy[key] = descriptor.value;
  }
  return copy;
}

function copyOfArray(value: readonly unknown[]): unknown {
  if (value.length > MOST || Object.keys(value).length !== value.length) return NOT_FLAT;
  for (const item of value) if (!isPlain(item)) return NOT_FLAT;
  return value.slice();
}
