// The example prints on a NATS server, with worker processes of which some are killed, what it prints in one process.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { NatsServer } from '../server.ts';

const folder = join(import.meta.dirname, '../../../examples/cluster');

it('examples/cluster prints the same on a cluster', async () => {
  const server = await NatsServer.start();
  try {
    const args = ['--import', 'tsx', join(folder, 'main.ts'), '--nats', server.url];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 50_000 });
    expect(stdout).toBe(readFileSync(join(folder, 'expected.txt'), 'utf8'));
  } finally {
    await server.stop();
  }
});
