// What an import weighs: minified, compressed with brotli, rxjs not counted. Prints JSON.
//
//   node bench/size.mjs
//
// `.size-limit.json` says what is imported, and how much it may weigh at the most.

import { tsImport } from 'tsx/esm/api';

const { measure } = await tsImport('../test/house/size.ts', import.meta.url);
console.log(JSON.stringify(measure().map(({ name, size, sizeLimit }) => ({ name, size, aim: sizeLimit ?? null }))));
