// A function, on a thread of its own: its text goes there, and is all that goes there.

import { checkFunction, ownOptions } from '../base/checks.ts';
import { describe } from '../base/errors.ts';
import { Names } from '../base/names.ts';
import { type Operation, Starting } from '../core/operation.ts';
import { Failure } from '../core/outcome.ts';
import { enter, exit } from '../core/turn.ts';
import { type Place, type Rest, serve, type Waiter } from '../core/waiter.ts';
import { Attention } from './attention.ts';
import { PeerGoneError } from './errors.ts';
import { startText } from './host.ts';
import { CallCleanUp } from './job.ts';
import { Port, type PortListener } from './port.ts';
import { MOST, unpack } from './thrown.ts';
import { Malformed } from './wire.ts';

const names = /* @__PURE__ */ new Names('inThread');

/**
 * What the thread runs. It packs errors as `thrown.ts` does, in short: our own classes are not there to be thrown. It is a text,
 * because a function of ours may have been changed by a compiler or a minifier until it cannot stand alone.
 */
function scriptOf(text: string): string {
  return `'use strict';
const __name = (f) => f;
const work = (${text});
const port = typeof require === 'function' ? require('node:worker_threads').parentPort : self;
const language = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError];
const isError = (e) => e instanceof Error || e instanceof DOMException;
const can = (v) => { try { structuredClone(v); return true; } catch { return false; } };
const read = (e, k) => { try { return e[k]; } catch { return undefined; } };
class DataCloneError extends Error {}
const part = (v, all) => {
  if (!isError(v)) return can(v) ? { raw: v } : part(new DataCloneError('it threw a ' + typeof v + ', which cannot be cloned'), all);
  const known = all.indexOf(v);
  if (known < 0 && all.length >= ${MOST}) return { raw: undefined };
  return { at: known >= 0 ? known : all.push(v) - 1 };
};
const node = (e, all) => {
  const type = language.find((c) => Object.getPrototypeOf(e) === c.prototype);
  const text = (v) => (typeof v === 'string' ? v : '');
  const name = read(e, 'name');
  const forgot = !Object.hasOwn(e, 'name') && language.some((c) => c.name === name);
  const keys = Object.keys(e).filter((k) => !['stack', 'message', 'cause', 'errors'].includes(k));
  const made = { type: type ? type.name : e instanceof DOMException ? 'DOMException' : 'RemoteError', own: [] };
  made.name = text(forgot && !type ? e.constructor.name : name);
  made.message = text(read(e, 'message'));
  made.stack = text(read(e, 'stack'));
  for (const k of keys.slice(0, ${MOST})) {
    const v = read(e, k);
    if (isError(v) || can(v)) made.own.push([k, part(v, all)]);
  }
  if (Object.hasOwn(e, 'cause')) made.cause = part(read(e, 'cause'), all);
  const inner = read(e, 'errors');
  if (Array.isArray(inner)) made.errors = inner.slice(0, ${MOST}).map((one) => part(one, all));
  return made;
};
const pack = (thrown) => {
  const all = [];
  const first = part(thrown, all);
  if ('raw' in first) return first;
  const nodes = [];
  for (let i = 0; i < all.length; i++) nodes.push(node(all[i], all));
  return { nodes };
};
const perform = async (args) => {
  try {
    port.postMessage(['result', await work(...args)]);
  } catch (error) {
    port.postMessage(['error', pack(error)]);
  }
};
if (typeof require === 'function') port.once('message', perform);
else self.onmessage = (event) => perform(event.data);
`;
}

