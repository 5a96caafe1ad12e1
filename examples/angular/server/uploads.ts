// Files, part by part, in order. A part that comes again is no error: its answer may have been lost.

import { createHash } from 'node:crypto';
import { type Area, bytesOf, Refusal } from './router.ts';

const files = new Map<string, Buffer>();

export const uploads: Area = {
  name: 'uploads',
  delay: 60,
  reset() {
    files.clear();
  },
  routes: {
    *'GET /api/uploads'() {
      return [...files].map(([name, bytes]) => ({
        name,
        size: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      }));
    },
    /** `?offset=`: where in the file the part begins. */
    *'PUT /api/uploads/:name'(ask) {
      const name = ask.params['name'] ?? '';
      const offset = Number(ask.url.searchParams.get('offset'));
      const part = yield* bytesOf(ask);
      const before = files.get(name) ?? Buffer.alloc(0);
      if (!(offset >= 0 && offset <= before.length)) throw new Refusal(409, `${before.length} bytes are here`);
      const file = Buffer.concat([before.subarray(0, offset), part]);
      files.set(name, file);
      return { received: file.length };
    },
    *'DELETE /api/uploads/:name'(ask) {
      files.delete(ask.params['name'] ?? '');
    },
  },
};
