// `npm run marbles`: draws all specs, and writes the index.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { draw, home, index, sheets } from './sheets.ts';

const all = await sheets();
for (const sheet of all) writeFileSync(join(home, `${sheet.path}.svg`), draw(sheet));
writeFileSync(join(home, 'README.md'), index(all));
console.log(`${all.length} pictures`);
