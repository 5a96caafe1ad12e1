// queueMap beside concatMap and mergeMap, over 100 000 synchronous values.

import { flattening } from '../flattening.mjs';

export const row = flattening(100000, '100 000');
