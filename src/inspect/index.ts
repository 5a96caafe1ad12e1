// What runs, who waits for what and since when, and what looks wrong: everything that `rxsluice/inspect` exports.

export { inspect } from './inspect.ts';
export { formatSnapshot } from './format-snapshot.ts';
export { showInDevtools } from './show-in-devtools.ts';
export type {
  Finding,
  InspectOptions,
  Inspector,
  PlaceInfo,
  Snapshot,
  TaskInfo,
  TimelineOptions,
} from './inspector.ts';
