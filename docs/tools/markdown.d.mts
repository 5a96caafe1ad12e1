// The types of `markdown.mjs`, for the tests, which read pages by it as the site does.

export interface Block {
  readonly language: string;
  readonly marks: readonly string[];
  /** Without the end of its last line. */
  readonly code: string;
  readonly line: number;
  readonly file: string | null;
}

export interface Link {
  readonly href: string;
  readonly isPicture: boolean;
  readonly alt: string;
}

export interface Stretch {
  readonly kind: 'text' | 'code';
  readonly lines: readonly string[];
  /** Of the first line of code. */
  readonly line?: number;
}

export declare function stretchesOf(text: string): Stretch[];
export declare function blocksOf(text: string): Block[];
export declare function linksOf(text: string): Link[];
export declare function anchorsOf(text: string): string[];
