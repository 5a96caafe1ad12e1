// What is thrown on one side, and caught on the other. A structured clone keeps of an error its message and little else; packed,
// it also keeps its class, if both sides have that, its causes, and its own properties.
//
// Packed it is one of
//   { raw: value }        no error at all: as it is
//   { nodes: [node, …] }  an error, nodes[0], and the errors that it refers to. They refer to each other by index, so that
//                         neither a circle nor a long chain of causes is a problem
//
// Unpacking believes nothing: what is not of this form is a `Malformed`.

import {
  ArgumentOutOfRangeError,
  EmptyError,
  NotFoundError,
  ObjectUnsubscribedError,
  SequenceError,
  TimeoutError,
  UnsubscriptionError,
} from 'rxjs';
import {
  BrokenBarrierError,
  CancelledError,
  ClosedError,
  describe,
  NobodyServesError,
  NotReadyError,
  OverflowError,
  StaleDeliveryError,
  TaskGroupError,
} from '../base/errors.ts';
import { PeerGoneError, RemoteError } from './errors.ts';
import { Malformed } from './wire.ts';

type Part = { readonly raw: unknown } | { readonly at: number };

interface Node {
  readonly type: string;
  /** Its name over there. */
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly own: readonly (readonly [key: string, part: Part])[];
  readonly cause?: Part;
  readonly errors?: readonly Part[];
}

export type Packed = { readonly raw: unknown } | { readonly nodes: readonly Node[] };

/** More errors than that in one, and more properties of one, are not sent along. */
export const MOST = 1000;

type ErrorClass = { readonly prototype: object; readonly name: string };

const LANGUAGE: readonly ErrorClass[] = [
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError],
];

/** Not made as the language makes errors: all that they have are plain properties. */
const RXJS: ReadonlyMap<string, ErrorClass> = /* @__PURE__ */ new Map<string, ErrorClass>([
  ...Object.entries({ ArgumentOutOfRangeError, EmptyError, NotFoundError, ObjectUnsubscribedError, SequenceError }),
  ...Object.entries({ TimeoutError, UnsubscriptionError }),
]);

/** The classes that both sides have, by what they are called on the wire: a minifier may have renamed them. */
const CLASSES: ReadonlyMap<string, ErrorClass> = /* @__PURE__ */ new Map<string, ErrorClass>([
  ...LANGUAGE.map((type) => [type.name, type] as const),
  ...Object.entries({ BrokenBarrierError, CancelledError, ClosedError, NotReadyError, OverflowError }),
  ...Object.entries({ NobodyServesError, StaleDeliveryError, TaskGroupError, PeerGoneError, RemoteError }),
  ...RXJS,
]);

// ───────────────────────────────────────────────────────────── packing

export function pack(thrown: unknown): Packed {
  const errors: Error[] = [];
  const part = partOf(thrown, errors);
  if ('raw' in part) return part;
  const nodes: Node[] = [];
  // What it refers to is added to `errors` on the way.
  for (let i = 0; i < errors.length; i++) nodes.push(nodeOf(errors[i] as Error, errors));
  return { nodes };
}

/** What cannot be cloned arrives as an error that says what it was. */
function partOf(value: unknown, errors: Error[]): Part {
  if (!isError(value)) return isCloneable(value) ? { raw: value } : partOf(uncloneable(value), errors);
  const known = errors.indexOf(value);
  if (known >= 0) return { at: known };
  if (errors.length >= MOST) return { raw: undefined };
  return { at: errors.push(value) - 1 };
}

function uncloneable(value: unknown): Error {
  return new RemoteError('DataCloneError', `it threw ${describe(value)}, which cannot be cloned`);
}

function isError(value: unknown): value is Error {
  if (value instanceof Error) return true;
  return typeof DOMException === 'function' && value instanceof DOMException;
}

