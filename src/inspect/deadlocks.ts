// Deadlocks: rings of nodes that wait for each other, in the graph of who needs whom (see `needs.ts`).
//
//   1. who can go on: those that may be served by anybody, or have a way out, and whoever needs one of these, or only these; and so on
//   2. the others are stuck. What is left is the graph of the stuck; whoever waits for each other in it is knotted together
//   3. of each knot one ring, the shortest: a deadlock. (Who merely waits for a knot is stuck, and not to blame.)
//
// Linear in what can be reached. Nothing recurses: a chain of ten thousand tasks is no more than a long list.
// Knots are strongly connected components: Tarjan's algorithm.

import { ANYBODY, isEnd, isSeveral, isTask, type Need, type Needs, type Node, nodesOf } from './needs.ts';

/** More than this is not looked at while the program runs; a snapshot looks at all. */
export const FAR = 5000;

/** Beyond the ids of all tasks. */
const PLACES = 2 ** 52;

export interface Ring {
  /** The names of the tasks and places, in order: each waits for the next, the last for the first. */
  readonly names: readonly string[];
  readonly nodes: readonly Node[];
  /** Nobody could be the other end of a channel in it but those who have been seen there. */
  readonly isSurmised: boolean;
}

/** The rings that can be reached from `starts`. */
export function rings(needs: Needs, starts: Iterable<Node>, most = Infinity): Ring[] {
  const graph = reach(needs, starts, most);
  if (graph === null) return [];
  const stuck = stuckOf(graph);
  if (stuck.size === 0) return [];
  const edges = new Map([...stuck].map((node) => [node, nodesOf(needOf(node, graph)).filter((one) => stuck.has(one))]));
  const found = knots(edges).map((knot) => ringOf(knot, edges));
  const known = new Set(found.flatMap(({ nodes }) => nodes));
  for (const node of stuck) {
    const need = needOf(node, graph);
    const [first] = isSeveral(need) ? (need.itself ?? []) : [];
    if (first !== undefined && !known.has(node)) found.push(ringAlong([first, node]));
  }
  return found
    .filter((one) => !isHope(one, graph))
    .sort((a, b) => ageOf(a.nodes[0] as Node) - ageOf(b.nodes[0] as Node));
}

/** One that has only ever received what it has sent itself waits for somebody else, unless it waits to send there as well. */
function isHope({ nodes }: Ring, graph: Graph): boolean {
  const [task, end] = nodes;
  if (nodes.length !== 2 || task === undefined || end === undefined || !isEnd(end)) return false;
  const { record } = end;
  return end === record.receiving && !nodesOf(needOf(task, graph)).includes(record.sending);
}

/** What each node needs, and then what would have it go on without. */
type Graph = ReadonlyMap<Node, readonly [Need, ...Need[]]>;

function needOf(node: Node, graph: Graph): Need {
  return (graph.get(node) as readonly [Need, ...Need[]])[0];
}

/** All that can be reached; null if that is too much. */
function reach(needs: Needs, starts: Iterable<Node>, most: number): Graph | null {
  const graph = new Map<Node, readonly [Need, ...Need[]]>();
  const ahead: Node[] = [...starts];
  for (let node = ahead.pop(); node !== undefined; node = ahead.pop()) {
    if (graph.has(node)) continue;
    if (graph.size >= most) return null;
    const need = needs.of(node);
    const ways = need === ANYBODY ? [] : needs.waysOut(node);
    graph.set(node, [need, ...ways]);
    for (const one of [need, ...ways]) ahead.push(...nodesOf(one));
  }
  return graph;
}

/** The greatest set of nodes none of which can go on. */
function stuckOf(graph: Graph): Set<Node> {
  const stuck = new Set(graph.keys());
  const isFree = (node: Node): boolean => graph.get(node)?.some((way) => goesOn(way, stuck)) === true;
  const neededBy = new Map<Node, Node[]>();
  for (const [node, ways] of graph) {
    for (const one of ways.flatMap(nodesOf)) {
      const those = neededBy.get(one);
      if (those === undefined) neededBy.set(one, [node]);
      else those.push(node);
    }
  }
  const free = [...graph.keys()].filter(isFree);
  for (const node of free) stuck.delete(node);
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    for (const one of neededBy.get(node) ?? []) {
      if (!stuck.has(one) || !isFree(one)) continue;
      stuck.delete(one);
      free.push(one);
    }
  }
  return stuck;
}

function goesOn(need: Need, stuck: ReadonlySet<Node>): boolean {
  if (need === ANYBODY) return true;
  if (!isSeveral(need)) return !stuck.has(need);
  return need.needs === 'one' ? need.of.some((one) => goesOn(one, stuck)) : need.of.every((one) => goesOn(one, stuck));
}

type Edges = ReadonlyMap<Node, readonly Node[]>;

/** Those that are reached from each other, in each case at least two, or one that needs itself. */
function knots(edges: Edges): Node[][] {
  const found: Node[][] = [];
  const index = new Map<Node, number>();
  const lowest = new Map<Node, number>();
  const open = new Set<Node>();
  for (const root of edges.keys()) {
    if (index.has(root)) continue;
    const path: { node: Node; at: number }[] = [];
    const enter = (node: Node): void => {
      index.set(node, index.size);
      lowest.set(node, index.size - 1);
      open.add(node);
      path.push({ node, at: 0 });
    };
    const lower = (node: Node, to: number): void => {
      lowest.set(node, Math.min(lowest.get(node) as number, to));
    };
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node } = top;
      const ahead = (edges.get(node) as readonly Node[])[top.at++];
      if (ahead !== undefined) {
        if (!index.has(ahead)) enter(ahead);
        else if (open.has(ahead)) lower(node, index.get(ahead) as number);
        continue;
      }
      path.pop();
      const before = path.at(-1);
      if (before !== undefined) lower(before.node, lowest.get(node) as number);
      if (lowest.get(node) !== index.get(node)) continue;
      const knot = [...open].filter((one) => (index.get(one) as number) >= (index.get(node) as number));
      for (const one of knot) open.delete(one);
      if (knot.length > 1 || (edges.get(node) as readonly Node[]).includes(node)) found.push(knot);
    }
  }
  return found;
}

/** A shortest ring in `knot`: through the task that was started first, or else the place that was made first. */
function ringOf(knot: readonly Node[], edges: Edges): Ring {
  const inside = new Set(knot);
  const start = knot.reduce((first, node) => (ageOf(node) < ageOf(first) ? node : first));
  const from = new Map<Node, Node>();
  const ahead: Node[] = [start];
  for (const node of ahead) {
    for (const one of edges.get(node) as readonly Node[]) {
      if (!inside.has(one) || from.has(one)) continue;
      from.set(one, node);
      if (one === start) return ring(start, from);
      ahead.push(one);
    }
  }
  return ring(start, from);
}

function ring(start: Node, from: ReadonlyMap<Node, Node>): Ring {
  const nodes = [start];
  for (let node = from.get(start) as Node; node !== start; node = from.get(node) as Node) nodes.unshift(node);
  nodes.unshift(nodes.pop() as Node);
  return ringAlong(nodes);
}

function ringAlong(nodes: readonly Node[]): Ring {
  return { nodes, names: nodes.map(nodeName), isSurmised: nodes.some(isEnd) };
}

/** Tasks come first, then places, each by its id: exactly, or the same ring would begin now here, now there, and be told twice. */
function ageOf(node: Node): number {
  if (isTask(node)) return node.id;
  return PLACES + (isEnd(node) ? node.record.id : node.id);
}

export function nodeName(node: Node): string {
  return isEnd(node) ? node.record.name : node.name;
}
