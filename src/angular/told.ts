import { Standing } from '../core/waiter.ts';

/** Waits for something in order to show it: whoever does is not one who sees to a failure. */
export class Told extends Standing {
  readonly #tell: () => void;

  constructor(tell: () => void) {
    super();
    this.#tell = tell;
  }

  tell(): void {
    this.#tell();
  }
}
