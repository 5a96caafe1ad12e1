// `npm run marbles`: draws all specs, and writes the index. A spec that does not hold keeps its old picture, and is told.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { draw, home, index, sheets } from './sheets.ts';

const all = await sheets();
for (const sheet of all) {
  try {
    writeFileSync(join(home, `${sheet.path}.svg`), draw(sheet));
  } catch (error) {
    console.error(`${sheet.path}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
writeFileSync(join(home, 'README.md'), index(all));
console.log(`${all.length} pictures`);
