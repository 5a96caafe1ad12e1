import { rowOf } from '../worker-port.mjs';

export const row = rowOf(256, 30, '2 times what bare `postMessage` takes');
