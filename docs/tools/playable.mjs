// Which examples the playground opens: every program that has an `expected.txt`, but for those listed here, each with what keeps it
// out.

import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from './pages.mjs';

const NOT_PLAYABLE = {
  'examples/angular/': 'is an Angular application',
  'examples/cluster/': 'starts processes',
  'examples/nestjs/': 'is a NestJS application',
  'examples/node/': 'needs Node',
  'examples/stateful-owner/': 'makes two hundred thousand requests: longer than somebody waits for a picture',
  'examples/survey/': 'reads files',
  'examples/worker/': 'starts threads',
};

export function isPlayable(file) {
  if (Object.keys(NOT_PLAYABLE).some((folder) => file.startsWith(folder))) return false;
  return file.endsWith('/main.ts') && existsSync(join(root, posix.dirname(file), 'expected.txt'));
}

export function playableExamples(folder = 'examples') {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.name === 'node_modules') return [];
      return entry.isDirectory() ? playableExamples(path) : isPlayable(path) ? [path] : [];
    });
}
