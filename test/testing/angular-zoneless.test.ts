// @vitest-environment jsdom
// A fixture of a zoneless Angular application inside of a run: its scheduler races a timeout against an animation frame.

import '@angular/compiler';
import {
  ChangeDetectionStrategy,
  Component,
  type OnDestroy,
  provideZonelessChangeDetection,
  signal,
  type WritableSignal,
} from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { firstValueFrom, interval, type Subscription, timer } from 'rxjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { channel, sleep } from '../../src/index.ts';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

class Counter implements OnDestroy {
  readonly count: WritableSignal<number> = signal(0);
  readonly #ticking: Subscription = interval(10).subscribe((n) => this.count.set(n + 1));

  ngOnDestroy(): void {
    this.#ticking.unsubscribe();
  }
}
Component({ selector: 'app-counter', template: '{{ count() }}', changeDetection: ChangeDetectionStrategy.OnPush })(
  Counter,
);

beforeAll(() => {
  TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());
});
beforeEach(() => {
  TestBed.configureTestingModule({ providers: [provideZonelessChangeDetection()] });
});
afterEach(() => {
  TestBed.resetTestingModule();
});

const shown = (fixture: ComponentFixture<Counter>): string => (fixture.nativeElement as HTMLElement).textContent;

describe('a fixture without zones', () => {
  it('is stable, and shows what signals hold, in virtual time', async () => {
    const real = Date.now();
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const fixture = TestBed.createComponent(Counter);
      await fixture.whenStable();
      expect([shown(fixture), Date.now()]).toEqual(['0', 0]);
      await firstValueFrom(timer(35));
      expect(shown(fixture)).toBe('3');
      await sleep(5000).promise();
      expect([shown(fixture), Date.now()]).toEqual(['503', 5035]);
      fixture.componentInstance.count.set(7);
      expect(shown(fixture)).toBe('503');
      await fixture.whenStable();
      expect([shown(fixture), Date.now()]).toEqual(['7', 5035]);
      fixture.destroy();
    });
    expect(Date.now() - real).toBeLessThan(5000);
  });

  it('leaves nothing behind when it is destroyed while a change is still to be shown', async () => {
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const fixture = TestBed.createComponent(Counter);
      await fixture.whenStable();
      fixture.componentInstance.count.set(1);
      fixture.destroy();
      await Promise.resolve();
    });
    expect(typeof requestAnimationFrame).toBe('function');
  });

  it('can be looked at in a synchronous run, where changes are detected by hand', () => {
    runMarbles(({ flush, expectIdle }) => {
      expectIdle();
      const ch = channel<number>(1);
      const fixture = TestBed.createComponent(Counter);
      fixture.detectChanges();
      expect(shown(fixture)).toBe('0');
      timer(25).subscribe(() => {
        ch.trySend(1);
        fixture.detectChanges();
        expect(shown(fixture)).toBe('2');
        fixture.destroy();
      });
      flush();
      expect(ch.size).toBe(1);
    });
  });
});
