// Deep equality that can say where it fails. Strict: same class, same keys, `Object.is`. Errors are equal when class,
// message and cause are, whatever else they carry. A matcher of the runner (`expect.any(Number)`) decides for itself.

import { Observable } from 'rxjs';
import { isAsymmetric } from './asymmetric.ts';
import { show } from './show.ts';

/** Where `expected` and `received` first differ, as a sentence; null if they are equal. */
export function difference(expected: unknown, received: unknown): string | null {
  return compare(expected, received, '', []);
}

type Pair = readonly [object, object];

function compare(expected: unknown, received: unknown, path: string, above: readonly Pair[]): string | null {
  if (Object.is(expected, received)) return null;
  const differs = (): string =>
    `${path === '' ? '' : `${path}: `}expected ${show(expected)}, received ${show(received)}`;
  // Jasmine's matchers ask for its utilities; what they need of them is this comparison.
  if (isAsymmetric(expected)) return expected.asymmetricMatch(received, utilities) ? null : differs();
  if (typeof expected !== 'object' || typeof received !== 'object' || expected === null || received === null)
    return differs();
  if (prototype(expected) !== prototype(received)) return differs();
  if (above.some(([a, b]) => a === expected && b === received)) return null;
  const pairs = parts(expected, received);
  if (pairs === null) return differs();
  const within: readonly Pair[] = [...above, [expected, received]];
  for (const [name, a, b] of pairs) {
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

/** What has to be equal for two objects of one class to be equal; null if that is the object itself. */
function parts(a: object, b: object): (readonly [name: string, expected: unknown, received: unknown])[] | null {
  if (a instanceof Error && b instanceof Error) {
    return [
      ['.message', a.message, b.message],
      ['.cause', a.cause, b.cause],
    ];
  }
  if (a instanceof Date && b instanceof Date) return [['.getTime()', a.getTime(), b.getTime()]];
  if (a instanceof RegExp && b instanceof RegExp) return [['', String(a), String(b)]];
  if (a instanceof Map && b instanceof Map) return entries(a, b);
  if (a instanceof Set && b instanceof Set) return entries(new Map(a.entries()), new Map(b.entries()));
  if (Array.isArray(a) && Array.isArray(b)) return elements(a, b);
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b) && !(a instanceof DataView)) {
    return elements([...(a as Uint8Array)], [...(b as Uint8Array)]);
  }
  if (a instanceof Observable || Object.prototype.toString.call(a) !== '[object Object]') return null;
  return fields(a as Record<PropertyKey, unknown>, b as Record<PropertyKey, unknown>);
}

type Parts = (readonly [string, unknown, unknown])[];

/** In any order, where keys are the same; keys that are objects are compared in order of insertion. */
function entries(a: Map<unknown, unknown>, b: Map<unknown, unknown>): Parts {
  const others = [...b].filter(([key]) => !a.has(key));
  const pairs = [...a].map(([key, value]) =>
    b.has(key)
      ? ([`.get(${show(key)})`, value, b.get(key)] as const)
      : (['.entries()', [key, value], others.shift()] as const),
  );
  return [['.size', a.size, b.size], ...pairs];
}

function elements(a: readonly unknown[], b: readonly unknown[]): Parts {
  return [...a.map((element, i) => [`[${i}]`, element, b[i]] as const), ['.length', a.length, b.length]];
}

function fields(a: Record<PropertyKey, unknown>, b: Record<PropertyKey, unknown>): Parts | null {
  const [keys, others] = [own(a), own(b)];
  // A key that only one of them has: the objects differ as a whole, and are shown whole.
  if (keys.length !== others.length || keys.some((key) => !Object.hasOwn(b, key))) return null;
  return keys.map((key) => [`.${String(key)}`, a[key], b[key]]);
}

function own(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}