export function isCloneable(value: unknown): boolean {
  if (isPlain(value)) return true;
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** Whether it is its own clone. */
export function isPlain(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}

function nodeOf(error: Error, errors: Error[]): Node {
  const own: [string, Part][] = [];
  for (const key of Object.keys(error)) {
    if (own.length === MOST) break;
    if (key === 'stack' || key === 'message' || key === 'cause' || key === 'errors') continue;
    const value = read(error, key);
    if (isError(value) || isCloneable(value)) own.push([key, partOf(value, errors)]);
  }
  const inner = read(error, 'errors');
  const type = typeOf(error);
  return {
    type,
    name: type === 'RemoteError' && error instanceof RemoteError ? error.remoteName : nameOf(error),
    message: text(read(error, 'message')),
    stack: text(read(error, 'stack')),
    own,
    ...(Object.hasOwn(error, 'cause') ? { cause: partOf(read(error, 'cause'), errors) } : {}),
    ...(Array.isArray(inner) ? { errors: inner.slice(0, MOST).map((one) => partOf(one, errors)) } : {}),
  };
}

/** A getter of the user's may throw. */
function read(from: object, key: string): unknown {
  try {
    return (from as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Where both sides have its class: that. */
function typeOf(error: Error): string {
  const prototype: unknown = Object.getPrototypeOf(error);
  for (const [type, known] of CLASSES) if (known.prototype === prototype) return type;
  if (typeof DOMException === 'function' && prototype === DOMException.prototype) return 'DOMException';
  return typeOfCopy(error) ?? 'RemoteError';
}

/** That of another copy of the library, of another RxJS, or of another realm. */
function typeOfCopy(error: Error): string | null {
  const made = (error.constructor as { name?: unknown } | undefined)?.name;
  if (typeof made !== 'string') return null;
  const type = made.replace(/Impl$/, '');
  if (!CLASSES.has(type)) return null;
  const isLanguages = LANGUAGE.some(({ name }) => name === type) && /\[native code]/.test(String(error.constructor));
  const isOurs = error.name === type && typeof read(error, 'source') === 'string';
  return isLanguages || isOurs || made !== type ? type : null;
}

/** `name`, unless its class has forgotten to set one. */
function nameOf(error: Error): string {
  const name = text(read(error, 'name'));
  const made = (read(error, 'constructor') as { name?: unknown } | undefined)?.name;
  const inherits = LANGUAGE.some((type) => type.name === name) && !Object.hasOwn(error, 'name');
  return inherits && typeof made === 'string' && made !== '' ? made : name;
}

// ───────────────────────────────────────────────────────────── unpacking

export function unpack(packed: unknown): unknown {
  if (!isRecord(packed)) throw malformed();
  if (Object.hasOwn(packed, 'raw')) return packed.raw;
  const { nodes } = packed;
  if (!Array.isArray(nodes) || nodes.length === 0 || nodes.length > MOST) throw malformed();
  const errors = Array.from(nodes, (node: unknown) => errorOf(checkNode(node)));
  nodes.forEach((node: Node, i) => fill(errors[i] as Error, node, errors));
  return errors[0];
}

function malformed(): Malformed {
  return new Malformed('it sent an error that is none');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function checkNode(node: unknown): Node {
  if (!isRecord(node)) throw malformed();
  const { type, name, message, stack, own, errors } = node;
  if ([type, name, message, stack].some((part) => typeof part !== 'string')) throw malformed();
  if (!Array.isArray(own) || own.length > MOST) throw malformed();
  const isField = (field: unknown): boolean => Array.isArray(field) && typeof field[0] === 'string';
  if (!Array.from(own).every(isField)) throw malformed();
  if (errors !== undefined && (!Array.isArray(errors) || errors.length > MOST)) throw malformed();
  return node as unknown as Node;
}

function errorOf({ type, name, message }: Node): Error {
  if (type === 'DOMException' && typeof DOMException === 'function') return new DOMException(message, name);
  if (type === 'RemoteError' || !CLASSES.has(type)) return new RemoteError(name, message);
  const rxjs = RXJS.get(type);
  if (rxjs !== undefined) return Object.assign(Object.create(rxjs.prototype) as Error, { message });
  // Made as an error of the language, for only that is one through and through; its class may want any arguments.
  const error = new Error(message);
  Object.setPrototypeOf(error, (CLASSES.get(type) as ErrorClass).prototype);
  return error;
}

function fill(error: Error, node: Node, errors: readonly Error[]): void {
  const isRemote = error instanceof RemoteError;
  const isPlain = RXJS.has(node.type);
  for (const [key, part] of node.own) {
    if (isRemote && (key === 'name' || key === 'remoteName')) continue;
    set(error, key, whole(part, errors), true);
  }
  set(error, 'stack', node.stack, isPlain);
  if (node.cause !== undefined) set(error, 'cause', whole(node.cause, errors), false);
  if (node.errors !== undefined) {
    set(
      error,
      'errors',
      Array.from(node.errors, (part) => whole(part, errors)),
      isPlain,
    );
  }
}

function whole(part: unknown, errors: readonly Error[]): unknown {
  if (!isRecord(part)) throw malformed();
  if (Object.hasOwn(part, 'raw')) return part.raw;
  const error = typeof part.at === 'number' ? errors[part.at] : undefined;
  if (error === undefined) throw malformed();
  return error;
}

/** Never by assignment: a key may be `__proto__`, and a class may have setters. */
function set(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
