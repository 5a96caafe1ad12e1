// An application may load this library twice, as ESM and as CommonJS. What must exist once all the same (the run queue, the
// generator of fair choices, the marks by which we know our own) stands in the global symbol registry.

/** The one `key` of the process, made by whoever asks first. */
export function shared<T extends object>(key: string, make: () => T): T {
  const home = globalThis as unknown as Record<symbol, T | undefined>;
  return (home[Symbol.for(`rxsluice.${key}`)] ??= make());
}
