// What the blocks of the page take for granted.

import type { Coroutine } from 'rxsluice';
import type { Inspector } from 'rxsluice/inspect';

export declare const inspector: Inspector;
export declare function program(): Coroutine<void>;
