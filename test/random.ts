// How often a test plays random scripts, and from which seed. RXSLUICE_SEED=… and RXSLUICE_RUNS=… look elsewhere, and longer;
// `npm run soak` does.

const { RXSLUICE_SEED, RXSLUICE_RUNS } = process.env;

/** For fast-check: unless told otherwise, `numRuns` scripts, the same ones each time. */
export function runs(numRuns: number, seed = 1): { readonly seed: number; readonly numRuns: number } {
  return { seed: Number(RXSLUICE_SEED ?? seed), numRuns: Number(RXSLUICE_RUNS ?? numRuns) };
}

/** Whether the scripts are those that the test knows, and may expect something of as a whole. */
export const isUsual = RXSLUICE_SEED === undefined && RXSLUICE_RUNS === undefined;
