import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { Observable } from 'rxjs';

/** A document as the server has it. */
export interface Doc {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly version: number;
}

@Injectable({ providedIn: 'root' })
export class Documents {
  readonly #http = inject(HttpClient);

  all(): Observable<readonly Doc[]> {
    return this.#http.get<readonly Doc[]>('/api/docs');
  }

  save(id: string, text: string): Observable<Doc> {
    return this.#http.put<Doc>(`/api/docs/${id}`, { text });
  }

  /** The same, when the page is at its end. Only then: a browser does not give up such a request, also if one unsubscribes. */
  saveLast(id: string, text: string): Observable<Doc> {
    return this.#http.put<Doc>(`/api/docs/${id}`, { text }, { keepalive: true });
  }
}
