// A component around what a test injects.

import '@angular/compiler';
import {
  ChangeDetectionStrategy,
  Component,
  type EnvironmentProviders,
  ErrorHandler,
  type Provider,
  provideZonelessChangeDetection,
} from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

/** Has each test of the file begin with an application of such providers, by default one without zones. */
export function useTestBed(...providers: (Provider | EnvironmentProviders)[]): void {
  beforeAll(() => {
    TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());
  });
  afterAll(() => {
    // The next file, in the same process, has a document of its own.
    TestBed.resetTestEnvironment();
  });
  beforeEach(() => {
    const all = providers.length > 0 ? providers : [provideZonelessChangeDetection()];
    TestBed.configureTestingModule({ providers: all });
  });
  afterEach(() => {
    TestBed.resetTestingModule();
  });
}

let hosts = 0;

export interface Bed<T> {
  readonly fixture: ComponentFixture<unknown>;
  readonly made: T;
  /** How often its template was executed. */
  readonly paints: () => number;
  readonly text: () => string;
  readonly destroy: () => void;
}

/** A component that calls `inject` as it is made, and shows what `show` returns. */
export function bed<T>(inject: () => T, show: (made: T) => unknown = () => ''): Bed<T> {
  class Host {
    readonly made = inject();
    paints = 0;
    show(): string {
      this.paints++;
      return String(show(this.made));
    }
  }
  Component({
    selector: `app-host-${++hosts}`,
    template: '{{ show() }}',
    changeDetection: ChangeDetectionStrategy.OnPush,
  })(Host);
  const fixture = TestBed.createComponent(Host);
  const host = fixture.componentInstance;
  return {
    fixture,
    made: host.made,
    paints: () => host.paints,
    text: () => (fixture.nativeElement as HTMLElement).textContent,
    destroy: () => fixture.destroy(),
  };
}

/** An ErrorHandler that keeps what it hears. */
export function hearing(): { errors: unknown[]; provider: Provider } {
  const errors: unknown[] = [];
  return {
    errors,
    provider: { provide: ErrorHandler, useValue: { handleError: (error: unknown) => void errors.push(error) } },
  };
}
