// npm run nats: gets a NATS server and runs what needs one: the contract of engines, and short faults.
//
//   npm run nats -- --chaos --minutes 10    faults at random for so long, and figures at the end; see chaos.ts
//   npm run nats -- --bench                 throughput beside the bare client; see bench.ts
//   npm run nats -- -t 'some title'         what follows goes to vitest
//
// Where no server is to be had, it says so; under CI it fails.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { getServer } from './get-server.ts';

const root = join(import.meta.dirname, '../..');
const args = process.argv.slice(2);

try {
  for (const suite of ['trixie', 'sid'] as const) {
    const { path, version } = await getServer(suite);
    console.log(`nats-server ${version}: ${path}`);
  }
} catch (error) {
  console.log(`no NATS server is to be had, so nothing was tested: ${(error as Error).message}`);
  process.exit(process.env.CI === undefined ? 0 : 1);
}

const { values } = parseArgs({
  args,
  strict: false,
  options: { chaos: { type: 'boolean' }, bench: { type: 'boolean' } },
});
const program = values.chaos === true ? 'chaos.ts' : values.bench === true ? 'bench.ts' : null;
const command =
  program !== null
    ? ['--import', 'tsx', join(root, 'test/nats', program), ...args]
    : [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/nats/vitest.config.ts', ...args];
const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
