import { describe, expect, it } from 'vitest';
import { insertBefore, Line, type Linked } from '../../src/base/line.ts';

class Node implements Linked<Node> {
  place: unknown = null;
  before: Node | null = null;
  after: Node | null = null;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A line of nodes that are called by the letters of `names`. */
function lineOf(names: string): { line: Line<Node>; nodes: Node[] } {
  const line = new Line<Node>();
  const nodes = Array.from(names).map((name) => new Node(name));
  for (const node of nodes) {
    line.append(node);
    line.check();
  }
  return { line, nodes };
}

/** Empties the line from the front. */
function drain(line: Line<Node>): string {
  let names = '';
  for (let node = line.shift(); node !== null; node = line.shift()) {
    line.check();
    names += node.name;
  }
  return names;
}

const links = ({ place, before, after }: Node): unknown => ({ place, before, after });
const OUT = { place: null, before: null, after: null };

describe('a line', () => {
  it('serves in the order in which they came', () => {
    expect(drain(lineOf('abc').line)).toBe('abc');
  });

  it('has nobody to serve when it is empty', () => {
    expect(new Line<Node>().shift()).toBe(null);
  });

  it('lets whoever is prepended go first', () => {
    const { line } = lineOf('ab');
    line.prepend(new Node('c'));
    line.check();
    expect(drain(line)).toBe('cab');
  });

  it('has one node as its first and its last when that was prepended to nobody', () => {
    const line = new Line<Node>();
    line.prepend(new Node('a'));
    line.check();
    line.append(new Node('b'));
    line.check();
    expect(drain(line)).toBe('ab');
  });

  it.each([
    ['the first', 0, 'dabc'],
    ['one in the middle', 1, 'adbc'],
    ['the last', 2, 'abdc'],
  ])('lets one in before %s', (_, index, all) => {
    const { line, nodes } = lineOf('abc');
    const node = new Node('d');
    insertBefore(line, node, nodes[index]!);
    line.check();
    expect(node.place).toBe(line);
    expect(drain(line)).toBe(all);
  });

  it.each([
    ['the first', 0, 'bc'],
    ['one in the middle', 1, 'ac'],
    ['the last', 2, 'ab'],
  ])('keeps the order of the others when %s leaves', (_, index, left) => {
    const { line, nodes } = lineOf('abc');
    line.leave(nodes[index]!);
    line.check();
    expect(drain(line)).toBe(left);
  });

  it('is empty, and can be joined again, when the only one leaves', () => {
    const { line, nodes } = lineOf('a');
    line.leave(nodes[0]!);
    line.check();
    line.append(new Node('b'));
    line.check();
    expect(drain(line)).toBe('b');
  });

  it('is the place of those who stand in it', () => {
    const { line, nodes } = lineOf('ab');
    line.prepend(new Node('c'));
    expect([...nodes, line.first!].map((node) => node.place === line)).toEqual([true, true, true]);
  });

  it('keeps no link to or from one that was served', () => {
    const { line, nodes } = lineOf('ab');
    line.shift();
    expect(links(nodes[0]!)).toEqual(OUT);
    expect(nodes[1]!.before).toBe(null);
  });

  it('keeps no link to or from one that left', () => {
    const { line, nodes } = lineOf('abc');
    line.leave(nodes[1]!);
    expect(links(nodes[1]!)).toEqual(OUT);
  });

  it('can be joined by one that left another line', () => {
    const { line, nodes } = lineOf('ab');
    line.leave(nodes[0]!);
    const other = new Line<Node>();
    other.append(nodes[0]!);
    other.check();
    line.check();
    expect([drain(other), drain(line)]).toEqual(['a', 'b']);
  });

  it('counts all, or those that are meant', () => {
    const { line } = lineOf('abc');
    expect([line.count(), line.count((node) => node.name > 'a')]).toEqual([3, 2]);
  });
});

describe('1.1 withdrawal in O(1)', () => {
  /** Counts who is looked at. */
  class Watched implements Linked<Watched> {
    static looks = 0;
    place: unknown = null;
    #before: Watched | null = null;
    #after: Watched | null = null;

    get before(): Watched | null {
      Watched.looks++;
      return this.#before;
    }
    set before(node: Watched | null) {
      this.#before = node;
    }
    get after(): Watched | null {
      Watched.looks++;
      return this.#after;
    }
    set after(node: Watched | null) {
      this.#after = node;
    }
  }

  it('looks at nobody but the neighbours, however long the line', () => {
    const looks = [10, 1000].map((length) => {
      const line = new Line<Watched>();
      const nodes = Array.from({ length }, () => new Watched());
      for (const node of nodes) line.append(node);
      Watched.looks = 0;
      line.leave(nodes[length / 2]!);
      line.shift();
      line.append(nodes[0]!);
      return Watched.looks;
    });
    expect(looks[0]).toBeGreaterThan(0);
    expect(looks[1]).toBe(looks[0]);
  });
});

describe('the check of a line', () => {
  it.each<[string, (nodes: Node[], line: Line<Node>) => void]>([
    ['a node that names another place', (nodes) => (nodes[1]!.place = null)],
    ['a way back that is broken', (nodes) => (nodes[2]!.before = null)],
    ['a last one that is not at the end', (nodes, line) => (line.last = nodes[1]!)],
  ])('finds %s', (_, damage) => {
    const { line, nodes } = lineOf('abc');
    damage(nodes, line);
    expect(() => line.check()).toThrow(/^line: /);
  });
});
