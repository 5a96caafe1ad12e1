// The soak itself takes a minute; here it only shows that it runs, and that nothing is wrong with the first programs.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('npm run soak counts what it did', () => {
  const out = execFileSync(process.execPath, ['--import', 'tsx', 'soak/run.ts', '--steps', '70000'], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  });
  expect(out).toMatch(/^groups: 100 programs, 10000 steps, \d+ groups, \d+ children, \d+ failures, \d+ cancels$/m);
  expect(out).toMatch(/^state: 100 programs, 11200 steps, 11200 requests, \d+ told, \d+ withdrawn, \d+ states$/m);
  expect(out).toMatch(/^broadcasts: 100 programs, 10000 steps, \d+ sends, \d+ receives, \d+ taps, \d+ withdrawals, \d+ closes$/m); // prettier-ignore
  expect(out).toMatch(/^queues: 100 programs, 10000 steps, \d+ values, \d+ leases, \d+ acks, \d+ nacks, \d+ releases, \d+ dead, \d+ lost$/m); // prettier-ignore
  expect(out).toMatch(/^jobs: 100 programs, 10000 steps, \d+ jobs, \d+ done, \d+ failed, \d+ dropped, \d+ cancelled, \d+ attempts$/m); // prettier-ignore
  expect(out).toMatch(/^engines: 100 programs, 10000 steps, \d+ sent, \d+ refused, \d+ acks, \d+ dead, \d+ letters, \d+ calls, 100 ended$/m); // prettier-ignore
  expect(out).toMatch(/^permits: 100 programs, 10000 steps, \d+ tasks, \d+ cancels$/m);
});
