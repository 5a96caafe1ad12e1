// Ten subscribers.

import { telling } from '../telling.mjs';

export const row = telling(10, 17.1);
