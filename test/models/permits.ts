// A semaphore, slow and obviously right: a list of requests, served from the front while the first one fits.

export class PermitsModel {
  free: number;
  readonly #waiting: { id: number; count: number }[] = [];
  /** Who was served, in order. */
  readonly served: number[] = [];

  constructor(permits: number) {
    this.free = permits;
  }

  get waiting(): readonly number[] {
    return this.#waiting.map(({ id }) => id);
  }

  acquire(id: number, count: number): void {
    this.#waiting.push({ id, count });
    this.#serve();
  }

  tryAcquire(count: number): boolean {
    if (this.#waiting.length > 0 || count > this.free) return false;
    this.free -= count;
    return true;
  }

  release(count: number): void {
    this.free += count;
    this.#serve();
  }

  withdraw(id: number): void {
    const at = this.#waiting.findIndex((one) => one.id === id);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#serve();
  }

  #serve(): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined || first.count > this.free) return;
      this.#waiting.shift();
      this.free -= first.count;
      this.served.push(first.id);
    }
  }
}
