// The kit depends on no runner: what was built works in each. A runner that is not installed here is skipped, and named.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const fixtures = 'test/testing/runners';

/** The script that starts a runner, and how it says that three tests have passed. */
const runners = {
  node: { script: '--test', args: [`${fixtures}/node/marbles.test.mjs`], passed: /pass 3\b/ },
  vitest: {
    script: 'node_modules/vitest/vitest.mjs',
    args: ['run', '--config', `${fixtures}/vitest/vitest.config.ts`],
    passed: /3 passed/,
  },
  jest: {
    script: 'node_modules/jest/bin/jest.js',
    args: ['--config', `${fixtures}/jest/jest.config.json`],
    passed: /3 passed, 3 total/,
  },
  jasmine: {
    script: 'node_modules/jasmine/bin/jasmine.js',
    args: [`${fixtures}/jasmine/*.spec.mjs`],
    passed: /3 specs, 0 failures/,
  },
};

describe('the kit works in', () => {
  for (const [name, { script, args, passed }] of Object.entries(runners)) {
    const installed = script.startsWith('--') || existsSync(join(root, script));
    it.skipIf(!installed)(`${name}${installed ? '' : ' (not installed)'}`, () => {
      const env = Object.fromEntries(
        Object.entries(process.env).filter(([key]) => !/^(VITEST|NODE_TEST|JEST|NODE_ENV|TEST$)/.test(key)),
      );
      const out = execFileSync('sh', ['-c', '"$0" "$@" 2>&1', process.execPath, script, ...args], {
        cwd: root,
        env: { ...env, NO_COLOR: '1', FORCE_COLOR: '0' },
        encoding: 'utf8',
      });
      expect(out).toMatch(passed);
    });
  }
});
