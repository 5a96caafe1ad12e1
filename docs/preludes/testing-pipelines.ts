// What the blocks of the page take for granted.

import type { Observable } from 'rxjs';

export { expect, test } from 'vitest';

declare module 'vitest' {
  interface Matchers<T = any> {
    toEmit(marbles: string, values?: Record<string, unknown>, error?: unknown): T;
  }
}

export declare function saveDraft(): Promise<void>;
export declare function load(id: string): Promise<string>;
