import type { Coroutine } from 'rxsluice';

export const handlers: {
  add(a: number, b: number): number;
  count(n: number): Generator<number>;
  forever(flag: Int32Array): Coroutine<void>;
  spin(): void;
  nap(ms: number): Promise<void>;
  busy(ms: number): number;
  exit(code: number): void;
  crash(): Coroutine<void>;
  fill(size: number): Uint8Array;
  length(bytes: Uint8Array): number;
};
