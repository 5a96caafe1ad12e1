// The engine in a browser, over WebSocket: send, lease, ack, an owner, and a server that is killed meanwhile.

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { NatsServer } from '../server.ts';

const CHROMIUM = '/usr/bin/chromium';
const isThere = existsSync(CHROMIUM);
if (!isThere) console.log(`the engine in a browser was not tested: there is no ${CHROMIUM}`);

it.skipIf(!isThere)('the engine works in Chromium, and goes on when its server was killed', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
  });
  const server = await NatsServer.start();
  const pages = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(pages.address() as { port: number }).port}/`);
    await page.exposeFunction('killServer', async () => {
      await server.kill();
      await pause(300);
      await server.start();
    });
    await page.addScriptTag({ content: outputFiles[0]!.text });
    const told = await page.evaluate((url) => {
      const page = globalThis as unknown as Record<string, (...args: unknown[]) => Promise<unknown[]>>;
      return page.play!(url, page.killServer);
    }, server.webUrl);
    expect(told).toEqual([['a', 2, true], 50, 51, 'b', true, 'connected']);
  } finally {
    await browser.close();
    pages.close();
    await server.stop();
  }
});
