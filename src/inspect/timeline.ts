// What has happened as rows of marbles: of a task, what it waits for, one letter for each thing, until it ends; of a place, what
// was sent there, and what was received.
//
// Frames are milliseconds on the clock, from the first event that is shown: of virtual time they are its frames.

import type { InspectionEvent } from '../core/inspection.ts';
import type { Timeline, TimelineEvent, TimelineRow } from '../testing/timeline.ts';

type Told = Exclude<InspectionEvent, { kind: 'finding' }>;

interface Row {
  readonly label: string;
  readonly kind: 'input' | 'output';
  readonly events: TimelineEvent[];
  readonly from: number | undefined;
}

/** At most `most` of the latest events of `names`; null: of all. */
export function timelineOf(all: readonly InspectionEvent[], names: ReadonlySet<string> | null, most: number): Timeline {
  const named = all.filter((event): event is Told => event.kind !== 'finding' && (names?.has(event.name) ?? true));
  const told = named.slice(Math.max(0, named.length - most));
  const began = told[0]?.at ?? 0;
  const rows = new Map<string, Row>();
  const letters = new Map<string, string>();
  for (const event of told) {
    const row = rowOf(rows, event, event.at - began);
    const marble = marbleOf(event, letters);
    if (marble !== null) row.events.push({ frame: event.at - began, ...marble });
  }
  const frames = told.reduce((last, { at }) => Math.max(last, at - began), 0);
  const legend = [...letters].map(([what, letter]) => `${letter} = ${what}`);
  return { title: titleOf(names), frames, rows: [...rows].filter(isUsed).map(([, row]) => finished(row)), legend };
}

/** What was sent to a place stands above what was received there, whichever was noted first. */
function rowOf(rows: Map<string, Row>, event: Told, frame: number): Row {
  if ('id' in event)
    return rowNamed(rows, `task ${event.id}`, event.name, 'output', event.kind === 'started' ? frame : undefined);
  const input = rowNamed(rows, `sent ${event.name}`, event.name, 'input');
  const output = rowNamed(rows, `received ${event.name}`, event.name, 'output');
  return event.kind === 'sent' ? input : output;
}

function rowNamed(rows: Map<string, Row>, key: string, label: string, kind: Row['kind'], from?: number): Row {
  let row = rows.get(key);
  if (row === undefined) {
    row = { label, kind, events: [], from };
    rows.set(key, row);
  }
  return row;
}

function marbleOf(event: Told, letters: Map<string, string>): Omit<TimelineEvent, 'frame'> | null {
  switch (event.kind) {
    case 'sent':
    case 'received':
      return { kind: 'next', text: event.value };
    case 'waits':
      return { kind: 'next', text: letterOf(event.waitingFor ?? '', letters) };
    case 'ended':
      return { kind: 'complete', text: '' };
    case 'started':
    case 'resumed':
      return null;
  }
}

/** a to z, then a1 to z1, and so on. */
function letterOf(what: string, letters: Map<string, string>): string {
  let letter = letters.get(what);
  if (letter === undefined) {
    const number = letters.size;
    letter = String.fromCharCode(97 + (number % 26)) + (number < 26 ? '' : String(Math.floor(number / 26)));
    letters.set(what, letter);
  }
  return letter;
}

/** Of a place, one of the two rows may have no use. */
function isUsed([key, { events }]: [string, Row]): boolean {
  return events.length > 0 || key.startsWith('task ');
}

function finished({ label, kind, events, from }: Row): TimelineRow {
  return from === undefined ? { label, kind, events } : { label, kind, events, from };
}

function titleOf(names: ReadonlySet<string> | null): string {
  return names === null || names.size === 0 ? 'what has happened' : [...names].join(', ');
}
