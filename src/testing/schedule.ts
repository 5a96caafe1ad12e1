// One way in which a program can go: every choice that it leaves open, decided by a number.
//
// A small number *counts* schedules: its digits, in a base that changes with the number of options, are the choices, and
// when it is used up, the first option is taken. So 0 is the schedule that the program has by itself, and the schedules of
// a small program can be gone through one by one. A number from `CHANCE` on is the seed of a generator.

import { Random } from '../base/random.ts';
import { type Runnable, turn } from '../core/turn.ts';
import { nameOf } from './census.ts';
import type { Lab } from './lab.ts';

export const CHANCE = 2 ** 32;
/** Choices that are spelled out. */
const LINES = 40;

interface Choice {
  readonly chosen: number;
  readonly options: number;
  readonly frame: number;
  readonly what: Runnable | 'timer' | 'case';
}

export class Schedule {
  readonly seed: number;
  readonly choices: Choice[] = [];
  readonly #lab: Lab;
  readonly #random: Random | null;
  #digits: number;

  constructor(seed: number, lab: Lab) {
    this.seed = seed;
    this.#lab = lab;
    this.#random = seed < CHANCE ? null : new Random(seed - CHANCE);
    this.#digits = seed;
  }

  /** Chooses among ready coroutines. Precondition: there are several. */
  readonly task = (options: number): number => {
    const chosen = this.#draw(options);
    let runnable = turn.ready.first;
    for (let i = 0; i < chosen; i++) runnable = runnable?.after ?? null;
    this.#note(chosen, options, runnable as Runnable);
    return chosen;
  };
  readonly timer = (options: number): number => this.#note(this.#draw(options), options, 'timer');
  readonly case = (options: number): number => (options < 2 ? 0 : this.#note(this.#draw(options), options, 'case'));

  #draw(options: number): number {
    if (this.#random !== null) return this.#random.below(options);
    const chosen = this.#digits % options;
    this.#digits = Math.floor(this.#digits / options);
    return chosen;
  }

  #note(chosen: number, options: number, what: Choice['what']): number {
    this.choices.push({ chosen, options, frame: this.#lab.frame, what });
    return chosen;
  }

  /** The same for two schedules in which everything went the same way. */
  get key(): string {
    return this.choices.map(({ chosen }) => chosen).join();
  }

  /** The number of the next schedule, depth first. There is none after the last; and not every path has a number. */
  get successor(): number | 'none' | 'uncounted' {
    let last = this.choices.length - 1;
    while (last >= 0 && (this.choices[last] as Choice).chosen + 1 === (this.choices[last] as Choice).options) last--;
    if (last < 0) return 'none';
    const path = this.choices
      .slice(0, last + 1)
      .map(({ chosen, options }, i) => ({ options, chosen: i === last ? chosen + 1 : chosen }));
    const seed = path.reduceRight((rest, { chosen, options }) => rest * options + chosen, 0);
    return seed < CHANCE ? seed : 'uncounted';
  }

  /** A line for each choice. */
  toString(): string {
    if (this.choices.length === 0) return '  nothing was left to choose';
    const lines = this.choices.slice(0, LINES).map(({ chosen, options, frame, what }) => {
      const who = typeof what === 'string' ? `${what} ${chosen + 1}` : nameOf(what);
      return `  frame ${frame}: ${who}, of ${options}`;
    });
    const more = this.choices.length - lines.length;
    return [...lines, ...(more > 0 ? [`  and ${more} more choices`] : [])].join('\n');
  }
}
