// queueMap beside concatMap and mergeMap, over 1 000 synchronous values.

import { flattening } from '../flattening.mjs';

export const row = flattening(1000, '1 000');
