// What a program of the playground may import, besides rxjs, rxsluice, rxsluice/testing and rxsluice/inspect.

declare module 'playground' {
  import type { Observable, Subscription } from 'rxjs';

  /** How slow the consumer is, in milliseconds: the slider of that name. */
  export const pace: number;
  /** The seed of every fair choice: the field of that name. */
  export const seed: number;
  /** Subscribes to `source`, and draws what it emits as a row. */
  export function show(label: string, source: Observable<unknown>): Subscription;
  /** Draws a marble in the row `label`, now. */
  export function mark(label: string, value: unknown): void;
  /** Draws a number over time, as it is at the end of each frame. */
  export function gauge(label: string, read: () => number): void;
}
