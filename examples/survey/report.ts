// What is printed at the end: the same numbers as a table, or as JSON.

import type { SurveyResult } from './survey.ts';
import type { Totals } from './totals.ts';

export interface Report {
  readonly interrupted: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly lines: number;
  readonly words: number;
  readonly longestFile: Totals['longest'];
  readonly identifiers: {
    readonly top: Totals['identifiers']['top'];
    /** Whether the counts are. If not, each may be too low by at most `error`. */
    readonly exact: boolean;
    readonly error: number;
    /** How many different ones there are; null: more than are counted exactly. */
    readonly different: number | null;
  };
  readonly unreadable: Totals['unreadable'];
  readonly seconds: number;
  /** The most memory that the process has ever had, in bytes. */
  readonly peakRss: number;
}

export function reportOf({ totals, interrupted }: SurveyResult, seconds: number): Report {
  const { files, bytes, lines, words, longest, identifiers, unreadable } = totals;
  const { top, known, error } = identifiers;
  const exact = error === 0;
  return {
    interrupted,
    files,
    bytes,
    lines,
    words,
    longestFile: longest,
    identifiers: { top, exact, error, different: exact ? known : null },
    unreadable,
    seconds: Math.round(seconds * 1000) / 1000,
    peakRss: process.resourceUsage().maxRSS * 1024,
  };
}

export function asJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

export function asTable(report: Report): string {
  return [
    ...(report.interrupted ? ['Interrupted. Until then:', ''] : []),
    ...totalsOf(report),
    '',
    ...identifiersOf(report),
    ...unreadableOf(report),
    '',
  ].join('\n');
}

function totalsOf(report: Report): string[] {
  const { files, bytes, lines, words, longestFile, seconds, peakRss } = report;
  const megabytes = bytes / 1e6;
  const speed = megabytes / Math.max(seconds, 0.001);
  return rows([
    ['files', grouped(files)],
    ['bytes', grouped(bytes)],
    ['lines', grouped(lines)],
    ['words', grouped(words)],
    ...(longestFile === null
      ? []
      : [['longest file', grouped(longestFile.lines), `lines: ${plain(longestFile.path)}`]]),
    ['time', seconds.toFixed(2), `seconds, ${speed.toFixed(1)} MB/s`],
    ['peak memory', (peakRss / 1e6).toFixed(1), 'MB'],
  ]);
}

function identifiersOf({ identifiers: { top, exact, error, different } }: Report): string[] {
  if (top.length === 0) return ['No identifiers.'];
  const counts = exact
    ? `of ${grouped(different ?? 0)} identifiers, counted exactly`
    : `counted approximately: each may occur up to ${grouped(error)} times more`;
  return [
    `The ${grouped(top.length)} most frequent ${counts}`,
    ...rows(top.map(({ name, count }) => [name, grouped(count)])),
  ];
}

function unreadableOf({ unreadable: { count, first } }: Report): string[] {
  if (count === 0) return [];
  const more = count - first.length;
  return [
    '',
    `Could not be read: ${grouped(count)}`,
    ...first.map(({ path, reason }) => `  ${plain(path)}: ${reason}`),
    ...(more > 0 ? [`  and ${grouped(more)} more`] : []),
  ];
}

/** Of a name, a number, and what it is a number of. */
function rows(cells: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells.map(([name = '', number = '', unit = '']) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${number.padStart(widths[1] ?? 0)}  ${unit}`.trimEnd(),
  );
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}

/** A file may be called anything; what would steer the terminal is spelt out. */
function plain(path: string): string {
  return /\p{Cc}/u.test(path) ? JSON.stringify(path) : path;
}
