// In virtual time: the marbles are what somebody types, and what the server answers.

import { HttpErrorResponse } from '@angular/common/http';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { defer, type Observable, of } from 'rxjs';
import { provideRxsluice } from 'rxsluice/angular';
import { type MarbleKit, runMarblesAsync } from 'rxsluice/testing';
import { expect, it } from 'vitest';
import { Atlas } from './atlas';
import { Search } from './search';

const ms = (n: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, n));
const down = new HttpErrorResponse({ status: 503, error: { message: 'It is down' } });

/** A page on which somebody types as the marbles say, and whose server answers by `answer`. */
async function searching({ hot }: MarbleKit, typed: string, answer: (part: string) => Observable<readonly string[]>) {
  const asked: string[] = [];
  const rivers = (part: string) =>
    defer(() => {
      asked.push(part);
      return answer(part);
    });
  TestBed.configureTestingModule({
    providers: [provideZonelessChangeDetection(), provideRxsluice(), { provide: Atlas, useValue: { rivers } }],
  });
  const fixture = TestBed.createComponent(Search);
  await fixture.whenStable();
  const element = fixture.nativeElement as HTMLElement;
  const input = element.querySelector('input') as HTMLInputElement;
  hot(typed).subscribe((letters) => {
    input.value = letters;
    input.dispatchEvent(new Event('input'));
  });
  const shown = async (): Promise<string> => {
    await fixture.whenStable();
    const rows = [...element.querySelectorAll('.rivers li')].map(({ textContent }) => textContent?.trim());
    return `${rows.join()} | ${element.querySelector('[role=status]')?.textContent?.trim()}`;
  };
  const again = (): void => element.querySelector('button')?.click();
  return { fixture, asked, shown, again };
}

it('asks 150 ms after the last key, and not of what was typed in between', async () => {
  await runMarblesAsync(async (kit) => {
    const { fixture, asked, shown } = await searching(kit, 'a 99ms b 99ms c', (part) => of([part]));
    await ms(340);
    expect(asked).toEqual([]);
    await ms(30);
    expect([asked, await shown()]).toEqual([['c'], 'c | 1 found']);
    fixture.destroy();
    kit.expectIdle();
  });
});

it('gives an older request up, and says that a server is slow', async () => {
  await runMarblesAsync(async (kit) => {
    const old = kit.cold<readonly string[]>('5s (r|)', { r: ['old'] });
    const { fixture, shown } = await searching(kit, 'a 1999ms b', (part) => (part === 'a' ? old : of([part])));
    kit.expectSubscriptions(old.subscriptions).toBe('150ms ^ 1849ms !');
    await ms(1300);
    expect(await shown()).toBe('Nothing asked yet | The server takes its time…');
    await ms(1500);
    expect(await shown()).toBe('b | 1 found');
    fixture.destroy();
    kit.expectIdle();
  });
});

it('tries three times, says why it gave up, and asks again when it is told to', async () => {
  await runMarblesAsync(async (kit) => {
    const answers = ['#', '#', '#', '(r|)'];
    const answer = () => kit.cold<readonly string[]>(answers.shift() ?? '#', { r: ['Aare'] }, down);
    const { fixture, asked, shown, again } = await searching(kit, 'a', answer);
    await ms(3000);
    expect([asked.length, await shown()]).toEqual([3, 'Nothing asked yet | It is down']);
    again();
    await ms(300);
    expect(await shown()).toBe('Aare | 1 found');
    fixture.destroy();
    kit.expectIdle();
  });
});

it('leaves nothing behind, whenever it is destroyed', async () => {
  for (const moment of [0, 100, 200, 1500, 6000])
    await runMarblesAsync(async (kit) => {
      TestBed.resetTestingModule();
      const { fixture } = await searching(kit, 'a', () => kit.cold<readonly string[]>('5s (r|)', { r: [] }));
      await ms(moment);
      fixture.destroy();
      kit.expectIdle();
    });
});
