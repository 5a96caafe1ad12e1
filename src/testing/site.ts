// A line of the user's code: where an expectation was made, where a timer was set.

/** Frames of this library, which tell a user nothing about his own code; and those of RxJS and of the runner. */
const OWN = /^.*\/(?:src|dist)\//u.exec(
  (new Error('here').stack ?? '')
    .split('\n')
    .map(location)
    .find((found) => found !== null) ?? '',
)?.[0];
const FOREIGN = /\/node_modules\/|\bnode:internal/u;

export class Site {
  readonly #trace: Error;

  constructor() {
    const { stackTraceLimit } = Error;
    // A subscription through a few operators is already deeper than the ten frames that V8 keeps.
    Error.stackTraceLimit = 50;
    this.#trace = new Error('here');
    Error.stackTraceLimit = stackTraceLimit;
  }

  /** The stack from the user's line on. */
  get frames(): string {
    const lines = (this.#trace.stack ?? '').split('\n').filter((line) => location(line) !== null);
    const first = lines.findIndex(isUsers);
    return lines.slice(Math.max(0, first)).join('\n');
  }

  /** `file:line:column`, relative to the working directory; null if no line of the user's is on the stack. */
  get line(): string | null {
    const first = this.frames.split('\n')[0] ?? '';
    const found = location(first);
    if (found === null || !isUsers(first)) return null;
    const home = (globalThis as { process?: { cwd?: () => string } }).process?.cwd?.();
    return home !== undefined && found.startsWith(`${home}/`) ? found.slice(home.length + 1) : found;
  }
}

/** Whether a line of a stack is the user's. */
function isUsers(line: string): boolean {
  const found = location(line);
  return found !== null && !FOREIGN.test(found) && (OWN === undefined || !found.startsWith(OWN));
}

/** The place that a line of a stack names, of V8 (`at f (file:1:2)`, `at file:1:2`) or of Firefox and Safari (`f@file:1:2`). */
function location(line: string): string | null {
  const found =
    /\((.+:\d+:\d+)\)$/u.exec(line) ?? /^\s*at (?:async )?(.+:\d+:\d+)$/u.exec(line) ?? /@(.+:\d+:\d+)$/u.exec(line);
  return found?.[1]?.replace(/^file:\/\//u, '') ?? null;
}
