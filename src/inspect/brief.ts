// A value as it stands in a marble, or in one line of a panel: short, whatever it is, and without running code of the user's.

import { printable } from '../base/printable.ts';

const WIDTH = 24;
const FIELDS = 3;

export function brief(value: unknown): string {
  return cut(plain(value));
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value.length > WIDTH ? value.slice(0, WIDTH + 1) : value;
  if (typeof value === 'function') return value.name === '' ? 'a function' : value.name;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.length}]`;
  return value instanceof Error ? value.name : fields(value);
}

function fields(value: object): string {
  const parts: string[] = [];
  for (const key of Object.keys(value)) {
    if (parts.length === FIELDS) break;
    const field: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
    const isPlain = typeof field === 'string' || typeof field === 'number' || typeof field === 'boolean';
    parts.push(isPlain ? `${key}: ${String(field)}` : key);
  }
  return parts.length === 0 ? className(value) : `{${parts.join(', ')}}`;
}

function className(value: object): string {
  const { constructor } = (Object.getPrototypeOf(value) ?? {}) as { constructor?: { name?: unknown } };
  return typeof constructor?.name === 'string' && constructor.name !== 'Object' ? constructor.name : '{}';
}

function cut(text: string): string {
  return printable(text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text);
}
