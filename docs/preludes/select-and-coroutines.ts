// What the blocks of the page take for granted.

import type { Observable } from 'rxjs';
import type { Channel } from 'rxsluice';

export declare const ch: Channel<number>;

export interface Order {
  readonly id: string;
}

export declare const answer$: Observable<Order>;
export declare const connection: Channel<string>;
export declare function charge(order: Order): void;
