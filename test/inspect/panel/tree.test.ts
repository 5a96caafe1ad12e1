import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { TaskInfo } from '../../../src/inspect/inspector.ts';
import { TaskTree } from '../../../src/inspect/panel/tree.ts';
import { runs } from '../../random.ts';

const task = (id: number, parent: number | null = null, name = `t${id}`): TaskInfo => ({
  ...{ id, name, parent, state: 'waiting', waitingFor: null, forMs: 0, startedAt: null },
});

function take(tree: TaskTree, tasks: readonly TaskInfo[]): number {
  let slices = 0;
  for (const update = tree.update(tasks); update.next().done !== true;) slices++;
  tree.check();
  return slices;
}

function treeOf(...tasks: TaskInfo[]): TaskTree {
  const tree = new TaskTree();
  take(tree, tasks);
  return tree;
}

/** `-1 --2`: by depth; open and closed have a sign behind. */
const drawn = (tree: TaskTree): string =>
  tree.rows
    .map(
      ({ task: { id }, depth, branch }) => `${'-'.repeat(depth)}${id}${{ leaf: '', open: '+', closed: '>' }[branch]}`,
    )
    .join(' ');
const active = (tree: TaskTree): number | undefined => tree.rows[tree.active]?.task.id;

/** What becomes active by each key, and what is shown then. */
function pressed(tree: TaskTree, ...keys: string[]): (number | undefined)[] {
  return keys.map((key) => {
    expect(tree.press(key, 2)).toBe(true);
    tree.check();
    return active(tree);
  });
}

const FAMILY = [task(1), task(2, 1), task(3, 2), task(4, 1), task(5)];

