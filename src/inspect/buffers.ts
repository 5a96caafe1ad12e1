// How full buffers get: what only grows is found here; since when one is full is noted for `LongWaits`.
//
// Invariant: `growing` of a place lasts no longer than its level says so, and is looked at again whenever something is taken.

import { now } from '../core/clock.ts';
import * as advice from './advice.ts';
import type { Findings } from './findings.ts';
import type { PlaceRecord } from './places.ts';

/** What has a buffer: of broadcasts and owners, there is none. */
interface Buffered {
  readonly size?: number;
  readonly capacity?: number;
}

export class Buffers {
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Something was sent there. Whether it has become full by that. */
  rose(record: PlaceRecord): boolean {
    const { size, capacity } = record.thing as unknown as Buffered;
    if (size === undefined || capacity === undefined) return false;
    const { level } = record;
    if (capacity === Infinity) {
      level.rise(size);
      if (level.onlyGrows(size))
        this.#findings.raise(`growing ${record.id}`, advice.growing(record.name, size, level.isTouched));
    } else if (size > 0 && size >= capacity && level.fullSince === null) {
      level.fullSince = now();
      return true;
    }
    return false;
  }

  /** Something was received there. */
  fell(record: PlaceRecord): void {
    const { size = 0 } = record.thing as unknown as Buffered;
    const { level } = record;
    if (level.fullSince !== null) this.#findings.clear(`full ${record.id}`);
    level.fall(size);
    if (!level.onlyGrows(size)) this.#findings.clear(`growing ${record.id}`);
  }
}
