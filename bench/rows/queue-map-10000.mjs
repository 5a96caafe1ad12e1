// queueMap beside concatMap and mergeMap, over 10 000 synchronous values.

import { flattening } from '../flattening.mjs';

export const row = flattening(10000, '10 000');
