// Which files of `src` import each other, types included. What goes round cannot be read, tested or moved by itself.

import ts from 'typescript';

/** Those that are one idea in several files: all of a circle's files, in order of their names. */
export const MEANT: readonly (readonly string[])[] = [
  // An operation, and what its methods make of it.
  [
    ...['core/guard.ts', 'core/operation.ts', 'core/performance.ts', 'core/poll.ts', 'core/promise.ts'],
    'core/retry.ts',
  ],
  // One line of requests: what is asked, who serves it, and the serving of one.
  ['state/execution.ts', 'state/owner-operation.ts', 'state/serializer.ts'],
  // What can be asked of an owner, and what an owner can be asked.
  ['state/request.ts', 'state/state-owner.ts'],
];

/** The circles in `sources`, which maps paths below `src` to their text: for each, its files. */
export function circles(sources: ReadonlyMap<string, string>): string[][] {
  const imports = new Map([...sources].map(([path, text]) => [path, importsOf(path, text)]));
  const reached = new Map([...imports.keys()].map((path) => [path, reach(path, imports)]));
  const seen = new Set<string>();
  const found: string[][] = [];
  for (const path of [...imports.keys()].sort()) {
    const around = reached.get(path) ?? new Set();
    if (seen.has(path) || !around.has(path)) continue;
    const circle = [...around].filter((other) => reached.get(other)?.has(path) === true).sort();
    for (const each of circle) seen.add(each);
    found.push(circle);
  }
  return found;
}

/** All files that one comes to from `path`. */
function reach(path: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [path];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of imports.get(at) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return reached;
}

function importsOf(path: string, text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => new URL(fileName, `file:///${path}`).pathname.slice(1));
}
