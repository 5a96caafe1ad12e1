import { printable } from '../../base/printable.ts';
import { formatDuration } from '../format-duration.ts';
import { make, mark, write } from './dom.ts';
import type { RowElement } from './rows.ts';
import type { Session } from './session.ts';
import type { TreeRow } from './tree.ts';

export const TASK_HEIGHT = 26;
const INDENT = 14;
/** Deeper ones are not moved any further to the right. */
const DEEPEST = 12;

/** A task: how deep, in which state, its name, what it waits for and since when. */
export class TaskRow implements RowElement<TreeRow> {
  readonly element: HTMLElement;
  readonly #session: () => Session | null;
  readonly #name = make('span', { class: 'name' });
  readonly #wait = make('span', { class: 'dim' });
  readonly #time = make('span', { class: 'dim for' });
  #depth = -1;

  constructor(slot: number, session: () => Session | null) {
    this.#session = session;
    const parts = [make('i', { 'aria-hidden': 'true' }), make('u', { 'aria-hidden': 'true' })];
    const all = [...parts, this.#name, ' ', this.#wait, ' ', this.#time];
    this.element = make('div', { role: 'treeitem', id: `t${slot}` }, ...all);
  }

  show({ task, depth, position, siblings, branch }: TreeRow, index: number): void {
    const { element } = this;
    const session = this.#session();
    const isRing = session?.ring.has(task.name) === true;
    mark(element, 'class', `row task ${task.state}${isRing ? ' ring' : ''}`);
    mark(element, 'aria-level', String(depth + 1));
    mark(element, 'aria-posinset', String(position));
    mark(element, 'aria-setsize', String(siblings));
    mark(element, 'aria-expanded', branch === 'leaf' ? null : String(branch === 'open'));
    mark(element, 'aria-selected', String(session?.tree.active === index));
    if (depth !== this.#depth) {
      this.#depth = depth;
      element.style.paddingLeft = `${10 + INDENT * Math.min(depth, DEEPEST)}px`;
    }
    write(this.#name, printable(task.name));
    write(this.#wait, task.waitingFor === null ? task.state : printable(task.waitingFor));
    write(this.#time, task.state === 'waiting' ? formatDuration(task.forMs) : '');
  }
}
