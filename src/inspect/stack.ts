// Where something was started: the innermost line of code that is neither the library's own nor Node's, by which it may call itself.

import { printable } from '../base/printable.ts';

const DEEP = 40;

/** The file in which this code stands, as stacks have it: `/app/node_modules/rxsluice/dist/inspect/stack.js`. */
const own: string | null = /((?:file:\/\/)?\/?[^\s()@]*):\d+:\d+\)?$/m.exec(new Error().stack ?? '')?.[1] ?? null;

/** The folder of the whole library; null where a bundler has put it into one file with what uses it. */
const home: string | null =
  own === null ? null : (/^(.*\/(?:dist|src))\/(?:[^/]*|bundle\/.*|inspect\/stack\.[jt]s)$/.exec(own)?.[1] ?? null);

export function callSite(): string | null {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEP;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const lines = stack.split('\n').filter((line) => /:\d+/.test(line) && !/[( ]node:/.test(line));
  const site = lines.find((line) => home !== null && !line.includes(`${home}/`)) ?? lines.at(-1);
  return site === undefined ? null : printable(site.trim().replace(/^at /, ''));
}
