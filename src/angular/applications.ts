// The applications of this process that have asked for it hear of the errors that nobody observed. RxJS has one place for those,
// and several applications may share it (a server renders many at once): the youngest that lives is told.
//
// Invariants:
//   1. an application lives  =>  `config.onUnhandledError` is ours, unless somebody has set it since
//   2. none does  =>  it is what it was before; but on a server ours stays: what fails after a page was rendered must not end the
//      process, in which others are

import { config } from 'rxjs';
import { shared } from '../core/shared.ts';
import { DESTROYED } from './home.ts';

export interface Application {
  readonly isServer: boolean;
  handleError(error: unknown): void;
}

const state = /* @__PURE__ */ shared('angular', () => ({
  living: [] as Application[],
  /** What `config.onUnhandledError` was before it was `hear`; undefined: it is not ours. */
  before: undefined as typeof config.onUnhandledError | undefined,
}));

/** The one that came last and lives. */
export function youngest(): Application | undefined {
  return state.living.at(-1);
}

/** Has `application` told of errors that nobody observed. What it returns undoes that. */
export function enrol(application: Application): () => void {
  listen();
  state.living.push(application);
  return () => {
    state.living = state.living.filter((each) => each !== application);
    if (state.living.length === 0 && !application.isServer) unlisten();
  };
}

/** On a server, where nobody else does: an error that nobody observed must not end the process. */
export function surviveErrors(): void {
  if (config.onUnhandledError === null) listen();
}

function listen(): void {
  if (config.onUnhandledError === hear) return;
  state.before = config.onUnhandledError;
  config.onUnhandledError = hear;
}

function unlisten(): void {
  if (config.onUnhandledError === hear) config.onUnhandledError = state.before ?? null;
  state.before = undefined;
}

function hear(error: unknown): void {
  // Told to one who did not want to hear of errors: that a component was destroyed is none.
  if (isByDestroy(error)) return;
  const application = youngest();
  if (application === undefined) console.error('ERROR', error);
  else application.handleError(error);
}

function isByDestroy(error: unknown): boolean {
  // By its looks: it may be of another copy of the library.
  const { name, reason } = (error ?? {}) as { name?: unknown; reason?: unknown };
  return name === 'CancelledError' && reason === DESTROYED;
}
