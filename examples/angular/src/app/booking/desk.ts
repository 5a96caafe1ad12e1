import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { Observable } from 'rxjs';

export interface Seat {
  readonly seat: string;
  readonly free: boolean;
}

export interface Ticket {
  readonly seat: string;
  readonly name: string;
  readonly number: string;
}

@Injectable({ providedIn: 'root' })
export class Desk {
  readonly #http = inject(HttpClient);

  seats(): Observable<readonly Seat[]> {
    return this.#http.get<readonly Seat[]>('/api/booking/seats');
  }

  book(seat: string, name: string): Observable<Ticket> {
    return this.#http.post<Ticket>('/api/booking', { seat, name });
  }
}
