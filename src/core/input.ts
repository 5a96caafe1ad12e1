import { from, type Observable, type ObservableInput } from 'rxjs';
import { reject } from '../base/checks.ts';

/** What `given` brings. Rejects, where it was written, what is no observable input. */
export function observableOf<T>(whose: string, what: string, given: ObservableInput<T>): Observable<T> {
  try {
    return from(given);
  } catch {
    reject(TypeError, whose, what, 'an observable input', given);
  }
}
