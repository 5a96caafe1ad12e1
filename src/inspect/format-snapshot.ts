// A snapshot as text: tasks as a tree, then places, then the rings of those that wait for each other.
//
// Nothing recurses: a tree may be as deep as the program makes it. Beyond LEVELS a line is no longer indented, and says how deep
// it is: else a chain of ten thousand would be a hundred megabytes of blanks.
// After `python -m asyncio pstree`.

import { printable } from '../base/printable.ts';
import { formatDuration } from './format-duration.ts';
import type { PlaceInfo, Snapshot, TaskInfo } from './inspector.ts';

/** How far the tree is indented. */
const LEVELS = 40;
/** How many are named of those who wait at one place. */
const NAMED = 10;

/**
 * A snapshot as text, for a terminal.
 *
 * ```
 * 3 tasks
 * ├─ bank: waits 1.2 s for all of 2
 * │  ├─ a to b: waits 1.2 s for lock of b  ✖ deadlock 1
 * │  └─ b to a: waits 1.2 s for lock of a  ✖ deadlock 1
 * └─ clock: ready
 * ```
 *
 * First the tasks as a tree: each below the one that started it, in the order in which they started; with its state, what it waits for and
 * since when, and where it was started, if that is known. A task whose parent has ended stands at the root; those that share a name are
 * told apart by their ids. Then the places, and who waits there. Then the deadlocks: rings of tasks and places of which each waits for the next; whoever is
 * part of one is marked above. Control characters are escaped. The same snapshot gives the same text.
 *
 * @example
 * ```ts
 * console.log(formatSnapshot(inspector.snapshot()));
 * ```
 *
 * After `python -m asyncio pstree`.
 */
export function formatSnapshot(snapshot: Snapshot): string {
  const labels = labelsOf(snapshot.tasks);
  const marks = new Marks(snapshot);
  const sections = [
    [count(snapshot.tasks.length, 'task'), ...treeOf(snapshot.tasks, (task) => describeTask(task, labels, marks))],
    [
      count(snapshot.places.length, 'place'),
      ...listOf(snapshot.places, (place) => describePlace(place, labels) + marks.ofPlace(place)),
    ],
    ...snapshot.cycles.map((cycle, index) => [`deadlock ${index + 1}: each waits for the next`, ...ringOf(cycle)]),
  ];
  const isShown = ([, first]: string[], index: number): boolean => index === 0 || first !== undefined;
  return sections
    .filter(isShown)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function count(n: number, what: string): string {
  return `${n === 0 ? 'no' : n} ${what}${n === 1 ? '' : 's'}`;
}

/** What each task is called: by its name, and by its id too where that is the name of several. */
function labelsOf(tasks: readonly TaskInfo[]): Map<number, string> {
  const namesakes = new Map<string, number>();
  for (const { name } of tasks) namesakes.set(name, (namesakes.get(name) ?? 0) + 1);
  const label = ({ id, name }: TaskInfo): string => printable(namesakes.get(name) === 1 ? name : `${name} [${id}]`);
  return new Map(tasks.map((task) => [task.id, label(task)]));
}

function describeTask(task: TaskInfo, labels: ReadonlyMap<number, string>, marks: Marks): string {
  const startedAt = task.startedAt === null ? '' : `  ${printable(task.startedAt)}`;
  return `${labels.get(task.id)}: ${stateOf(task)}${startedAt}${marks.ofTask(task)}`;
}

function stateOf({ state, waitingFor, forMs }: TaskInfo): string {
  const duration = formatDuration(forMs);
  const waits = waitingFor === null ? '' : `waits ${duration} for ${printable(waitingFor)}`;
  switch (state) {
    case 'waiting':
      return waits || `waits ${duration}`;
    case 'cleaning':
      return waits ? `cleans up, ${waits}` : `cleans up, ${duration}`;
    case 'running':
    case 'ready':
      return `${state}, ${duration}`;
  }
}

function describePlace({ text, waiting }: PlaceInfo, labels: ReadonlyMap<number, string>): string {
  const named = waiting.slice(0, NAMED).map((id) => labels.get(id) ?? `task ${id}`);
  const others = waiting.length > NAMED ? [`${waiting.length - NAMED} more`] : [];
  return printable(text) + (waiting.length > 0 ? `  ◄─ ${[...named, ...others].join(', ')}` : '');
}

interface Branch {
  readonly task: TaskInfo;
  readonly depth: number;
  /** What the lines of its children begin with; its own, with a corner in place of the last part. */
  readonly before: string;
  readonly isLast: boolean;
}

function treeOf(tasks: readonly TaskInfo[], describe: (task: TaskInfo) => string): string[] {
  const children = childrenOf(tasks);
  const lines: string[] = [];
  const left: Branch[] = [];
  const push = (of: readonly TaskInfo[], depth: number, before: string): void => {
    const last = of.at(-1);
    for (const task of [...of].reverse()) left.push({ task, depth, before, isLast: task === last });
  };
  push(children.get(null) ?? [], 0, '');
  for (let branch = left.pop(); branch !== undefined; branch = left.pop()) {
    const { task, depth, before, isLast } = branch;
    const isDeep = depth >= LEVELS;
    lines.push(before + (isDeep ? `… level ${depth + 1}: ` : corner(isLast)) + describe(task));
    push(children.get(task.id) ?? [], depth + 1, isDeep ? before : before + (isLast ? '   ' : '│  '));
  }
  return lines;
}

function listOf<T>(things: readonly T[], describe: (thing: T) => string): string[] {
  return things.map((thing, index) => corner(index === things.length - 1) + describe(thing));
}

function corner(isLast: boolean): string {
  return isLast ? '└─ ' : '├─ ';
}

/** By the id of their parent; null has those whose parent is not here. Each in the order in which they started. */
function childrenOf(tasks: readonly TaskInfo[]): Map<number | null, TaskInfo[]> {
  const ids = new Set(tasks.map(({ id }) => id));
  const children = new Map<number | null, TaskInfo[]>();
  for (const task of [...tasks].sort((a, b) => a.id - b.id)) {
    const parent = task.parent !== null && ids.has(task.parent) ? task.parent : null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [task]);
    else siblings.push(task);
  }
  return children;
}

