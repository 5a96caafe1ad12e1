// In virtual time: the marbles are what somebody writes, and what the server is asked and answers. A column is 100 ms.

import { TestBed } from '@angular/core/testing';
import { provideZonelessChangeDetection } from '@angular/core';
import { HttpErrorResponse } from '@angular/common/http';
import { map, type Observable, of, Subject } from 'rxjs';
import { provideRxsluice } from 'rxsluice/angular';
import { type MarbleKit, runMarblesAsync } from 'rxsluice/testing';
import { beforeEach, expect, it } from 'vitest';
import { type Doc, Documents } from './documents';
import { Editor } from './editor';

const LETTER: Doc = { id: 'letter', title: 'Letter', text: '', version: 1 };

/** The server: it answers each save as `answer` says. */
class Server {
  readonly asked = new Subject<string>();
  answer: () => Observable<unknown> = () => of(null);

  all(): Observable<readonly Doc[]> {
    return of([LETTER]);
  }

  save(_id: string, text: string): Observable<Doc> {
    this.asked.next(text);
    return this.answer().pipe(map(() => ({ ...LETTER, text, version: 2 })));
  }
}

let server: Server;

beforeEach(() => {
  server = new Server();
  TestBed.configureTestingModule({
    providers: [provideZonelessChangeDetection(), provideRxsluice(), { provide: Documents, useValue: server }],
  });
});

/** Writes into the one document as the marbles say; `says` are the foot's texts whenever asked. */
async function editing({ hot }: MarbleKit, marbles: string) {
  // jsdom has no dialogs.
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  const fixture = TestBed.createComponent(Editor);
  await fixture.whenStable();
  const element = fixture.nativeElement as HTMLElement;
  const text = element.querySelector('textarea') as HTMLTextAreaElement;
  hot(marbles).subscribe((letters) => {
    text.value = letters;
    text.dispatchEvent(new Event('input'));
  });
  const says = async (): Promise<string> => {
    await fixture.whenStable();
    return element.querySelector('[role=status]')?.textContent?.trim() ?? '';
  };
  return { fixture, says };
}

const ms = (n: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, n));
const down = new HttpErrorResponse({ status: 503, error: { message: 'The server is down' } });

it('saves what is written 600 ms after the last key', async () => {
  await runMarblesAsync(async (kit) => {
    server.answer = () => kit.cold('50ms (d|)');
    const { fixture, says } = await editing(kit, 'a 99ms b 99ms c');
    kit.expectObservable(server.asked).toBe('     200ms         600ms c');
    await ms(1000);
    expect(await says()).toBe('Saved, version 2');
    fixture.destroy();
    kit.expectIdle();
  });
});

it('keeps the latest while a save is under way', async () => {
  await runMarblesAsync(async (kit) => {
    server.answer = () => kit.cold('2s (d|)');
    // `b` and `c` come while `a` is saved, which ends at 2600.
    const { fixture } = await editing(kit, 'a 999ms b 299ms c');
    kit.expectObservable(server.asked).toBe('600ms a 1999ms c');
    await ms(6000);
    fixture.destroy();
    kit.expectIdle();
  });
});

it('asks a server that is down again, at growing distances, with what is written by then', async () => {
  await runMarblesAsync(async (kit) => {
    const answers = ['#', '#', '(d|)', '(d|)'];
    server.answer = () => kit.cold(answers.shift() ?? '#', undefined, down);
    const { fixture, says } = await editing(kit, 'a 1199ms b');
    // At 600, 500 later, 1000 later; and the save of `b` itself.
    kit.expectObservable(server.asked).toBe('600ms a 499ms a 999ms (bb)');
    await ms(1000);
    expect(await says()).toContain('attempt 2 of 4');
    await ms(2000);
    fixture.destroy();
    kit.expectIdle();
  });
});

it('gives up after four attempts, and says why', async () => {
  await runMarblesAsync(async (kit) => {
    server.answer = () => kit.cold('#', undefined, down);
    const { fixture, says } = await editing(kit, 'a');
    await ms(10_000);
    expect(await says()).toContain('Not saved. The server is down');
    fixture.destroy();
    kit.expectIdle();
  });
});

it('leaves when all is saved, and leaves nothing behind when it is destroyed in the middle', async () => {
  await runMarblesAsync(async (kit) => {
    server.answer = () => kit.cold('200ms (d|)');
    const { fixture } = await editing(kit, 'a');
    await ms(1);
    kit.expectObservable(fixture.componentInstance.mayLeave()).toBe('200ms (y|)', { y: true });
    await ms(300);
    server.answer = () => kit.cold('-');
    fixture.componentInstance.mayLeave().subscribe();
    fixture.destroy();
    kit.expectIdle();
  });
});
