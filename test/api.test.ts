// The public API is `golden/api.txt`: a change of it is a change of that file, for a reviewer to see. `npm run api` writes it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeApi } from './house/api.ts';

const root = join(import.meta.dirname, '..');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, { import?: { types: string } }>;
};

/** Every entry, and its types. */
const entries = Object.fromEntries(
  Object.entries(exports).flatMap(([key, target]) =>
    target.import ? [[key.replace(/^\./, 'rxsluice'), join(root, target.import.types)]] : [],
  ),
);

describe('the public API', () => {
  it('is the one in golden/api.txt', async () => {
    const api = await describeApi(entries);
    await expect(api).toMatchFileSnapshot('golden/api.txt');
  });
});

describe('the text of an API', () => {
  it('is sorted, has no private parts, and ends with what the exports mention', async () => {
    const api = await describeApi({ fleet: join(import.meta.dirname, 'fixtures/api/index.d.ts') });
    expect(api).toBe(
      [
        '// fleet',
        '',
        'abstract class Boat extends Observable<Wind> {',
        '  anchor(): void;',
        '  readonly crew: number;',
        '  protected hull(): Plank | undefined;',
        '  row(to: string): void;',
        '  row(to: number): Knots;',
        '}',
        '',
        'type Knots = number;',
        '',
        'const fleet: readonly Boat[];',
        '',
        'function launch<T extends Boat>(boat: T): T;',
        'function launch(): undefined;',
        '',
        '// mentioned, not exported',
        '',
        'interface Plank {',
        '  of: Wind;',
        '}',
        '',
        'interface Wind {',
        "  readonly from: 'north' | 'south';",
        '}',
        '',
      ].join('\n'),
    );
  });
});
