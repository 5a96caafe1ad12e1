/** What a channel buffers its values in. `Ring` is one, first in, first out. */
export interface Store<T> {
  readonly size: number;
  /** What came last. Precondition: not empty. Setting it may throw; then nothing has changed. */
  newest: T;
  /** May throw; then nothing has changed. */
  push(value: T): void;
  /** Takes out the one that leaves next. Precondition: not empty. */
  shift(): T;
  /** Takes one back, to leave next. */
  unshift(value: T): void;
  /** Pushes `value` in the place of the one that came first, and returns that. Precondition: not empty. May throw; then nothing has changed. */
  displace(value: T): T;
  /** Takes everything out, in the order in which it would have left. */
  clear(): T[];
  check(): void;
}
