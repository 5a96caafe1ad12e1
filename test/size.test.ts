import { describe, expect, it } from 'vitest';
import { measure, recorded } from './house/size.ts';

/** A drift that is worth a look, and a line in a diff: `npm run size` records it. */
const DRIFT = 0.05;

describe('the size of an import', () => {
  const sizes = measure();
  const known = recorded();

  it.each(sizes.filter(({ sizeLimit }) => sizeLimit !== undefined))('$name stays within its budget', (measured) => {
    expect(measured.size).toBeLessThanOrEqual(measured.sizeLimit ?? 0);
  });

  it.each(sizes)('$name is what golden/sizes.txt says, give or take a twentieth', ({ name, size }) => {
    const before = known[name] ?? 0;
    expect(size, `${name}: ${before} bytes recorded, ${size} now; see npm run size`).toSatisfy(
      (now: number) => Math.abs(now - before) <= before * DRIFT,
    );
  });
});
