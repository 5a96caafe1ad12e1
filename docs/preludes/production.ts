// What the blocks of the page take for granted.

import type { Observable } from 'rxjs';
import type { Channel, Coroutine } from 'rxsluice';

export interface Row {
  readonly id: string;
}

export declare const inserts: Channel<Row>;
export declare const db: { insert(rows: readonly Row[]): Promise<void> };

export interface Order {
  readonly id: string;
}

export declare const feed: Observable<Order>;
export declare function archive(order: Order): Promise<void>;
export declare function show(order: Order): void;

export declare const queries: Channel<string>;
export declare const shelves: readonly string[];
export declare function look(shelf: string, query: string): Coroutine<void>;