const NAME =
  /^(?:async(?![\w$]*\s*\())?\s*\*?\s*(?:(?:get|set)\s+)?(?:#?[\w$\u0080-\uffff]+|"[^"]*"|'[^']*'|\[[^\]]*\])\s*\(/;

/** The text of a function as an expression: a shorthand method is none by itself. */
function expressionOf(fn: (...args: any[]) => unknown): string {
  const text = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) {
    throw new TypeError(
      `inThread: fn must be a function whose text can be read; got ${describe(fn)}, a native or bound one`,
    );
  }
  const isExpression = /^(?:async\s+)?function\b|^class\b|^(?:async\s*)?\(|^(?:async\s+)?[\w$\u0080-\uffff]+\s*=>/.test(
    text,
  );
  const isMethod = /^async\s*\(/.test(text) && !isArrow(text);
  if ((isExpression && !isMethod) || !NAME.test(text)) return text;
  const async = /^async\b(?!\s*\()/.test(text) ? 'async ' : '';
  const star = /^(?:async\s*)?\*/.test(text) ? '*' : '';
  const rest = text.replace(NAME, '(');
  return `({ ${async}${star}work${rest} }).work`;
}

/** Whether an arrow follows the parameters: a method may be called `async`. */
function isArrow(text: string): boolean {
  let depth = 0;
  for (let i = text.indexOf('('); i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return /^\s*=>/.test(text.slice(i + 1));
  }
  return false;
}

/** One run: the thread, and the place of the one who waits for it. */
class InThread implements Place, PortListener {
  readonly #name = names.spell(names.draw());
  readonly #port: Port;
  readonly #loaded: () => void;
  readonly #attention: Attention;
  #waiter: Waiter | null;
  #cleanUp: CallCleanUp | null = null;
  #isOver = false;

  constructor(script: string, waiter: Waiter) {
    const { port, loaded } = startText('inThread', script);
    this.#port = new Port('inThread', port);
    this.#loaded = loaded;
    this.#attention = new Attention((held) => this.#port.hold(held));
    this.#waiter = waiter;
    waiter.place = this;
    this.#port.listen(this);
    this.#port.hold(false);
    this.#attention.came();
  }

  start(args: readonly unknown[], transfer: readonly unknown[] | undefined): void {
    try {
      this.#port.post(args, transfer);
    } catch (error) {
      this.#over(new Failure(error));
    }
  }

  heard(data: unknown): void {
    const [kind, content] = Array.isArray(data) ? (data as unknown[]) : [];
    if (kind === 'result') this.#over(content);
    else if (kind === 'error') this.#over(this.#failure(content));
    else this.#over(new Failure(new Malformed(`${this.#name}: it posted what is no answer`)));
  }

  #failure(content: unknown): Failure {
    try {
      return new Failure(unpack(content));
    } catch (error) {
      return new Failure(error);
    }
  }

  garbled(): void {
    this.#over(new Failure(new Malformed(`${this.#name}: its answer cannot be read here`)));
  }

  gone(exitCode: number | undefined, cause: unknown): void {
    this.#over(new Failure(new PeerGoneError(this.#name, exitCode, cause === undefined ? undefined : { cause })));
  }

  #over(parcel: unknown): void {
    const waiter = this.#waiter;
    this.#end();
    if (waiter === null) return;
    serve(waiter, parcel);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiter = null;
    this.#loaded();
    this.#attention.left();
    this.#port.terminate(() => this.#exited());
  }

  #exited(): void {
    const cleanUp = this.#cleanUp;
    this.#cleanUp = null;
    if (cleanUp === null) return;
    enter();
    cleanUp.end(undefined, true);
    exit();
  }

  leave(waiter: Waiter): Rest | null {
    waiter.place = null;
    this.#cleanUp = new CallCleanUp({ name: this.#name }, this.#attention);
    const cleanUp = this.#cleanUp;
    this.#end();
    return this.#cleanUp === null ? null : cleanUp;
  }

  toString(): string {
    return this.#name;
  }
}

class RunInThread<R> extends Starting<R> {
  readonly #script: string;
  readonly #args: readonly unknown[];
  readonly #transfer: readonly unknown[] | undefined;

  constructor(script: string, args: readonly unknown[], transfer: readonly unknown[] | undefined) {
    super();
    this.#script = script;
    this.#args = args;
    this.#transfer = transfer;
  }

  /** To try it without waiting is to leave it. */
  override get wouldWait(): boolean {
    return true;
  }
  park(waiter: Waiter): void {
    let run: InThread;
    try {
      run = new InThread(this.#script, waiter);
    } catch (error) {
      waiter.settle(new Failure(error));
      waiter.tell();
      return;
    }
    run.start(this.#args, this.#transfer);
  }

  override toString(): string {
    return 'inThread';
  }
}

/**
 * Runs a function on a thread of its own, once each time it is performed, and waits for what it returns.
 *
 * ```
 * inThread(f, args)   x------(r|)
 * f(...args)           --r|           on a thread that is there for this alone
 * ```
 *
 * Only the function's text goes there: it uses its arguments and what is global, and nothing of the module around it. It may be an
 * arrow, a function or a shorthand method, async or not. Arguments and the result are cloned; what is listed in `transfer` is moved
 * when it begins. What it throws arrives as what it is, or as a `RemoteError`; a thread that dies fails it with `PeerGoneError`.
 *
 * Withdrawn, the thread is terminated, whatever it does; a coroutine waits until it is. To start a thread takes some milliseconds:
 * for many small calls there is `threadPool`. Browsers need a policy that allows `worker-src blob:`.
 *
 * What is no function, or has no text (`bind` makes such), and args that are no array: TypeError, here.
 *
 * @example
 * ```ts
 * const primes = yield* inThread((n: number) => sieve(n), [1_000_000]);   // wrong: what is `sieve` there?
 * const total = yield* inThread((numbers: number[]) => numbers.reduce((a, b) => a + b), [list]);
 * ```
 */
export function inThread<A extends unknown[], R>(
  fn: (...args: A) => R | Promise<R>,
  args: A,
  options: { transfer?: readonly unknown[] } = {},
): Operation<R> {
  checkFunction('inThread', 'fn', fn);
  if (!Array.isArray(args)) throw new TypeError(`inThread: args must be an array; got ${describe(args)}`);
  const { transfer } = ownOptions('inThread', options);
  if (transfer !== undefined && !Array.isArray(transfer)) {
    throw new TypeError(`inThread: transfer must be an array; got ${describe(transfer)}`);
  }
  return new RunInThread<R>(scriptOf(expressionOf(fn)), args, transfer);
}
