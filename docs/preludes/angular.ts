// What the blocks of the page take for granted.

import { inject, Injectable, signal } from '@angular/core';
import type { HttpClient } from '@angular/common/http';
import { injectJobQueue } from 'rxsluice/angular';
import type { Observable } from 'rxjs';

export { HttpClient } from '@angular/common/http';
export { computed, effect, inject, provideZonelessChangeDetection, signal } from '@angular/core';
export { TestBed } from '@angular/core/testing';
export { bootstrapApplication } from '@angular/platform-browser';
export { expect, it } from 'vitest';

export declare class App {}

export interface Doc {
  readonly id: number;
  readonly text: string;
}

/** The editor of the page's first part, for the parts that follow. */
export class Editor {
  readonly doc = signal<Doc | undefined>(undefined);
  readonly saves = injectJobQueue((_doc: Doc): Observable<void> => inject<HttpClient>({} as never).put<void>('', null));
}

/** As in `@angular/router`. */
export type CanDeactivateFn<T> = (component: T) => boolean | Promise<boolean>;

export declare function partsOf(file: File): readonly { readonly end: number }[];
export declare function send(part: { readonly end: number }, signal: AbortSignal): Promise<void>;

export type Seat = string;
export type Receipt = string;

@Injectable()
export class Api {
  book(seat: Seat): Promise<Receipt> {
    return Promise.resolve(seat);
  }
}

export interface Tick {
  readonly symbol: string;
  readonly price: number;
}

@Injectable()
export class Feed {
  readonly ticks!: Observable<Tick>;
}

export interface Todo {
  readonly id: number;
  readonly text: string;
}

@Injectable()
export class Atlas {
  rivers(part: string): Observable<readonly string[]> {
    throw new Error(part);
  }
}
