// All specs, and all that is drawn of them: a picture for each, and the index of the pictures.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Runs a spec of `sheet`. @throws Error if it does not hold, which begins with its line and its title. */
export function hold(sheet: Sheet, spec: Spec, folder = home): Timeline {
  try {
    return record(spec);
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    throw new Error(`${placeOf(sheet, spec, folder)}: ${spec.title}\n${told}`, { cause: error });
  }
}

/** `marbles/channel/send.marbles.ts:12`, where its title stands: in the file of its sheet, or in one beside it. */
export function placeOf({ path }: Sheet, { title }: Spec, folder = home): string {
  const file = `${path}.marbles.ts`;
  const beside = readdirSync(join(folder, dirname(path))).filter((name) => !name.includes('.marbles.'));
  for (const name of [file, ...beside.map((name) => `${dirname(path)}/${name}`)]) {
    const lines = name.endsWith('.ts') ? readFileSync(join(folder, name), 'utf8').split('\n') : [];
    const at = lines.findIndex((line) => line.includes(title));
    if (at >= 0) return `marbles/${name}:${at + 1}`;
  }
  return `marbles/${file}`;
}

/**
 * Draws all sheets, and gives what does not hold. A sheet that does not keeps the picture that it has; the index is written only
 * if all hold.
 */
export function drawAll(all: readonly Sheet[], folder = home): readonly string[] {
  const failures: string[] = [];
  for (const sheet of all) {
    const timelines = sheet.specs.flatMap((spec) => {
      try {
        return hold(sheet, spec, folder);
      } catch (error) {
        failures.push((error as Error).message);
        return [];
      }
    });
    if (timelines.length < sheet.specs.length) continue;
    for (const [i, timeline] of timelines.entries())
      writeFileSync(join(folder, pictureOf(sheet, i)), drawSvg(timeline));
  }
  if (failures.length === 0) writeFileSync(join(folder, 'README.md'), index(all));
  return failures;
}

/** The picture of each spec: one story each. The first one, which the docs show, has the name of the sheet. */
export function pictureOf({ path }: Sheet, i: number): string {
  return `${path}${i === 0 ? '' : `.${i + 1}`}.svg`;
}

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

function entry(sheet: Sheet): string[] {
  const { path, specs } = sheet;
  const name = path.split('/').slice(1).join('/');
  const pictures = specs.flatMap(({ title }, i) => [`![${title}](${pictureOf(sheet, i)})`, '']);
  return [`### ${name}`, '', `Spec: [${path}.marbles.ts](${path}.marbles.ts)`, '', ...pictures];
}
