// The panel's one loop: a frame after the other, only while the panel is in the document, in sight, and has something to do.
//
// Invariants:
//   1. a frame is asked for exactly while `#wanted` and the panel can be seen; never two
//   2. stopped, it holds no listener, observer or frame

export class Frames {
  readonly #element: Element;
  /** Draws; true if it wants the next frame too. */
  readonly #draw: () => boolean;
  readonly #sight: IntersectionObserver;
  #near = false;
  #wanted = false;
  #frame = 0;

  constructor(element: Element, draw: () => boolean) {
    this.#element = element;
    this.#draw = draw;
    this.#sight = new IntersectionObserver((entries) => {
      this.#near = entries.at(-1)?.isIntersecting ?? false;
      this.#ask();
    });
  }

  start(): void {
    this.#sight.observe(this.#element);
    document.addEventListener('visibilitychange', this.#ask);
    this.want();
  }

  stop(): void {
    this.#sight.disconnect();
    document.removeEventListener('visibilitychange', this.#ask);
    this.#near = this.#wanted = false;
    this.#ask();
  }

  /** There is something to draw. */
  want(): void {
    this.#wanted = true;
    this.#ask();
  }

  readonly #ask = (): void => {
    const asks = this.#wanted && this.#near && !document.hidden;
    if (asks === this.#frame > 0) return;
    if (asks) this.#frame = requestAnimationFrame(this.#run);
    else {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
    }
  };

  readonly #run = (): void => {
    this.#frame = 0;
    this.#wanted = false;
    // What throws is reported by the page, once: there is no next frame then.
    if (this.#draw()) this.want();
  };
}
