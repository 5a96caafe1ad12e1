// In virtual time, in which a frame comes every 16 ms: the server is a stream that is fed by hand.

import { provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRxsluice } from 'rxsluice/angular';
import { runMarblesAsync } from 'rxsluice/testing';
import { beforeEach, expect, it } from 'vitest';
import { Exchange } from './feed';
import { Prices } from './prices';

const ms = (n: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, n));

/** What the pages were given: one for each connection. */
let lines: ReadableStreamDefaultController<string>[];
let refusals: number;
let aborted: number;

beforeEach(() => {
  [lines, refusals, aborted] = [[], 0, 0];
  const connect = (signal: AbortSignal): Promise<ReadableStream<string>> => {
    if (refusals-- > 0) return Promise.reject(new Error('The server answered 503'));
    signal.addEventListener('abort', () => aborted++);
    return Promise.resolve(new ReadableStream<string>({ start: (line) => void lines.push(line) }));
  };
  TestBed.configureTestingModule({
    providers: [provideZonelessChangeDetection(), provideRxsluice(), { provide: Exchange, useValue: { connect } }],
  });
});

function prices() {
  const fixture = TestBed.createComponent(Prices);
  const element = fixture.nativeElement as HTMLElement;
  const shown = async (): Promise<string> => {
    await fixture.whenStable();
    const cells = (row: Element) => [...row.children].map(({ textContent }) => textContent?.trim());
    return [...element.querySelectorAll('.quotes li')].map((row) => cells(row).join(' ')).join(', ');
  };
  const status = (): string => [...element.querySelectorAll('[role=status]')].at(-1)?.textContent?.trim() ?? '';
  return { fixture, element, shown, status };
}

it('shows the latest of each symbol, and how it has changed since the first', async () => {
  await runMarblesAsync(async ({ expectIdle }) => {
    const { fixture, element, shown, status } = prices();
    await ms(20);
    for (let price = 1; price <= 1000; price++) lines[0]?.enqueue(`[["B",${price}],["A",10]]\n`);
    // Half a line, and the rest of it later.
    lines[0]?.enqueue('[["A",');
    await ms(40);
    expect([await shown(), status()]).toEqual(['A 10.00 +0.0 %, B 1000.00 +0.0 %', 'Live']);
    lines[0]?.enqueue('9]]\n');
    await ms(40);
    expect(await shown()).toBe('A 9.00 −10.0 %, B 1000.00 +0.0 %');
    const filter = element.querySelector('input') as HTMLInputElement;
    filter.value = 'b';
    filter.dispatchEvent(new Event('input'));
    expect(await shown()).toBe('B 1000.00 +0.0 %');
    fixture.destroy();
    await ms(1);
    expect(aborted).toBe(1);
    expectIdle();
  });
});

it('takes a lost connection up again, after a growing time, and keeps the last prices', async () => {
  await runMarblesAsync(async ({ expectIdle }) => {
    const { fixture, shown, status } = prices();
    await ms(20);
    lines[0]?.enqueue('[["A",1]]\n');
    await ms(40);
    refusals = 1;
    lines[0]?.close();
    await ms(40);
    await fixture.whenStable();
    expect([await shown(), status()]).toEqual(['A 1.00 +0.0 %', 'The server has hung up. Again in 1 s']);
    await ms(1000);
    await fixture.whenStable();
    expect(status()).toBe('The server answered 503. Again in 2 s');
    await ms(2000);
    lines[1]?.enqueue('[["A",2]]\n');
    await ms(40);
    expect([await shown(), status()]).toEqual(['A 2.00 +100.0 %', 'Live']);
    fixture.destroy();
    expectIdle();
  });
});
