import { HttpErrorResponse } from '@angular/common/http';
import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { of } from 'rxjs';
import { provideRxsluice } from 'rxsluice/angular';
import { type MarbleKit, runMarblesAsync } from 'rxsluice/testing';
import { expect, it } from 'vitest';
import { TodoList } from './todo';
import { TodosApi } from './todos-api';

const LIST = [{ id: 1, title: 'sow', done: false }];
const refused = new HttpErrorResponse({ status: 409, error: { message: 'No' } });

/** A list whose server answers each change as the marbles say. */
async function listOf({ cold }: MarbleKit, ...answers: string[]) {
  let id = 1;
  const add = (title: string) => cold(answers.shift() ?? '-', { s: { id: ++id, title, done: false } }, refused);
  TestBed.configureTestingModule({
    providers: [
      provideZonelessChangeDetection(),
      provideRxsluice(),
      { provide: TodosApi, useValue: { all: () => of(LIST), add } },
    ],
  });
  const fixture = TestBed.createComponent(TodoList);
  await fixture.whenStable();
  const element = fixture.nativeElement as HTMLElement;
  return {
    fixture,
    add(title: string): void {
      (element.querySelector('form input') as HTMLInputElement).value = title;
      element.querySelector('form')?.dispatchEvent(new Event('submit'));
    },
    /** What is on the page, one that is unsaved with a question mark. */
    async shown(): Promise<string> {
      await fixture.whenStable();
      const rows = [...element.querySelectorAll('.todos li')];
      const told = [...element.querySelectorAll('.refusals span')].map(({ textContent }) => textContent);
      const titles = rows.map((row) => row.querySelector('label')?.textContent?.trim());
      return [...titles.map((title, i) => title + (rows[i]?.matches('.is-unsaved') ? '?' : '')), ...told].join(' ');
    },
  };
}

const ms = (n: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, n));

it('shows a change at once, and takes back what is refused, that and no other', async () => {
  await runMarblesAsync(async (kit) => {
    const { fixture, add, shown } = await listOf(kit, '100ms #', '100ms (s|)');
    add('reap');
    add('mow');
    expect(await shown()).toBe('sow reap? mow?');
    // They are saved in order: at 100 the first is refused, at 200 the second has its answer.
    await ms(150);
    expect(await shown()).toBe('sow mow? “reap” was not added. No.');
    await ms(100);
    expect(await shown()).toBe('sow mow “reap” was not added. No.');
    fixture.destroy();
    kit.expectIdle();
  });
});

it('is left when all is saved; else one has to say it twice', async () => {
  await runMarblesAsync(async (kit) => {
    const { fixture, add, shown } = await listOf(kit, '500ms (s|)', '-');
    const leaves = () => kit.expectObservable(fixture.componentInstance.mayLeave());
    add('reap');
    leaves().toBe('500ms (y|)', { y: true });
    await ms(600);
    add('mow');
    leaves().toBe('2s (n|)', { n: false });
    await ms(2100);
    expect(await shown()).toContain('Leave again');
    leaves().toBe('2s (y|)', { y: true });
    await ms(2100);
    fixture.destroy();
    kit.expectIdle();
  });
});
