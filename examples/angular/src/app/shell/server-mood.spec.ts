import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRxsluice } from 'rxsluice/angular';
import { runMarblesAsync } from 'rxsluice/testing';
import { beforeEach, expect, it } from 'vitest';
import { ServerMood } from './server-mood';

beforeEach(() => {
  TestBed.configureTestingModule({
    providers: [provideZonelessChangeDetection(), provideRxsluice(), provideHttpClient(), provideHttpClientTesting()],
  });
});

it('tells one thing at a time, and then the latest', async () => {
  await runMarblesAsync(async ({ expectIdle }) => {
    const fixture = TestBed.createComponent(ServerMood);
    await fixture.whenStable();
    const http = TestBed.inject(HttpTestingController);
    http.expectOne('/api/control').flush({ docs: { delay: 0, fail: true } });
    await fixture.whenStable();
    const select = (fixture.nativeElement as HTMLElement).querySelector('select') as HTMLSelectElement;
    expect(select.value).toBe('failing');
    for (const mood of ['slow', 'failing', 'well']) {
      select.value = mood;
      select.dispatchEvent(new Event('change'));
    }
    http.expectOne((request) => request.body.delay === 3000).flush({});
    http.expectOne((request) => request.body.fail === false).flush({});
    http.verify();
    await fixture.whenStable();
    fixture.destroy();
    expectIdle();
    expect(select.value).toBe('well');
  });
});