describe('the tree of tasks', () => {
  it('has children below their parents, and siblings in the order in which they came', () => {
    const tree = treeOf(task(1), task(5), task(2, 1), task(3, 2), task(4, 1));
    expect(drawn(tree)).toBe('1+ -2+ --3 -4 5');
    expect(tree.rows.map(({ position, siblings }) => `${position}/${siblings}`)).toEqual([
      '1/2',
      '1/2',
      '1/1',
      '2/2',
      '2/2',
    ]);
  });

  it('has those whose parent is not there, or comes later, at a place', () => {
    expect(drawn(treeOf(task(2, 1), task(3, 4), task(4)))).toBe('2 4+ -3');
  });

  it('is empty, and hears no key, when there are no tasks', () => {
    const tree = treeOf();
    expect([drawn(tree), tree.active, tree.press('ArrowDown', 2), tree.press('a', 2)]).toEqual(['', -1, false, false]);
    take(tree, [task(1)]);
    expect(active(tree)).toBe(1);
    take(tree, []);
    expect(tree.active).toBe(-1);
  });

  it('goes by the arrows, and stops at both ends', () => {
    const tree = treeOf(...FAMILY);
    expect(pressed(tree, 'ArrowUp', 'ArrowDown', 'ArrowDown', 'ArrowUp')).toEqual([1, 2, 3, 2]);
    expect(pressed(tree, 'End', 'ArrowDown', 'Home')).toEqual([5, 5, 1]);
  });

  it('goes by what is in sight, and stops at both ends', () => {
    expect(pressed(treeOf(...FAMILY), 'PageDown', 'PageDown', 'PageDown', 'PageUp', 'PageUp', 'PageUp')).toEqual([
      3, 5, 5, 3, 1, 1,
    ]);
  });

  it('closes and goes out to the left, opens and goes in to the right', () => {
    const tree = treeOf(...FAMILY);
    expect(pressed(tree, 'ArrowRight', 'ArrowRight', 'ArrowRight')).toEqual([2, 3, 3]);
    expect(pressed(tree, 'ArrowLeft', 'ArrowLeft')).toEqual([2, 2]);
    expect(drawn(tree)).toBe('1+ -2> -4 5');
    expect(pressed(tree, 'ArrowLeft', 'ArrowLeft', 'ArrowLeft')).toEqual([1, 1, 1]);
    expect(drawn(tree)).toBe('1> 5');
    expect(pressed(tree, 'ArrowRight')).toEqual([1]);
    expect(drawn(tree)).toBe('1+ -2> -4 5');
  });

  it('opens and closes by Enter and by the space bar; a leaf stays as it is', () => {
    const tree = treeOf(...FAMILY);
    pressed(tree, 'Enter');
    expect(drawn(tree)).toBe('1> 5');
    pressed(tree, ' ');
    expect(drawn(tree)).toBe('1+ -2+ --3 -4 5');
    pressed(tree, 'End', 'Enter');
    expect(drawn(tree)).toBe('1+ -2+ --3 -4 5');
  });

  it('opens all siblings by *', () => {
    const tree = treeOf(task(1), task(2, 1), task(3, 2), task(4, 1), task(5, 4), task(6), task(7, 6));
    for (const index of [5, 3, 1]) tree.toggle(index);
    expect(drawn(tree)).toBe('1+ -2> -4> 6>');
    pressed(tree, 'ArrowDown', '*');
    expect(drawn(tree)).toBe('1+ -2+ --3 -4+ --5 6>');
    pressed(tree, 'Home', '*');
    expect(drawn(tree)).toBe('1+ -2+ --3 -4+ --5 6+ -7');
  });

  it('finds the next name that begins with a letter', () => {
    const tree = treeOf(task(1, null, 'main'), task(2, null, 'Ada'), task(3, null, 'bob'), task(4, null, 'anna'));
    expect(pressed(tree, 'a', 'A', 'a')).toEqual([2, 4, 2]);
    expect([tree.press('x', 2), tree.press('F5', 2), tree.press('Tab', 2)]).toEqual([false, false, false]);
    expect(active(tree)).toBe(2);
  });

  it('keeps the active task active; when it is gone or hidden, the nearest above', () => {
    const tree = treeOf(...FAMILY);
    tree.activate(3);
    take(tree, [task(0), ...FAMILY]);
    expect(active(tree)).toBe(4);
    take(tree, [task(0), task(1), task(2, 1), task(5)]);
    expect(active(tree)).toBe(2);
    tree.toggle(1);
    expect([active(tree), drawn(tree)]).toEqual([1, '0 1> 5']);
    take(tree, [task(9)]);
    expect(active(tree)).toBe(9);
  });

  it('does not activate what is not there', () => {
    const tree = treeOf(...FAMILY);
    for (const index of [-1, 5]) tree.activate(index);
    expect(active(tree)).toBe(1);
    tree.toggle(7);
    expect(drawn(tree)).toBe('1+ -2+ --3 -4 5');
  });

  it('takes a large snapshot in slices, with what is opened and closed meanwhile', () => {
    const tasks = Array.from({ length: 10_000 }, (_, i) => task(i + 1, i % 10 === 0 ? null : i - (i % 10) + 1));
    const tree = treeOf(task(1), task(2, 1));
    const update = tree.update(tasks);
    for (let i = 0; i < 45; i++) update.next();
    expect(drawn(tree)).toBe('1+ -2');
    tree.toggle(0);
    expect(drawn(tree)).toBe('1>');
    let slices = 45;
    while (update.next().done !== true) slices++;
    tree.check();
    expect(drawn(tree)).toMatch(/^1> 11\+ -12 /);
    expect([tree.rows.length, slices > 60]).toEqual([9991, true]);
  });

  it('forgets that a task was closed when it is gone', () => {
    const tree = treeOf(...FAMILY);
    tree.toggle(0);
    take(tree, [task(5)]);
    take(tree, FAMILY);
    expect(drawn(tree)).toBe('1+ -2+ --3 -4 5');
  });

  it('does not recurse with the depth', () => {
    const tree = treeOf(...Array.from({ length: 10_000 }, (_, i) => task(i, i === 0 ? null : i - 1)));
    expect(tree.rows.at(-1)?.depth).toBe(9999);
    expect(pressed(tree, 'End', 'ArrowLeft')).toEqual([9999, 9998]);
  });

  const parents = fc.array(fc.nat(20), { maxLength: 20 });
  const KEYS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Enter', '*', 'Home', 'End', 'PageDown', 't'];
  const step = fc.oneof(parents, fc.constantFrom(...KEYS));

  test.prop([fc.array(step, { maxLength: 30 })], runs(300))(
    'keeps its invariants, and shows what a recursion would',
    (script) => {
      const tree = new TaskTree();
      let tasks: TaskInfo[] = [];
      for (const what of script) {
        if (typeof what === 'string') tree.press(what, 3);
        else {
          // A parent is older, or nobody.
          tasks = what.map((parent, i) => task(i, parent < i ? parent : null));
          take(tree, tasks);
        }
        tree.check();
        const closed = new Set(tree.rows.filter(({ branch }) => branch === 'closed').map(({ task: { id } }) => id));
        const shown = (parent: number | null): number[] =>
          tasks
            .filter((one) => one.parent === parent)
            .flatMap(({ id }) => (closed.has(id) ? [id] : [id, ...shown(id)]));
        expect(tree.rows.map(({ task: { id } }) => id)).toEqual(shown(null));
      }
    },
  );
});
