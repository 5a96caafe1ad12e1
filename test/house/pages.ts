// The pages of this repository, for the tests. Their text is taken apart as the site does it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import * as markdown from '../../docs/tools/markdown.mjs';

const root = join(import.meta.dirname, '../..');

export interface Block extends markdown.Block {
  /** `docs/which.md`. */
  readonly page: string;
  /** What it prints, if the page says so: the block behind `It prints`. */
  readonly prints: string | undefined;
}

export interface Link extends markdown.Link {
  readonly page: string;
}

/** All pages that people write or read: `README.md`, `docs/jobs/save.md`, … */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...below('docs'),
  'marbles/README.md',
  'bench/RESULTS.md',
].sort();

/** Without what is installed there, or made. */
function below(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    return entry.isDirectory() ? below(path) : entry.name.endsWith('.md') ? [path] : [];
  });
}

export function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

export function blocksOf(page: string): readonly Block[] {
  const text = textOf(page);
  const blocks = markdown.blocksOf(text);
  const lines = text.split('\n');
  return blocks.map((block, i) => {
    const next = blocks[i + 1];
    const end = block.line + block.code.split('\n').length; // the line behind the fence, from 0
    const between =
      next &&
      lines
        .slice(end, next.line - 2)
        .join('\n')
        .trim();
    return { ...block, page, prints: between === 'It prints' ? `${next!.code}\n` : undefined };
  });
}

export function linksOf(page: string): readonly Link[] {
  return markdown.linksOf(textOf(page)).map((link) => ({ ...link, page }));
}

export function anchorsOf(page: string): readonly string[] {
  return markdown.anchorsOf(textOf(page));
}

/** Where absolute links lead to files of this repository: `package.json` says where it lives. */
export const home: string = (JSON.parse(textOf('package.json')) as { homepage: string }).homepage;

/** The file and the anchor that a link leads to, or undefined where it leaves this repository. */
export function destination({ page, href }: Link): { file: string; anchor: string | undefined } | undefined {
  const [path = '', anchor] = href.split('#');
  const ours = new RegExp(`^${home.replaceAll('.', '\\.')}/(?:blob|raw)/main/`);
  if (ours.test(path)) return { file: path.replace(ours, ''), anchor };
  if (/^[a-z]+:/.test(path)) return undefined;
  return { file: path === '' ? page : posix.join(posix.dirname(page), path), anchor };
}

export function exists(file: string): boolean {
  return existsSync(join(root, file));
}
