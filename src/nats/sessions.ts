// The table that goes with each stored state: of each writer, the last operation of its that is in the state. By it a writer
// whose answer was lost learns whether its state was stored.
//
//   mine is in it                                     it was applied
//   mine is not in it, and the revision has moved on  it never was, and never will be
//   the revision has not moved                        nobody knows yet: it is published again

/** Writers that have been silent for so long are forgotten. */
const FORGOTTEN_MS = 600_000;
/** One that has been silent for so long is a new writer: others may be about to forget it, and clocks differ. */
export const FRESH_MS = FORGOTTEN_MS / 2;

/** Writer → number of its last operation, and when that was. */
export type Sessions = ReadonlyMap<string, readonly [operation: number, at: number]>;

export const NO_SESSIONS: Sessions = /* @__PURE__ */ new Map();

export function parseSessions(text: string): Sessions {
  return text === '' ? NO_SESSIONS : new Map(Object.entries(JSON.parse(text) as Record<string, [number, number]>));
}

export function printSessions(sessions: Sessions): string {
  return JSON.stringify(Object.fromEntries(sessions));
}

export function has(sessions: Sessions, writer: string, operation: number): boolean {
  return sessions.get(writer)?.[0] === operation;
}

/** The table with `operation` of `writer` in it, and without those who are forgotten. */
export function withOperation(sessions: Sessions, writer: string, operation: number, now: number): Sessions {
  const next = new Map([...sessions].filter(([, [, at]]) => now - at < FORGOTTEN_MS));
  return next.set(writer, [operation, now]);
}
