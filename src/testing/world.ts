// What the core keeps for the whole process: the turn that is under way, and the generator of fair choices. A run has its
// own of both, so that nothing from outside gets in, and puts the outer ones back.

import { Line } from '../base/line.ts';
import { chance } from '../core/chance.ts';
import { type Runnable, turn } from '../core/turn.ts';

const DEFAULT_SEED = 1;

/** Sets turn and chance aside; what is returned puts them back. */
export function setWorldAside(seed?: number): () => void {
  const outer = { ...turn };
  const putChanceBack = setChanceAside(seed);
  Object.assign(turn, {
    depth: 0,
    current: null,
    ready: new Line<Runnable>(),
    resuming: false,
    pick: null,
    watch: null,
  });
  return () => {
    Object.assign(turn, outer);
    putChanceBack();
  };
}

/** Chance only: for a run beside which turns of others may go on. */
export function setChanceAside(seed = DEFAULT_SEED): () => void {
  const { state } = chance;
  chance.seed(seed);
  return () => {
    chance.state = state;
  };
}
