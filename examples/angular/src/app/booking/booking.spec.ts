// In virtual time: ninety seconds are none.

import { HttpErrorResponse } from '@angular/common/http';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { type Observable, of, throwError } from 'rxjs';
import { provideRxsluice } from 'rxsluice/angular';
import { runMarblesAsync } from 'rxsluice/testing';
import { beforeEach, expect, it } from 'vitest';
import { Booking } from './booking';
import { Desk, type Ticket } from './desk';

const ms = (n: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, n));
const SEATS = ['1A', '1B'].map((seat) => ({ seat, free: true }));

let book: (seat: string, name: string) => Observable<Ticket>;

beforeEach(() => {
  book = (seat, name) => of({ seat, name, number: 'B-1' });
  const desk = { seats: () => of(SEATS), book: (seat: string, name: string) => book(seat, name) };
  TestBed.configureTestingModule({
    providers: [provideZonelessChangeDetection(), provideRxsluice(), { provide: Desk, useValue: desk }],
  });
});

async function booking() {
  const fixture = TestBed.createComponent(Booking);
  document.body.append(fixture.nativeElement as HTMLElement);
  const element = fixture.nativeElement as HTMLElement;
  const title = async (): Promise<string> => {
    await fixture.whenStable();
    return element.querySelector('h2')?.textContent?.trim() ?? '';
  };
  const alert = (): string => element.querySelector('[role=alert]')?.textContent?.trim() ?? '';
  const press = async (name: string): Promise<string> => {
    await fixture.whenStable();
    [...element.querySelectorAll('button')].find((each) => each.textContent?.trim() === name)?.click();
    return title();
  };
  const write = async (name: string): Promise<string> => {
    (element.querySelector('input') as HTMLInputElement).value = name;
    return press('Next');
  };
  return { fixture, element, title, alert, press, write };
}

it('goes forwards, back, and to a ticket', async () => {
  await runMarblesAsync(async ({ expectIdle }) => {
    const { fixture, element, press, title, write } = await booking();
    const seen = [await title(), await press('1A'), await press('Back'), await press('1B'), await write('Ada')];
    seen.push(await press('Back'));
    expect(element.querySelector('input')?.value).toBe('Ada');
    seen.push(await write('Eve'), await press('Book it'), await press('Book another'));
    expect(seen).toEqual([
      'Which seat?',
      'Seat 1A: in whose name?',
      'Which seat?',
      'Seat 1B: in whose name?',
      'Seat 1B, for Ada',
      'Seat 1B: in whose name?',
      'Seat 1B, for Eve',
      'Booked: seat 1B',
      'Which seat?',
    ]);
    fixture.destroy();
    expectIdle();
  });
});

it('begins anew after ninety seconds, wherever one is, and not before', async () => {
  await runMarblesAsync(async ({ expectIdle }) => {
    const { fixture, press, title, write, alert } = await booking();
    await press('1A');
    await ms(80_000);
    expect(await write('Ada')).toBe('Seat 1A, for Ada');
    await ms(9_000);
    expect(await title()).toBe('Seat 1A, for Ada');
    await ms(1_500);
    expect([await title(), alert()]).toEqual(['Which seat?', 'Your time was up, and the seat is free again.']);
    fixture.destroy();
    expectIdle();
  });
});

it('tries again what may go through, and begins anew when it was refused', async () => {
  await runMarblesAsync(async () => {
    const fails = (status: number) => () =>
      throwError(() => new HttpErrorResponse({ status, error: { message: 'No' } }));
    const { fixture, press, title, write, alert } = await booking();
    await press('1A');
    await write('Ada');
    book = fails(503);
    expect([await press('Book it'), alert()]).toEqual(['Seat 1A, for Ada', 'It is not booked yet. No.']);
    book = fails(409);
    expect([await press('Book it'), alert()]).toEqual(['Which seat?', 'No']);
    expect(await title()).toBe('Which seat?');
    fixture.destroy();
  });
});

it('leaves nothing behind, in whatever step it is destroyed', async () => {
  for (const steps of [0, 1, 2, 3])
    await runMarblesAsync(async ({ expectIdle }) => {
      const { fixture, press, title, write } = await booking();
      await title();
      if (steps > 0) await press('1A');
      if (steps > 1) await write('Ada');
      if (steps > 2) await press('Book it');
      fixture.destroy();
      expectIdle();
    });
});
