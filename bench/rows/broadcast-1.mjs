// One subscriber.

import { telling } from '../telling.mjs';

export const row = telling(1, 17.0);
