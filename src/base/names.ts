// Things that were given no name are called by kind and number: `channel#3`. The number is drawn when the thing is made;
// the name is spelled only when somebody reads it.

export class Names {
  readonly kind: string;
  #last = 0;

  constructor(kind: string) {
    this.kind = kind;
  }

  draw(): number {
    return ++this.#last;
  }

  /** What a person reads: `channel orders`, or `channel#3`. */
  title(name: string | undefined, number: number): string {
    return name === undefined ? this.spell(number) : `${this.kind} ${name}`;
  }

  spell(number: number): string {
    return `${this.kind}#${number}`;
  }
}
