import type { Random } from '../src/base/random.ts';

/** One of `all`, each as likely as the others. */
export function oneOf<T>(random: Random, all: readonly T[]): T {
  return all[random.below(all.length)] as T;
}
