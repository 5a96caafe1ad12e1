// What happened when, as plain data: all that a picture needs, and nothing of the run that it came from.

export interface TimelineEvent {
  readonly frame: number;
  /** What is written in the marble. */
  readonly text: string;
  readonly kind: 'next' | 'error' | 'complete';
  /** Here it is lost: it is drawn struck through. */
  readonly lost?: true;
}

export interface TimelineRow {
  readonly label: string;
  /** An `operator` row is the machine between inputs and outputs; a `gauge` row is a number over time. */
  readonly kind: 'input' | 'output' | 'operator' | 'gauge';
  readonly events: readonly TimelineEvent[];
  /** Frames of subscription and unsubscription (default: from the first frame, and to the end). */
  readonly from?: number;
  readonly until?: number;
}

export interface Timeline {
  readonly title: string;
  /** The last frame that is drawn. */
  readonly frames: number;
  readonly rows: readonly TimelineRow[];
  /** What the letters in the marbles stand for. */
  readonly legend?: readonly string[];
}
