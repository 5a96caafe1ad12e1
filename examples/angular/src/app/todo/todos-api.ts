import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { catchError, type Observable, of, throwError } from 'rxjs';

/** A thing to do, as the server has it. */
export interface Todo {
  readonly id: number;
  readonly title: string;
  readonly done: boolean;
}

@Injectable({ providedIn: 'root' })
export class TodosApi {
  readonly #http = inject(HttpClient);

  all(): Observable<readonly Todo[]> {
    return this.#http.get<readonly Todo[]>('/api/todos');
  }

  /** `key`: asked again with the same one, it is not added again. */
  add(title: string, key: string): Observable<Todo> {
    return this.#http.post<Todo>('/api/todos', { title, key });
  }

  mark(id: number, done: boolean): Observable<Todo> {
    return this.#http.patch<Todo>(`/api/todos/${id}`, { done });
  }

  /** That it is gone already is no failure: the answer of an attempt before may have been lost. */
  remove(id: number): Observable<unknown> {
    const isGone = (error: unknown) => error instanceof HttpErrorResponse && error.status === 404;
    return this.#http
      .delete(`/api/todos/${id}`)
      .pipe(catchError((error: unknown) => (isGone(error) ? of(null) : throwError(() => error))));
  }
}
