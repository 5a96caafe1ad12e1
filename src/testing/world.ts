// What the core keeps for the whole process: the turn that is under way, and the generator of fair choices. A run has its
// own of both, so that nothing from outside gets in, and puts the outer ones back.

import { Line } from '../base/line.ts';
import { chance } from '../core/chance.ts';
import { type Runnable, turn, type Watch } from '../core/turn.ts';
import { watchWorld } from '../core/watch.ts';

const DEFAULT_SEED = 1;

/** Sets turn and chance aside; what is returned puts them back. */
export function setWorldAside(watch: Watch, seed?: number): () => void {
  const putBack = [setTurnAside(), setChanceAside(seed), watchWith(watch)];
  return () => {
    for (const put of putBack) put();
  };
}

/** The turn only: for a plain run of RxJS, which may be inside of a coroutine. */
export function setTurnAside(): () => void {
  const outer = { ...turn };
  Object.assign(turn, {
    depth: 0,
    current: null,
    ready: new Line<Runnable>(),
    resuming: false,
    firstCut: null,
    lastCut: null,
    pick: null,
  });
  return () => {
    // Who watches is not the turn's: those who look on from outside may have come, or gone, meanwhile.
    Object.assign(turn, outer, { watch: turn.watch });
  };
}

/** Chance only: for a run beside which turns of others may go on. `below` is replaced where choices are explored. */
export function setChanceAside(seed = DEFAULT_SEED): () => void {
  const { state } = chance;
  const below = Object.getOwnPropertyDescriptor(chance, 'below');
  Reflect.deleteProperty(chance, 'below');
  chance.seed(seed);
  return () => {
    chance.state = state;
    Reflect.deleteProperty(chance, 'below');
    if (below !== undefined) Object.defineProperty(chance, 'below', below);
  };
}

/** The watch only: for such a run, too. */
export function watchWith(watch: Watch): () => void {
  const outer = watchWorld(watch);
  return () => {
    watchWorld(outer);
  };
}
