// A lane, painted: marbles with their text where there is room for it, dots where they stand closer, and where it is dense, ticks
// whose height tells how many events each stands for. Now is at the right edge.
//
// How a mark is drawn depends on it and on its two neighbours, and on nothing further away, so that nothing flickers while the
// marks move to the left.

import type { Mark } from './lanes.ts';

export interface Scheme {
  readonly ink: string;
  readonly line: string;
  readonly accent: string;
  readonly dark: boolean;
}

export interface Stretch {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Milliseconds on the clock of the marks, at the right edge. */
  readonly now: number;
  /** Milliseconds from edge to edge. */
  readonly span: number;
}

/** The same text has the same colour, that of `drawSvg`. */
const LIGHT = ['#bdf', '#fd8', '#beb', '#fcc', '#dcf', '#fdb'] as const;
const DARK = ['#048', '#650', '#153', '#722', '#429', '#731'] as const;
const RADIUS = 8;
const DOT = 4;
const LETTERS = 8;
const LETTER = 5.5;

/** The colours that the style sheet gives to an element; properties that do not show in it lend themselves to two of them. */
export function schemeOf(element: Element): Scheme {
  const { color, outlineColor, caretColor } = getComputedStyle(element);
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return { ink: color, line: outlineColor, accent: caretColor, dark: red + green + blue > 384 };
}

export function paintLane(
  context: CanvasRenderingContext2D,
  marks: readonly Mark[],
  stretch: Stretch,
  scheme: Scheme,
): void {
  const { width, height, now, span } = stretch;
  const middle = height / 2;
  const x = (mark: Mark): number => width - RADIUS - ((now - mark.at) / span) * (width - RADIUS);
  context.clearRect(0, 0, width, height);
  context.fillStyle = scheme.line;
  context.fillRect(0, middle - 0.5, width, 1);
  context.font = '9px ui-monospace,monospace';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 1;
  context.strokeStyle = scheme.ink;
  let left = Infinity;
  for (let i = 0; i < marks.length; i++) {
    const mark = marks[i] as Mark;
    const next = marks[i + 1];
    const at = x(mark);
    const right = next === undefined ? Infinity : x(next) - at;
    // Half of the way to the nearer neighbour belongs to each, and what is left up to the edge.
    paintMark(context, mark, at, middle, Math.min(left / 2, right / 2, width - at), scheme);
    left = right;
  }
}

function paintMark(
  context: CanvasRenderingContext2D,
  { text, count }: Mark,
  at: number,
  middle: number,
  room: number,
  scheme: Scheme,
): void {
  if (count > 1 || room < DOT) {
    const tall = Math.min(middle - 2, 2 + 1.5 * Math.log2(count + 1));
    context.fillStyle = scheme.accent;
    context.fillRect(at - 0.75, middle - tall, 1.5, 2 * tall);
    return;
  }
  context.beginPath();
  const half = Math.max(RADIUS, (Math.min(text.length, LETTERS) * LETTER) / 2 + 3);
  const fits = half <= room - 1;
  if (fits) context.roundRect(at - half, middle - RADIUS, 2 * half, 2 * RADIUS, RADIUS);
  else context.arc(at, middle, Math.min(room, DOT), 0, 2 * Math.PI);
  context.fillStyle = (scheme.dark ? DARK : LIGHT)[(text.codePointAt(0) ?? 0) % LIGHT.length] as string;
  context.fill();
  context.globalAlpha = 0.45;
  context.stroke();
  context.globalAlpha = 1;
  if (!fits) return;
  context.fillStyle = scheme.ink;
  context.fillText(text.length > LETTERS ? `${text.slice(0, LETTERS - 1)}…` : text, at, middle + 0.5);
}
