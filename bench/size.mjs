// What an import weighs: minified, compressed with brotli, rxjs not counted. Prints JSON.
//
//   node bench/size.mjs
//
// `.size-limit.json` says what is imported, and how much it may weigh at the most; here are the aims.

import { execFileSync } from 'node:child_process';
import { fileURLToPath, URL } from 'node:url';

const AIMS = { '{ channel }': 4000, everything: 14_000, testing: 12_000 };

function measured() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  try {
    return execFileSync(process.execPath, ['node_modules/size-limit/bin.js', '--json'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    // Over budget is exit code 1, with the figures all the same.
    if (error.stdout?.startsWith('[')) return error.stdout;
    throw error;
  }
}

console.log(JSON.stringify(JSON.parse(measured()).map(({ name, size }) => ({ name, size, aim: AIMS[name] ?? null }))));
