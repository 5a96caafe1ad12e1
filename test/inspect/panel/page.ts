// What jsdom does not have, in hand: frames come when a test says so, sizes and sight are what it says, and a canvas takes down what is
// drawn on it.

import { vi } from 'vitest';

type Told<E> = (entries: E[]) => void;

export class Page {
  now = 0;
  readonly frames = new Map<number, FrameRequestCallback>();
  readonly #observers = new Map<object, { told: Told<unknown>; targets: Set<Element> }>();
  #handle = 0;
  calm = false;
  /** What was drawn since it was last looked at. */
  drawn: string[] = [];

  constructor() {
    vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => {
      this.frames.set(++this.#handle, frame);
      return this.#handle;
    });
    vi.stubGlobal('cancelAnimationFrame', (handle: number) => this.frames.delete(handle));
    vi.stubGlobal('devicePixelRatio', 2);
    vi.stubGlobal('matchMedia', () => ({ matches: this.calm }));
    vi.spyOn(performance, 'now').mockImplementation(() => this.now);
    vi.spyOn(Date, 'now').mockImplementation(() => this.now);
    const observers = this.#observers;
    class Observer {
      constructor(told: Told<unknown>) {
        observers.set(this, { told, targets: new Set() });
      }
      observe(target: Element): void {
        observers.get(this)?.targets.add(target);
      }
      disconnect(): void {
        observers.get(this)?.targets.clear();
      }
    }
    vi.stubGlobal(
      'CSSStyleSheet',
      class {
        readonly replaceSync = (): void => undefined;
      },
    );
    vi.stubGlobal('IntersectionObserver', class extends Observer {});
    vi.stubGlobal('ResizeObserver', class extends Observer {});
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(() => this.#context() as never);
  }

  /** A context that takes down its calls. */
  #context(): object {
    const set: Record<string | symbol, unknown> = {};
    return new Proxy(set, {
      get:
        (_, name) =>
        (...given: unknown[]) => {
          const ink = name === 'fillText' || name === 'fill' || name === 'fillRect' ? ` ${String(set.fillStyle)}` : '';
          this.drawn.push(
            `${String(name)} ${given.map((one) => (typeof one === 'number' ? Math.round(one) : String(one))).join()}${ink}`,
          );
        },
    });
  }

  /** Every element that is observed. */
  get observed(): Element[] {
    return [...this.#observers.values()].flatMap(({ targets }) => [...targets]);
  }

  sight(target: Element, isIntersecting: boolean): void {
    this.#tell(target, { target, isIntersecting });
  }

  size(target: Element, width: number, height: number): void {
    this.#tell(target, { target, contentRect: { width, height } });
  }

  #tell(target: Element, entry: unknown): void {
    for (const { told, targets } of this.#observers.values()) if (targets.has(target)) told([entry]);
  }

  /** The next frames, 16 ms apart; how many there were. */
  pass(count = 1): number {
    let passed = 0;
    for (let i = 0; i < count; i++) {
      this.now += 16;
      const due = [...this.frames.values()];
      this.frames.clear();
      for (const frame of due) frame(this.now);
      passed += due.length;
    }
    return passed;
  }
}
