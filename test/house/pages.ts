// The pages of this repository, as text: their blocks of code, their links and their anchors. Whoever holds pages against
// something (tests, the site) reads them here.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface Block {
  /** `docs/which.md`. */
  readonly page: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  /** `ts`. */
  readonly language: string;
  /** What stands behind the language: `before` is code for packages that are not installed here, and is not compiled. */
  readonly marks: readonly string[];
  readonly code: string;
  /** The file that it shows, if there is one: `examples/first/main.ts`. */
  readonly file: string | undefined;
  /** What it prints, if the page says so: the block behind `It prints`. */
  readonly prints: string | undefined;
}

export interface Link {
  readonly page: string;
  readonly line: number;
  /** As it is written. */
  readonly target: string;
  readonly isPicture: boolean;
}

/** All pages that people write or read: `README.md`, `docs/jobs/save.md`, … */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...below('docs'),
  'marbles/README.md',
  'bench/RESULTS.md',
].sort();

/** Without what is installed or made there, which has a dot or is ignored. */
function below(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return /^\.|^node_modules$|^reference$|^public$/.test(entry.name) ? [] : below(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

const FENCE = /^( *)```(\S*)([^\n]*)\n([^]*?)^\1```$/gm;

export function blocksOf(page: string): readonly Block[] {
  const text = textOf(page);
  const found = [...text.matchAll(FENCE)].map((match) => ({ match, before: text.slice(0, match.index) }));
  return found.map(({ match, before }, i) => {
    const [, , language = '', marks = '', code = ''] = match;
    const next = found[i + 1];
    const between = next?.before.slice(before.length + match[0].length) ?? '';
    return {
      page,
      line: before.split('\n').length + 1,
      language,
      marks: marks.split(' ').filter((mark) => mark !== ''),
      code,
      file: /<!-- (examples\/\S+) -->\s*$/.exec(before)?.[1],
      prints: /^\s*It prints\s*$/.test(between) ? next?.match[4] : undefined,
    };
  });
}

/** Without code, in which brackets mean something else. */
function prose(text: string): string {
  const blank = (code: string): string => code.replace(/[^\n]/g, ' ');
  return text.replace(FENCE, blank).replace(/`[^`\n]*`/g, blank);
}

export function linksOf(page: string): readonly Link[] {
  return prose(textOf(page))
    .split('\n')
    .flatMap((line, i) =>
      [...line.matchAll(/(!?)\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, mark, target]) => ({
        page,
        line: i + 1,
        target: target!,
        isPicture: mark === '!',
      })),
    );
}

/** The anchors of a page's headings, as GitHub and VitePress make them of plain words. */
export function anchorsOf(page: string): readonly string[] {
  return [
    ...textOf(page)
      .replace(FENCE, '')
      .matchAll(/^#+ (.+)$/gm),
  ].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** Where absolute links lead to files of this repository: `package.json` says where it lives. */
export const home: string = (JSON.parse(textOf('package.json')) as { homepage: string }).homepage;

/** The file and the anchor that a link leads to, or undefined where it leaves this repository. */
export function destination({ page, target }: Link): { file: string; anchor: string | undefined } | undefined {
  const [path = '', anchor] = target.split('#');
  const ours = new RegExp(`^${home.replaceAll('.', '\\.')}/(?:blob|raw)/main/`);
  if (ours.test(path)) return { file: path.replace(ours, ''), anchor };
  if (/^[a-z]+:/.test(path)) return undefined;
  return { file: path === '' ? page : posix.join(dirname(page), path), anchor };
}

export function exists(file: string): boolean {
  return existsSync(join(root, file));
}
