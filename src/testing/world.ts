// What the core keeps for the whole process: the turn that is under way, and the generator of fair choices. A run has its
// own of both, so that nothing from outside gets in, and puts the outer ones back.

import { Line } from '../base/line.ts';
import { chance } from '../core/chance.ts';
import { type Runnable, turn, type Watch } from '../core/turn.ts';
import { watchWorld } from '../core/watch.ts';

const DEFAULT_SEED = 1;

/** Sets turn and chance aside; what is returned puts them back. */
export function setWorldAside(watch: Watch, seed?: number): () => void {
  const outer = { ...turn };
  const putChanceBack = setChanceAside(seed);
  Object.assign(turn, {
    depth: 0,
    current: null,
    ready: new Line<Runnable>(),
    resuming: false,
    firstCut: null,
    lastCut: null,
    pick: null,
  });
  const outerWatch = watchWorld(watch);
  return () => {
    Object.assign(turn, outer);
    // Those who look on from outside may have come, or gone, meanwhile: they and the outer one are put together anew.
    watchWorld(outerWatch);
    putChanceBack();
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
