// All specs, and all that is drawn of them: a picture for each file of specs, and the index of the pictures.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { drawSvg, type Timeline } from '../src/testing/index.ts';
import { record } from './record.ts';
import type { Spec } from './spec.ts';

export interface Sheet {
  /** Without its ending, below `marbles`: `channel/send`. */
  readonly path: string;
  readonly room: string;
  readonly specs: readonly Spec[];
}

export const home = import.meta.dirname;

export async function sheets(): Promise<readonly Sheet[]> {
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.marbles.ts'));
  const paths = files.map((path) => path.replaceAll('\\', '/').replace(/\.marbles\.ts$/, '')).sort();
  return Promise.all(
    paths.map(async (path) => {
      const module = (await import(pathToFileURL(join(home, `${path}.marbles.ts`)).href)) as { specs: readonly Spec[] };
      return { path, room: path.split('/')[0] ?? '', specs: module.specs };
    }),
  );
}

/** The pictures of a sheet, one below the other, as one SVG. */
export function draw({ specs }: Sheet): string {
  const pictures = specs.map((spec) => drawSvg(record(spec)));
  const sizes = pictures.map((svg) => /width="(\d+)" height="(\d+)"/.exec(svg)?.slice(1).map(Number) ?? [0, 0]);
  const width = Math.max(...sizes.map(([w]) => w ?? 0));
  let height = 0;
  const placed = pictures.map((svg, i) => {
    const at = height;
    height += (sizes[i]?.[1] ?? 0) + GAP;
    // One style serves all.
    const inner = i === 0 ? svg : svg.replace(/<style>.*<\/style>\n/, '');
    return inner.replace('<svg xmlns="http://www.w3.org/2000/svg"', `<svg y="${at}"`);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">\n${placed.join('')}</svg>\n`;
}

const GAP = 14;

/** `marbles/README.md`. */
export function index(all: readonly Sheet[]): string {
  const rooms = [...new Set(all.map(({ room }) => room))];
  const lines = rooms.flatMap((room) => [
    `## ${room}`,
    '',
    ...all.filter((sheet) => sheet.room === room).flatMap(entry),
  ]);
  return [
    '# Marbles',
    '',
    'Every picture is a test: it was drawn by `npm run marbles` of what happened when its spec ran in virtual time.',
    '',
    ...lines,
  ].join('\n');
}

function entry({ path, specs }: Sheet): string[] {
  const name = path.split('/').slice(1).join('/');
  const alt = specs.map(({ title }) => title).join('; ');
  return [`### ${name}`, '', `Spec: [${path}.marbles.ts](${path}.marbles.ts)`, '', `![${alt}](${path}.svg)`, ''];
}

export type { Timeline };
