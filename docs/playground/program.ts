// From what stands in the editor to what the worker runs. An editor holds one file, `main.ts`, or more, each below a line of
// `// ---- server.ts ----`. sucrase takes the types away and keeps every line where it is, so that an error's line is the reader's.

import { transform } from 'sucrase';

const SEPARATOR = /^\/\/ ---- (\S+) ----$/;

/** Whatever virtual time has to wait for, or to replace, by the name of it. */
const ASYNCHRONOUS =
  /\b(await|async|Promise|promise|performance|Date|setTimeout|setInterval|setImmediate|requestAnimationFrame)\b/;

export interface Program {
  /** Defines `self.files`: a function for each file. */
  readonly text: string;
  readonly isAsync: boolean;
  /** Where each file stands in the editor, and in `text`; lines count from 1. */
  readonly places: readonly Place[];
}

export interface Place {
  readonly file: string;
  /** The line of the editor in which its first one stands. */
  readonly editor: number;
  /** The line of `text` in which its first one stands. */
  readonly text: number;
  readonly lines: number;
}

/** What is wrong before anything runs. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** @throws CompileError */
export function compile(source: string): Program {
  const files = filesOf(source);
  const places: Place[] = [];
  let text = 'self.files = {\n';
  for (const { file, code, editor } of files) {
    const head = `${JSON.stringify(file)}: ${/\bawait\b/.test(code) && file === 'main.ts' ? 'async ' : ''}function (require, exports, console, process) {`;
    const compiled = withoutTypes(file, code, editor);
    places.push({ file, editor, text: text.split('\n').length, lines: code.split('\n').length });
    text += `${head}${compiled}\n},\n`;
  }
  return { text: `${text}};\n`, isAsync: ASYNCHRONOUS.test(source), places };
}

function filesOf(source: string): { file: string; code: string; editor: number }[] {
  const files: { file: string; lines: string[]; editor: number }[] = [{ file: 'main.ts', lines: [], editor: 1 }];
  source.split('\n').forEach((line, i) => {
    const file = SEPARATOR.exec(line)?.[1];
    if (file === undefined) files.at(-1)?.lines.push(line);
    else files.push({ file, lines: [], editor: i + 2 });
  });
  return files.map(({ file, lines, editor }) => ({ file, code: lines.join('\n'), editor }));
}

function withoutTypes(file: string, code: string, editor: number): string {
  try {
    return transform(code, {
      transforms: ['typescript', 'imports'],
      disableESTransforms: true,
      production: true,
      filePath: file,
    }).code;
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number } };
    const said = message.replace(/^Error transforming \S+: /, '').replace(/ \(\d+:\d+\)$/, '');
    throw new CompileError(said, editor + (loc?.line ?? 1) - 1);
  }
}

/** The editor's line for a line of the program's text; null if it is none of the reader's. */
export function editorLine(places: readonly Place[], line: number): number | null {
  const place = places.find(({ text, lines }) => line >= text && line < text + lines);
  return place === undefined ? null : place.editor + line - place.text;
}
