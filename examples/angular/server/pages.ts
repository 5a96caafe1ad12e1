// The application as it was built: files, and a page of its own for each route.

import { createReadStream, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import type { Coroutine } from 'rxsluice';
import { fromReadable, pump } from 'rxsluice/node';
import type { Ask } from './router.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

export function pages(folder: string): (ask: Ask) => Coroutine<unknown> {
  return function* ({ url, response }) {
    const path = [url.pathname, join(url.pathname, 'index.html'), '/404.html', '/index.html']
      .map((each) => inside(folder, each))
      .find((each) => each !== null);
    if (path === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not built yet: npm run build');
      return;
    }
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    // What the build names by its content never changes.
    response.setHeader('cache-control', /-[A-Z0-9]{8}\./.test(path) ? 'max-age=31536000, immutable' : 'no-cache');
    yield* pump(fromReadable<Buffer>(createReadStream(path)), response);
  };
}

/** The file of `folder` that `path` is; null if there is none. */
function inside(folder: string, path: string): string | null {
  let name: string;
  try {
    name = normalize(join(folder, decodeURIComponent(path)));
  } catch {
    return null;
  }
  if (!name.startsWith(folder + sep)) return null;
  return statSync(name, { throwIfNoEntry: false })?.isFile() === true ? name : null;
}
