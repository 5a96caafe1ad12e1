// @vitest-environment jsdom
// A fixture of an Angular application with zone.js inside of a run: timers of the run tell zones that code has run.

import '@angular/compiler';
import 'zone.js';
import 'zone.js/testing';
import { Component, NgZone, provideZoneChangeDetection } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { take, timer } from 'rxjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sleep } from '../../src/index.ts';
import { runMarbles, runMarblesAsync } from '../../src/testing/index.ts';

/** Changes plain fields, of which nobody hears but through the zone. */
class Clock {
  shown = '';

  constructor() {
    const show = (what: string) => () => void (this.shown += `${what}@${Date.now()} `);
    setTimeout(show('timeout'), 5);
    clearTimeout(setTimeout(show('cleared'), 5));
    requestAnimationFrame(show('frame'));
    timer(20, 5).pipe(take(2)).subscribe(show('timer'));
    const ticking = setInterval(() => {
      show('interval')();
      clearInterval(ticking);
    }, 40);
  }
}
Component({ selector: 'app-clock', template: '{{ shown }}' })(Clock);

beforeAll(() => {
  TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());
});
beforeEach(() => {
  TestBed.configureTestingModule({ providers: [provideZoneChangeDetection()] });
});
afterEach(() => {
  TestBed.resetTestingModule();
});

const shown = (fixture: ComponentFixture<Clock>): string => (fixture.nativeElement as HTMLElement).textContent;

describe('a fixture with zone.js', () => {
  it('shows at once what timers and frames of a run have changed', async () => {
    await runMarblesAsync(async ({ expectIdle }) => {
      expectIdle();
      const fixture = TestBed.createComponent(Clock);
      fixture.autoDetectChanges();
      const seen: string[] = [];
      for (const ms of [6, 11, 4, 5, 20]) {
        await sleep(ms).promise();
        seen.push(shown(fixture).trim());
      }
      expect(seen).toEqual([
        'timeout@5',
        'timeout@5 frame@16',
        'timeout@5 frame@16 timer@20',
        'timeout@5 frame@16 timer@20 timer@25',
        'timeout@5 frame@16 timer@20 timer@25 interval@40',
      ]);
      fixture.destroy();
    });
  });

  it('is stable once the timers of the run that it has set are over, or withdrawn', async () => {
    await runMarblesAsync(async () => {
      const fixture = TestBed.createComponent(Clock);
      fixture.autoDetectChanges();
      const zone = TestBed.inject(NgZone);
      expect(zone.hasPendingMacrotasks).toBe(true);
      await fixture.whenStable();
      expect([Date.now(), zone.hasPendingMacrotasks]).toEqual([40, false]);
      const handle = zone.run(() => setTimeout(() => expect.unreachable(), 100));
      expect(zone.hasPendingMacrotasks).toBe(true);
      clearTimeout(handle);
      expect(zone.hasPendingMacrotasks).toBe(false);
      clearTimeout(handle);
      await fixture.whenStable();
      expect(Date.now()).toBe(40);
      fixture.destroy();
    });
  });

  it('can be looked at in a synchronous run', () => {
    runMarbles(() => {
      const fixture = TestBed.createComponent(Clock);
      fixture.detectChanges();
      timer(26).subscribe(() => {
        fixture.detectChanges();
        expect(shown(fixture)).toMatch(/^timer@\d+ timer@\d+ $/);
        fixture.destroy();
      });
    });
  });
});
