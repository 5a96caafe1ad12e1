// A line: who waits, in the order in which they came. An intrusive doubly linked list, so that joining, being served and
// leaving from the middle are O(1) and allocate nothing: whoever waits is its own node.
//
// Invariants (`check()` asserts them):
//   1. a node stands in at most one line at a time, the one its `place` names; in none: `before` and `after` are null
//   2. following `after` from `first` visits every node once and ends at `last`; `before` is the way back

/** What a line asks of its nodes. `place` is whatever the node waits at: a line, or anything else that can be left. */
export interface Linked<N> {
  place: unknown;
  before: N | null;
  after: N | null;
}

export class Line<N extends Linked<N>> {
  first: N | null = null;
  last: N | null = null;

  /** Joins at the end. */
  append(node: N): void {
    const last = this.last;
    node.place = this;
    node.before = last;
    if (last === null) this.first = node;
    else last.after = node;
    this.last = node;
  }

  /** Joins at the front: for one who was served and is given back its turn. */
  prepend(node: N): void {
    const first = this.first;
    node.place = this;
    node.after = first;
    if (first === null) this.last = node;
    else first.before = node;
    this.first = node;
  }

  /** Takes the first out. */
  shift(): N | null {
    const node = this.first;
    if (node === null) return null;
    const after = node.after;
    this.first = after;
    if (after === null) this.last = null;
    else {
      after.before = null;
      node.after = null;
    }
    node.place = null;
    return node;
  }

  /** Lets `node`, which stands in this line, go from wherever it stands. */
  leave(node: N): null {
    const { before, after } = node;
    if (before === null) this.first = after;
    else before.after = after;
    if (after === null) this.last = before;
    else after.before = before;
    node.before = null;
    node.after = null;
    node.place = null;
    return null;
  }

  /** O(n): for statistics and for tests. */
  count(counts: (node: N) => boolean = () => true): number {
    let n = 0;
    for (let node = this.first; node !== null; node = node.after) if (counts(node)) n++;
    return n;
  }

  /** @internal */
  check(): void {
    let before: N | null = null;
    for (let node = this.first; node !== null; node = node.after) {
      if (node.place !== this) throw new Error('line: a node in the line does not name it as its place');
      if (node.before !== before) throw new Error('line: the way back differs from the way forth');
      before = node;
    }
    if (this.last !== before) throw new Error('line: the last node is not where the way ends');
  }
}

/** Has `node` join right before `next`, which stands in `line`. */
export function insertBefore<N extends Linked<N>>(line: Line<N>, node: N, next: N): void {
  const before = next.before;
  if (before === null) {
    line.prepend(node);
    return;
  }
  node.place = line;
  node.before = before;
  node.after = next;
  before.after = node;
  next.before = node;
}
