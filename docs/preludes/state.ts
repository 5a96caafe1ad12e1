// What the blocks of the page take for granted.

import type { StateOwner } from 'rxsluice';

export { toSignal } from '@angular/core/rxjs-interop';

export declare const counter: StateOwner<number>;
export declare const user: StateOwner<{ readonly name: string }>;
