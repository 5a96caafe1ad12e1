// What things are called on the server. Names were checked: none has a dot, a wildcard or white space.

export class Subjects {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Of a queue, its dead letters, an owner, a topic. */
  stream(kind: 'Q' | 'D' | 'S' | 'T', name: string): string {
    return `${this.#prefix}_${kind}_${name}`;
  }

  /** What is published there is stored, or (a topic without replay, a call) heard by who is there. */
  subject(kind: 'Q' | 'D' | 'S' | 'T' | 'C', name: string): string {
    return `${this.#prefix}.${kind}.${name}`;
  }

  /** Where the subject of a closed queue has gone. */
  closed(name: string): string {
    return `${this.#prefix}.closed.Q.${name}`;
  }

  /** What the processes tell each other about a queue, and those who call about a service. */
  events(kind: 'Q' | 'C', name: string): string {
    return `${this.#prefix}.E.${kind}.${name}`;
  }
}
