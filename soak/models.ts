import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
/** Scripts for each model in one round. */
const RUNS = 300;

/** The tests that play random scripts to a model: they ask the environment how many, and from which seed. */
function suites(): string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join('test', path))
    .filter((path) => readFileSync(join(root, path), 'utf8').includes('/random.ts'))
    .sort();
}

/** Plays them with one seed after the other, until the time is over; ends the process at the first that fails. */
export function playModels(first: number, minutes: number): void {
  const end = performance.now() + minutes * 60_000;
  const files = suites();
  let seed = first + 1_000_000;
  do {
    const { status, stdout } = spawnSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--project', 'node', ...files],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, RXSLUICE_SEED: String(seed), RXSLUICE_RUNS: String(RUNS) },
      },
    );
    if (status !== 0) {
      console.error(stdout);
      console.error(`RXSLUICE_SEED=${seed} RXSLUICE_RUNS=${RUNS} npx vitest run --project node ${files.join(' ')}`);
      process.exit(1);
    }
    seed++;
  } while (performance.now() < end);
  console.log(`models: ${files.length} suites, ${seed - first - 1_000_000} rounds of ${RUNS} scripts each`);
}
