// What is to be drawn, as it can be: refused where it is no timeline, and with names and texts that a terminal and XML can bear.

import { checkArray, checkFinite, checkObject, checkOneOf, checkText } from '../base/checks.ts';
import { printable } from '../base/printable.ts';
import type { Timeline, TimelineEvent, TimelineRow } from './timeline.ts';

/** @throws TypeError or RangeError that names the call (`whose`), and what of the timeline is wrong. */
export function drawable(whose: string, timeline: Timeline): Timeline {
  checkObject(whose, 'timeline', timeline);
  const { title, frames, rows, legend } = timeline;
  checkText(whose, 'title', title);
  checkFinite(whose, 'frames', frames);
  checkArray(whose, 'rows', rows);
  if (legend !== undefined) checkArray(whose, 'legend', legend);
  return {
    title: printable(title),
    frames,
    rows: rows.map((row, i) => drawableRow(whose, `rows[${i}]`, row)),
    legend: (legend ?? []).map((line, i) => {
      checkText(whose, `legend[${i}]`, line);
      return printable(line);
    }),
  };
}

function drawableRow(whose: string, what: string, row: TimelineRow): TimelineRow {
  checkObject(whose, what, row);
  const { label, kind, events, from, until } = row;
  checkText(whose, `${what}.label`, label);
  checkOneOf(whose, `${what}.kind`, kind, ['input', 'output', 'operator', 'gauge']);
  checkArray(whose, `${what}.events`, events);
  if (from !== undefined) checkFinite(whose, `${what}.from`, from);
  if (until !== undefined) checkFinite(whose, `${what}.until`, until);
  return {
    ...row,
    label: printable(label),
    events: events.map((event, i) => drawableEvent(whose, `${what}.events[${i}]`, event, kind)),
  };
}

function drawableEvent(whose: string, what: string, event: TimelineEvent, row: TimelineRow['kind']): TimelineEvent {
  checkObject(whose, what, event);
  const { frame, text, kind, lost } = event;
  checkFinite(whose, `${what}.frame`, frame);
  checkText(whose, `${what}.text`, text);
  checkOneOf(whose, `${what}.kind`, kind, ['next', 'error', 'complete']);
  if (row === 'gauge') checkFinite(whose, `${what}.text of a gauge`, text.trim() === '' ? text : Number(text));
  return { frame, kind, text: printable(text), ...(lost === true && { lost }) };
}
