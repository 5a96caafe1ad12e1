// What becomes of generators that wait inside each other, with try, catch and finally, when their coroutine is cancelled at some
// moment. In obvious lines: a recursion over the statements that counts milliseconds, and knows what the language does inside
// one generator, and what the library promises between them.

/** A statement of a generator. */
export type Statement =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'mark' | 'throw' | 'return' | 'break' }
  /** By `yield*`: a generator, or a coroutine of its own. */
  | { readonly kind: 'helper' | 'coroutine'; readonly body: Block }
  /** In a loop of one round, so that there is something to break. */
  | { readonly kind: 'try'; readonly body: Block; readonly caught: Block | null; readonly finally: Block | null };

export type Block = readonly Statement[];

/** The same as a text of JavaScript; every statement that tells something has a number. */
export function sourceOf(block: Block, numbers: Iterator<number>): string {
  return block.map((statement) => sourceOfOne(statement, numbers)).join(' ');
}

function sourceOfOne(statement: Statement, numbers: Iterator<number>): string {
  switch (statement.kind) {
    case 'wait':
      return `yield* sleep(${statement.ms});`;
    case 'mark':
      return `mark(${numbers.next().value});`;
    case 'throw':
      return `if (true) throw new Error(${numbers.next().value});`;
    case 'return':
      return 'if (true) return;';
    case 'break':
      return 'if (true) break;';
    case 'helper':
      return `yield* (function* () { ${round(sourceOf(statement.body, numbers))} })();`;
    case 'coroutine':
      return `yield* coroutine(function* () { ${round(sourceOf(statement.body, numbers))} });`;
    case 'try': {
      const parts = [`try { ${sourceOf(statement.body, numbers)} }`];
      if (statement.caught !== null) parts.push(`catch { ${sourceOf(statement.caught, numbers)} }`);
      if (statement.finally !== null || statement.caught === null)
        parts.push(`finally { ${sourceOf(statement.finally ?? [], numbers)} }`);
      return round(parts.join(' '));
    }
  }
}

/** Something to break out of. */
export function round(source: string): string {
  return `do { ${source} } while (false);`;
}

type Completion = { readonly how: 'normal' | 'return' | 'break' } | { readonly how: 'throw'; readonly error: number };

const NORMAL: Completion = { how: 'normal' };
const RETURN: Completion = { how: 'return' };

/** What a generator that was cancelled has to answer for, besides how it ends. */
interface Frame {
  /** The failure of a coroutine that it waited for when the cancel came. */
  rest: number | null;
}

export class Fate {
  readonly marks: string[] = [];
  readonly reported: number[] = [];
  now = 0;
  readonly #cancelAt: number;
  #cancelled = false;
  #number = 0;

  constructor(cancelAt: number) {
    this.#cancelAt = cancelAt;
  }

  /** How the task ends that runs `block`. */
  of(block: Block): string {
    const errors: number[] = [];
    const completion = this.#generator(block, errors);
    this.reported.push(...errors.slice(1));
    if (errors.length > 0) return `rejected ${errors[0]}`;
    if (completion.how === 'throw') return `rejected ${completion.error}`;
    return this.#cancelled ? 'cancelled' : 'resolved';
  }

  /** Runs a generator; if the cancel comes meanwhile, what goes wrong is added to `errors`, and it ends as by a return. */
  #generator(block: Block, errors: number[]): Completion {
    const before = this.#cancelled;
    const frame: Frame = { rest: null };
    const completion = this.#block(block, frame, errors);
    if (before === this.#cancelled) return completion.how === 'throw' ? completion : NORMAL;
    if (completion.how === 'throw') errors.push(completion.error);
    else if (frame.rest !== null) errors.push(frame.rest);
    return RETURN;
  }

  #block(block: Block, frame: Frame, errors: number[]): Completion {
    // Numbered in the order of the text, whether they run or not.
    const first = this.#number;
    let completion: Completion = NORMAL;
    let number = first;
    for (const statement of block) {
      this.#number = number;
      number += count(statement);
      if (completion.how === 'normal') completion = this.#one(statement, frame, errors);
    }
    this.#number = number;
    return completion;
  }

  #one(statement: Statement, frame: Frame, errors: number[]): Completion {
    switch (statement.kind) {
      case 'wait':
        return this.#wait(statement.ms);
      case 'mark':
        this.marks.push(`${this.#number} at ${this.now}`);
        return NORMAL;
      case 'throw':
        return { how: 'throw', error: this.#number };
      case 'return':
      case 'break':
        return { how: statement.kind };
      case 'helper':
        return this.#generator(statement.body, errors);
      case 'coroutine':
        return this.#coroutine(statement.body, frame);
      case 'try':
        return this.#try(statement, frame, errors);
    }
  }

  #wait(ms: number): Completion {
    // Of a timer and the cancel in the same millisecond, the cancel was set first.
    if (this.#cancelled || this.now + ms < this.#cancelAt) {
      this.now += ms;
      return NORMAL;
    }
    this.now = this.#cancelAt;
    this.#cancelled = true;
    return RETURN;
  }

  #coroutine(body: Block, frame: Frame): Completion {
    const before = this.#cancelled;
    const errors: number[] = [];
    const completion = this.#generator(body, errors);
    if (before === this.#cancelled) return completion;
    // It has cleaned up, and is waited for.
    this.reported.push(...errors.slice(1));
    frame.rest = errors[0] ?? null;
    return RETURN;
  }

  #try(statement: Statement & { kind: 'try' }, frame: Frame, errors: number[]): Completion {
    const first = this.#number;
    let completion = this.#block(statement.body, frame, errors);
    const second = first + countAll(statement.body);
    if (completion.how === 'throw' && statement.caught !== null) {
      this.#number = second;
      completion = this.#block(statement.caught, frame, errors);
    }
    if (statement.finally !== null) {
      this.#number = second + countAll(statement.caught ?? []);
      const last = this.#block(statement.finally, frame, errors);
      if (last.how !== 'normal') completion = last;
    }
    return completion.how === 'break' ? NORMAL : completion;
  }
}

function countAll(block: Block): number {
  return block.reduce((sum, statement) => sum + count(statement), 0);
}

/** How many numbers it takes. */
function count(statement: Statement): number {
  switch (statement.kind) {
    case 'mark':
    case 'throw':
      return 1;
    case 'helper':
    case 'coroutine':
      return countAll(statement.body);
    case 'try':
      return countAll(statement.body) + countAll(statement.caught ?? []) + countAll(statement.finally ?? []);
    default:
      return 0;
  }
}
