// A value as it reads in a legend: one line, short, and recognisable. Whatever prints itself is asked to.

import { printable } from '../base/printable.ts';
import { isAsymmetric } from './asymmetric.ts';

const WIDTH = 72;
const DEPTH = 3;

export function show(value: unknown): string {
  const text = printable(legible(value));
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text;
}

/** What throws when it is looked at must not hide the failure that it is shown for. */
function legible(value: unknown): string {
  try {
    return inner(value, 0, []);
  } catch {
    return typeof value === 'object' ? 'an object that cannot be shown' : typeof value;
  }
}

function inner(value: unknown, depth: number, above: readonly unknown[]): string {
  switch (typeof value) {
    case 'string':
      return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    case 'bigint':
      return `${value}n`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'function':
      return value.name === '' ? 'a function' : `function ${value.name}`;
    case 'object':
      return value === null ? 'null' : object(value, depth, above);
    default:
      return String(value);
  }
}

function object(value: object, depth: number, above: readonly unknown[]): string {
  if (above.includes(value)) return '(itself)';
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (isAsymmetric(value)) return value.toAsymmetricMatcher?.() ?? printed(value);
  if (value instanceof Date) return Number.isNaN(+value) ? 'Invalid Date' : value.toISOString();
  const name = className(value);
  if (printsItself(value)) return printed(value);
  const next = (item: unknown): string => inner(item, depth + 1, [...above, value]);
  if (Array.isArray(value)) return depth === DEPTH ? '[…]' : `[${value.map(next).join(', ')}]`;
  if (depth === DEPTH) return `${name}{…}`;
  if (value instanceof Map || value instanceof Set) return `${name}${next([...(value as Set<unknown>)])}`;
  const fields = Object.entries(value).map(([key, item]) => `${key}: ${next(item)}`);
  return fields.length === 0 ? `${name}{}` : `${name}{ ${fields.join(', ')} }`;
}

function className(value: object): string {
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== 'Object' && name !== '' ? `${name} ` : '';
}

/** Whether somebody wrote a `toString` for its class: channels, tasks, URLs, regular expressions. */
export function printsItself(value: object): boolean {
  const print: unknown = (value as { toString?: unknown }).toString;
  return (
    typeof print === 'function' &&
    print !== Object.prototype.toString &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value)
  );
}

export function printed(value: { toString(): unknown }): string {
  return String(value.toString());
}
