// The one door to chance: fair choices of `select` are drawn here, from one seeded generator for the whole process.

import { Random } from '../base/random.ts';
import { shared } from './shared.ts';

export const chance = /* @__PURE__ */ shared('chance', () => new Random(1));
