// Counts one text that comes in pieces. A piece may end anywhere: within a word, or between the bytes of one character.
//
// Between two pieces it remembers
//   the decoder's bytes   of a character that has not ended
//   #inWord               whether the last piece ended within a word, which is counted already
//   #identifier           the identifier that the last piece ended with, which is not: the next piece may go on with it

import { StringDecoder } from 'node:string_decoder';

/** Longer ones are data: nobody gives such names. It bounds what is remembered of a file that is one endless word. */
const LONGEST_IDENTIFIER = 256;

/** Of one piece. Lines and words are what `wc` calls so: the line breaks, and the runs of what is not white space. */
export interface Counts {
  readonly lines: number;
  readonly words: number;
  /** How often each identifier occurs: whatever has the shape of one, keywords and words of comments included. */
  readonly identifiers: ReadonlyMap<string, number>;
}

export class TextCounter {
  readonly #decoder = new StringDecoder('utf8');
  #inWord = false;
  #identifier = '';
  #lines = 0;
  #words = 0;

  /** Of all pieces so far. */
  get lines(): number {
    return this.#lines;
  }
  get words(): number {
    return this.#words;
  }

  count(piece: Uint8Array): Counts {
    return this.#count(this.#decoder.write(piece));
  }

  /** What was remembered, when no piece follows. */
  end(): Counts {
    // The space ends the identifier that was open.
    return this.#count(`${this.#decoder.end()} `);
  }

  #count(text: string): Counts {
    const lines = countLines(text);
    const words = this.#countWords(text);
    this.#lines += lines;
    this.#words += words;
    return { lines, words, identifiers: this.#countIdentifiers(text) };
  }

  #countWords(text: string): number {
    if (text === '') return 0;
    const found = text.match(/\S+/g)?.length ?? 0;
    const goesOn = this.#inWord && /^\S/.test(text);
    this.#inWord = /\S/.test(text.slice(-1));
    return goesOn ? found - 1 : found;
  }

  #countIdentifiers(text: string): Map<string, number> {
    const counts = new Map<string, number>();
    const whole = this.#identifier + text;
    const found: string[] = whole.match(/[\p{ID_Continue}$]+/gu) ?? [];
    const last = found.at(-1);
    const open = last !== undefined && whole.endsWith(last);
    if (open) found.pop();
    // One more than the longest: what was too long stays too long.
    this.#identifier = open ? last.slice(0, LONGEST_IDENTIFIER + 1) : '';
    for (const identifier of found) {
      if (isIdentifier(identifier)) counts.set(identifier, (counts.get(identifier) ?? 0) + 1);
    }
    return counts;
  }
}

/** Precondition: of characters that an identifier may have. Numbers are made of them too. */
function isIdentifier(run: string): boolean {
  return run.length <= LONGEST_IDENTIFIER && /^[\p{ID_Start}_$]/u.test(run);
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
