// Deep equality that can say where it fails. Strict: same class, same keys, `Object.is`. Errors are equal when class,
// message and cause are, whatever else they carry. A matcher of the runner (`expect.any(Number)`) decides for itself.

import { Observable } from 'rxjs';
import { printable } from '../base/printable.ts';
import { isAsymmetric } from './asymmetric.ts';
import { printed, printsItself, show } from './show.ts';

/** Where `expected` and `received` first differ, as a sentence; null if they are equal. */
export function difference(expected: unknown, received: unknown): string | null {
  return compare(expected, received, '', []);
}

type Pair = readonly [object, object];

function compare(expected: unknown, received: unknown, path: string, above: readonly Pair[]): string | null {
  if (Object.is(expected, received)) return null;
  const differs = (): string =>
    `${path === '' ? '' : `${printable(path)}: `}expected ${show(expected)}, received ${show(received)}`;
  // Jasmine's matchers ask for its utilities; what they need of them is this comparison.
  if (isAsymmetric(expected)) return expected.asymmetricMatch(received, utilities) ? null : differs();
  if (typeof expected !== 'object' || typeof received !== 'object' || expected === null || received === null)
    return differs();
  if (prototype(expected) !== prototype(received)) {
    // Of two classes, and in print the same: errors whose classes give themselves no name.
    const alike = show(expected) === show(received);
    return (alike ? compare(expected.constructor, received.constructor, `${path}.constructor`, []) : null) ?? differs();
  }
  if (above.some(([a, b]) => a === expected && b === received)) return null;
  const inside = parts(expected, received);
  if (inside === null) return differs();
  const within: readonly Pair[] = [...above, [expected, received]];
  for (const [name, a, b] of inside) {
    const found = compare(a, b, `${path}${name}`, within);
    if (found !== null) return found;
  }
  return null;
}

const utilities = {
  equals: (expected: unknown, received: unknown): boolean => difference(expected, received) === null,
};

/** An object without a prototype is as plain as one with. */
function prototype(value: object): unknown {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

type Parts = (readonly [name: string, expected: unknown, received: unknown])[];
type Fields = Record<PropertyKey, unknown>;

/** What has to be equal for two objects of one class to be equal; null if that is the object itself. */
function parts<A extends object>(a: A, b: A): Parts | null {
  if (a instanceof Error) return pairs(['message', 'cause'], a, b);
  if (a instanceof Date) return [['.getTime()', +a, +b]];
  if (a instanceof RegExp) return [['', a.toString(), (b as A & typeof a).toString()]];
  if (a instanceof Map) return entries(a, b as A & typeof a);
  if (a instanceof Set) return entries(new Map(a.entries()), new Map((b as A & typeof a).entries()));
  if (Array.isArray(a) || (ArrayBuffer.isView(a) && !(a instanceof DataView))) {
    return elements([...(a as readonly unknown[])], [...(b as readonly unknown[])]);
  }
  if (a instanceof ArrayBuffer) return elements([...new Uint8Array(a)], [...new Uint8Array(b as A & typeof a)]);
  if (a instanceof DataView) return pairs(['byteOffset', 'byteLength', 'buffer'], a, b);
  if (a instanceof Observable || a instanceof Promise) return null;
  const [keys, others] = [own(a), own(b)];
  // One of the host's, whose content is out of reach: an URL is what it prints, and others are themselves.
  if (Object.keys(a).length + Object.keys(b).length === 0 && Object.prototype.toString.call(a) !== '[object Object]')
    return printsItself(a) ? [['', printed(a), printed(b)]] : null;
  // A key that only one of them has: the objects differ as a whole, and are shown whole.
  if (keys.length !== others.length || keys.some((key) => !Object.hasOwn(b, key))) return null;
  return pairs(keys, a, b);
}

function pairs(keys: readonly PropertyKey[], a: object, b: object): Parts {
  return keys.map((key) => [`.${String(key)}`, (a as Fields)[key], (b as Fields)[key]]);
}

/** In any order, where keys are the same; keys that are objects are compared in order of insertion. */
function entries(a: Map<unknown, unknown>, b: Map<unknown, unknown>): Parts {
  const others = [...b].filter(([key]) => !a.has(key));
  const all = [...a].map(([key, value]) =>
    b.has(key)
      ? ([`.get(${show(key)})`, value, b.get(key)] as const)
      : (['.entries()', [key, value], others.shift()] as const),
  );
  return [['.size', a.size, b.size], ...all];
}

function elements(a: readonly unknown[], b: readonly unknown[]): Parts {
  return [...a.map((element, i) => [`[${i}]`, element, b[i]] as const), ['.length', a.length, b.length]];
}

function own(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}
