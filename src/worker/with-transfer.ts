import { describe } from '../base/errors.ts';
import { shared } from '../core/shared.ts';

/** What is to be moved with a value. */
const transfers = /* @__PURE__ */ shared('transfers', () => new WeakMap<object, readonly unknown[]>());

/**
 * Marks a result, or one value of a stream, so that what is listed in `transfer` is moved to the caller and not cloned.
 *
 * It is moved at the moment at which the value is posted; if that fails, because something in the value cannot be cloned, it
 * stays. A result that is no object has nothing in it that could be moved, and is returned as it is.
 *
 * @example
 * ```ts
 * expose({
 *   blur(image: ImageData) {
 *     const blurred = gaussian(image);
 *     return withTransfer(blurred, [blurred.data.buffer]);
 *   },
 * });
 * ```
 */
export function withTransfer<T>(value: T, transfer: readonly unknown[]): T {
  if (!Array.isArray(transfer)) {
    throw new TypeError(`withTransfer: transfer must be an array; got ${describe(transfer)}`);
  }
  if (typeof value === 'object' && value !== null) transfers.set(value, transfer);
  return value;
}

/** What was said of `value`. */
export function transferOf(value: unknown): readonly unknown[] | undefined {
  return typeof value === 'object' && value !== null ? transfers.get(value) : undefined;
}
