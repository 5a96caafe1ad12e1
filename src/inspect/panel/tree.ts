// The tasks as rows of a tree: which are shown, which is active, and what the keys do. No element is touched here.
//
// Invariants (`check()` asserts them):
//   1. `rows` are the tasks without a closed ancestor, parents before children, siblings in the order of the snapshot
//   2. a row's depth is that of its parent and one more; a task whose parent is unknown stands at depth 0
//   3. `active` is the index of the active row; -1 exactly if there are no rows
//   4. closed are only tasks of the last snapshot; one that has no children for a while stays closed
//
// A snapshot of ten thousand tasks is taken in slices, so that no frame pays for all of it; the rows change when it is all there.
// Nothing recurses: tasks may be ten thousand deep.

import type { TaskInfo } from '../inspector.ts';

export interface TreeRow {
  readonly task: TaskInfo;
  /** 0 at the root. */
  readonly depth: number;
  /** Which of how many siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
  readonly branch: 'leaf' | 'open' | 'closed';
}

type Children = ReadonlyMap<number | null, readonly TaskInfo[]>;

/** How many tasks are looked at from one `yield` to the next. */
const SLICE = 512;

export class TaskTree {
  rows: readonly TreeRow[] = [];
  active = -1;
  readonly #closed = new Set<number>();
  #children: Children = new Map();
  /** Counts the changes of `#closed`, which may come in the middle of an update. */
  #version = 0;

  /** Takes a snapshot; each `yield` is a chance to go on later. */
  *update(tasks: readonly TaskInfo[]): Generator<void, void> {
    const known = new Set<number>();
    for (let i = 0; i < tasks.length; i++) {
      known.add((tasks[i] as TaskInfo).id);
      if (i % SLICE === SLICE - 1) yield;
    }
    const children = new Map<number | null, TaskInfo[]>();
    for (let i = 0; i < tasks.length; i++) {
      const task = tasks[i] as TaskInfo;
      const parent = task.parent !== null && known.has(task.parent) ? task.parent : null;
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [task]);
      else siblings.push(task);
      if (i % SLICE === SLICE - 1) yield;
    }
    for (const id of this.#closed) if (!known.has(id)) this.#closed.delete(id);
    let rows: readonly TreeRow[];
    let version: number;
    do {
      version = this.#version;
      rows = yield* this.#shown(children);
    } while (version !== this.#version);
    this.#children = children;
    this.#take(rows);
  }

  /** Opens what is closed, and closes what is open. */
  toggle(index: number): void {
    const row = this.rows[index];
    if (row === undefined || row.branch === 'leaf') return;
    this.#set([row], row.branch === 'closed');
  }

  activate(index: number): void {
    if (index >= 0 && index < this.rows.length) this.active = index;
  }

  /**
   * What a key does, after the tree view pattern of WAI-ARIA; false if it does nothing here.
   *
   * @param page - how many rows are in sight
   */
  press(key: string, page: number): boolean {
    const row = this.rows[this.active];
    if (row === undefined) return false;
    const last = this.rows.length - 1;
    switch (key) {
      case 'ArrowDown':
        return this.#go(this.active + 1);
      case 'ArrowUp':
        return this.#go(this.active - 1);
      case 'PageDown':
        return this.#go(Math.min(this.active + page, last));
      case 'PageUp':
        return this.#go(Math.max(this.active - page, 0));
      case 'Home':
        return this.#go(0);
      case 'End':
        return this.#go(last);
      case 'ArrowRight':
        if (row.branch === 'open') return this.#go(this.active + 1);
        return this.#set([row], true);
      case 'ArrowLeft':
        return row.branch === 'open' ? this.#set([row], false) : this.#go(this.#parent(this.active));
      case 'Enter':
      case ' ':
        this.toggle(this.active);
        return true;
      case '*':
        return this.#set(this.#siblings(row), true);
      default:
        return key.length === 1 && this.#find(key.toLowerCase());
    }
  }

  #go(index: number): true {
    this.activate(index);
    return true;
  }

  #set(rows: readonly TreeRow[], open: boolean): true {
    for (const { task, branch } of rows) {
      if (branch === 'leaf') continue;
      if (open) this.#closed.delete(task.id);
      else this.#closed.add(task.id);
    }
    this.#version++;
    const shown = this.#shown(this.#children);
    for (;;) {
      const { done, value } = shown.next();
      if (done === true) {
        this.#take(value);
        return true;
      }
    }
  }

  #parent(index: number): number {
    const depth = this.rows[index]?.depth ?? 0;
    return this.rows.findLastIndex((row, i) => i < index && row.depth < depth);
  }

  #siblings(row: TreeRow): readonly TreeRow[] {
    const parent = this.#parent(this.active);
    let end = parent + 1;
    while (end < this.rows.length && (this.rows[end] as TreeRow).depth >= row.depth) end++;
    return this.rows.slice(parent + 1, end).filter(({ depth }) => depth === row.depth);
  }

  /** The next row whose name begins so. */
  #find(letter: string): boolean {
    const { length } = this.rows;
    for (let i = 1; i <= length; i++) {
      const index = (this.active + i) % length;
      if (this.rows[index]?.task.name.toLowerCase().startsWith(letter) === true) return this.#go(index);
    }
    return false;
  }

  *#shown(children: Children): Generator<void, TreeRow[]> {
    const rows: TreeRow[] = [];
    const path = [{ tasks: children.get(null) ?? [], next: 0 }];
    for (let at = path[0]; at !== undefined; at = path.at(-1)) {
      const task = at.tasks[at.next++];
      if (task === undefined) {
        path.pop();
        continue;
      }
      const below = children.get(task.id);
      const branch = below === undefined ? 'leaf' : this.#closed.has(task.id) ? 'closed' : 'open';
      rows.push({ task, depth: path.length - 1, position: at.next, siblings: at.tasks.length, branch });
      if (below !== undefined && branch === 'open') path.push({ tasks: below, next: 0 });
      if (rows.length % SLICE === 0) yield;
    }
    return rows;
  }

  /** The active task stays active; if it is gone or hidden, whoever stands nearest above it. */
  #take(rows: readonly TreeRow[]): void {
    const before = this.rows;
    const places = new Map(rows.map(({ task }, i) => [task.id, i]));
    let active = this.active;
    while (active >= 0 && !places.has((before[active] as TreeRow).task.id)) active--;
    const index = places.get(before[active]?.task.id ?? NaN) ?? 0;
    this.rows = rows;
    this.active = rows.length > 0 ? index : -1;
  }

  /** @internal */
  check(): void {
    const fail = (what: string): never => {
      throw new Error(`tree of ${this.rows.length}: ${what}`);
    };
    if (this.rows.length === 0 ? this.active !== -1 : !(this.active in this.rows)) fail(`active is ${this.active}`);
    const path: number[] = [];
    for (const { task, depth, branch } of this.rows) {
      if (depth > path.length) fail(`task ${task.id} is at depth ${depth}`);
      path.length = depth;
      if (depth > 0 && task.parent !== path[depth - 1]) fail(`task ${task.id} stands below ${path[depth - 1]}`);
      if (branch !== 'leaf' && (branch === 'closed') !== this.#closed.has(task.id))
        fail(`task ${task.id} is ${branch}`);
      path.push(task.id);
    }
  }
}
