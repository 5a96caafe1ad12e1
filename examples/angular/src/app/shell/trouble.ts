import { HttpErrorResponse } from '@angular/common/http';

/** Whether a failure may be gone the next time: no network, no answer, a server that is down. What was refused stays refused. */
export function passes(error: unknown): boolean {
  return !(error instanceof HttpErrorResponse) || error.status === 0 || error.status >= 500;
}

/** What to say of a failure. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof HttpErrorResponse)) return error instanceof Error ? error.message : String(error);
  if (error.status === 0) return 'There is no network';
  const { message } = (error.error ?? {}) as { message?: string };
  return message ?? `The server answered ${error.status}`;
}
