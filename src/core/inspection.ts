// What `rxsluice/inspect` tells while it is on, to those who show it: the devtools, the panel, Node's diagnostics channels. It
// stands here because the platforms' entries do not see each other.
//
//      inspection.listeners   each is called with every event while an inspector is on. It must be quick, and must not throw;
//                             it may be added and removed at any time. (Node's diagnostics channels are asked besides:
//                             whether somebody subscribes there is not told, see `inspect/diagnostics.ts`.)
//      inspection.print       the present snapshot, as text for a terminal; null when nobody inspects
//
// An event is plain data and keeps nothing alive: names are ready to be shown, values are spelled, and short. `at` is in
// milliseconds on the clock of the world in which it happened. Nothing is made of an event when there are no listeners.

import { shared } from './shared.ts';

/** What becomes of a task: of everything that runs as a coroutine. */
export interface TaskEvent {
  readonly kind: 'started' | 'waits' | 'resumed' | 'ended';
  readonly at: number;
  readonly id: number;
  readonly name: string;
  readonly parent: number | null;
  /** `receive on orders`, of one that waits. */
  readonly waitingFor: string | null;
}

/** A value went into a channel, or came out of it; or an owner has a new state. */
export interface PlaceEvent {
  readonly kind: 'sent' | 'received';
  readonly at: number;
  /** Of the place, as a snapshot has it. */
  readonly name: string;
  readonly value: string;
}

export interface FindingEvent {
  readonly kind: 'finding';
  readonly at: number;
  /** As `Finding` of `rxsluice/inspect`. */
  readonly finding: {
    readonly kind: string;
    readonly message: string;
    readonly task: string | null;
    readonly place: string | null;
  };
}

export type InspectionEvent = TaskEvent | PlaceEvent | FindingEvent;

export type InspectionListener = (event: InspectionEvent) => void;

export const inspection = /* @__PURE__ */ shared('inspection', () => ({
  listeners: new Set<InspectionListener>(),
  print: null as (() => string) | null,
}));