function ringOf(cycle: readonly string[]): string[] {
  const [first, ...others] = cycle.map(printable);
  if (first === undefined) return [];
  const last = others.pop() ?? 'itself';
  return [`┌─► ${first}`, ...others.map((each) => `│   ${each}`), `└── ${last}`];
}

/** Which deadlocks somebody is part of. */
class Marks {
  readonly #rings: readonly Ring[];

  constructor({ cycles, places }: Snapshot) {
    this.#rings = cycles.map((cycle) => {
      const names = new Set(cycle);
      const waiting = places.filter((place) => isIn(names, place)).flatMap((place) => place.waiting);
      return { names, waiting: new Set(waiting) };
    });
  }

  /** Of those with one name, only who waits there. */
  ofTask({ id, name, waitingFor }: TaskInfo): string {
    if (waitingFor === null) return '';
    return this.#mark(({ names, waiting }) => names.has(name) && (waiting.size === 0 || waiting.has(id)));
  }

  ofPlace(place: PlaceInfo): string {
    return this.#mark(({ names }) => isIn(names, place));
  }

  #mark(isPart: (ring: Ring) => boolean): string {
    const numbers = this.#rings.flatMap((ring, index) => (isPart(ring) ? [index + 1] : []));
    return numbers.length === 0 ? '' : `  ✖ deadlock ${numbers.join(', ')}`;
  }
}

interface Ring {
  readonly names: ReadonlySet<string>;
  /** Those who wait at a place of it. */
  readonly waiting: ReadonlySet<number>;
}

function isIn(names: ReadonlySet<string>, { kind, name }: PlaceInfo): boolean {
  return names.has(name) || names.has(`${kind} ${name}`);
}
