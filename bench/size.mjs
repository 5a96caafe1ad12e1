// What an import weighs: minified, compressed with brotli, rxjs not counted. Prints JSON.
//
//   node bench/size.mjs
//
// `.size-limit.json` says what is imported, and how much it may weigh at the most; here are the aims.

import { tsImport } from 'tsx/esm/api';

const AIMS = { '{ channel }': 4000, everything: 14_000, testing: 12_000 };

const { measure } = await tsImport('../test/house/size.ts', import.meta.url);
console.log(JSON.stringify(measure().map(({ name, size }) => ({ name, size, aim: AIMS[name] ?? null }))));
