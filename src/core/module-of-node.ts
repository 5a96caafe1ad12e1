// Node's own modules, for rooms that browsers load too. Nothing of Node's is imported, so that a bundler for browsers finds nothing
// to follow: a running Node is asked. Before 20.16 it cannot be, but by programs that began as CommonJS; so the bundle of ESM that
// is for Node alone has another module in the place of this one (`build.mjs`).

interface Process {
  /** Node 20.16 and later, Deno, Bun. */
  readonly getBuiltinModule?: (name: string) => unknown;
  /** Of a program that began as CommonJS. */
  readonly mainModule?: { require(name: string): unknown };
}

/** A module of Node's, or null elsewhere. */
export function moduleOfNode(name: string): unknown {
  const { process } = globalThis as { process?: Process };
  if (typeof process?.getBuiltinModule === 'function') return process.getBuiltinModule(name) ?? null;
  return process?.mainModule?.require(name) ?? null;
}
