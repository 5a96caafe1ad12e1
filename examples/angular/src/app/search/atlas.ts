import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { Observable } from 'rxjs';

@Injectable({ providedIn: 'root' })
export class Atlas {
  readonly #http = inject(HttpClient);

  /** Rivers that have `part` in their name. */
  rivers(part: string): Observable<readonly string[]> {
    return this.#http.get<readonly string[]>('/api/search', { params: { q: part } });
  }
}
