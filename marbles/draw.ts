// `npm run marbles`: draws all specs, and writes the index; or says which do not hold.

import { drawAll, sheets } from './sheets.ts';

const all = await sheets();
const failures = drawAll(all);
for (const failure of failures) console.error(`${failure}\n`);
if (failures.length === 0) {
  console.log(`${all.flatMap(({ specs }) => specs).length} pictures`);
} else {
  console.error(`specs that do not hold: ${failures.length}; their pictures, and the index, are as they were`);
  process.exitCode = 1;
}
