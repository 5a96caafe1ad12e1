// A hundred subscribers.

import { telling } from '../telling.mjs';

export const row = telling(100, 17.2);
