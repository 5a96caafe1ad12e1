// Who watches what runs: the testing kit, whose watch belongs to one world (a run has its own, see `testing/world.ts`), and
// those who look on from outside, in every world: `rxsluice/inspect`. The hook is `turn.watch`: null when nobody does, and then
// nothing is paid but a comparison.

import { shared } from './shared.ts';
import { type Runnable, turn, type Watch } from './turn.ts';

/** `turn.watch` is all of these in one. */
const watches = /* @__PURE__ */ shared('watches', () => ({
  worldly: null as Watch | null,
  onlookers: [] as readonly Watch[],
}));

/** Has `watch` told of everything, in every world. What it returns undoes that. */
export function lookOn(watch: Watch): () => void {
  watches.onlookers = [...watches.onlookers, watch];
  combine();
  return () => {
    watches.onlookers = watches.onlookers.filter((each) => each !== watch);
    combine();
  };
}

/** Makes `watch` the one of this world, in the place of the one there was, which it returns. */
export function watchWorld(watch: Watch | null): Watch | null {
  const outer = watches.worldly;
  watches.worldly = watch;
  combine();
  return outer;
}

/** Who looks on has changed, or the world has. */
function combine(): void {
  const { worldly, onlookers } = watches;
  // The one of the world comes last: it may throw.
  const all = worldly === null ? onlookers : [...onlookers, worldly];
  turn.watch = all.length > 1 ? new Several(all) : (all[0] ?? null);
}

class Several implements Watch {
  readonly #all: readonly Watch[];

  constructor(all: readonly Watch[]) {
    this.#all = all;
  }

  started(runnable: Runnable): void {
    for (const watch of this.#all) watch.started(runnable);
  }
  woken(runnable: Runnable): void {
    for (const watch of this.#all) watch.woken?.(runnable);
  }
  steps(runnable: Runnable): void {
    for (const watch of this.#all) watch.steps?.(runnable);
  }
  waits(waiter: { readonly place: unknown }): void {
    for (const watch of this.#all) watch.waits(waiter);
  }
  cancelled(runnable: Runnable): void {
    for (const watch of this.#all) watch.cancelled?.(runnable);
  }
  swallowed(runnable: Runnable): void {
    for (const watch of this.#all) watch.swallowed?.(runnable);
  }
  ended(runnable: Runnable): void {
    for (const watch of this.#all) watch.ended(runnable);
  }
  spins(): void {
    for (const watch of this.#all) watch.spins();
  }
  listens(subscriber: object, observable: object): void {
    for (const watch of this.#all) watch.listens?.(subscriber, observable);
  }
  brings(subscriber: object, source: object, observable: object): void {
    for (const watch of this.#all) watch.brings?.(subscriber, source, observable);
  }
  acts(party: object | null): void {
    for (const watch of this.#all) watch.acts?.(party);
  }
  made(kind: string, place: object): void {
    for (const watch of this.#all) watch.made?.(kind, place);
  }
}
