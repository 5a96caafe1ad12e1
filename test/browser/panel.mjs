// The panel in Chromium: its example, as a person and as a screen reader meets it, and then much to show at once.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { withFewColours } from './png.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** Milliseconds of a frame. */
const BUDGET = 5;
const EVENTS = 100_000;
const SHOT = 80_000;

/** Counts frames, and how long each takes the page. */
const FRAMES = `{
  const ask = requestAnimationFrame;
  globalThis.costs = [];
  globalThis.requestAnimationFrame = (frame) => ask((time) => {
    const began = performance.now();
    frame(time);
    costs.push(performance.now() - began);
  });
}`;

/** `home`: of the bench (`root`, `folder`, `serve`, `report`, `browser`). */
export async function panelInBrowser(home) {
  const site = await bundle(home);
  const { server, url } = await home.serve(site);
  await example(home, `${url}index.html`);
  await load(home, `${url}load.html`);
  server.close();
}

async function bundle({ root, folder }) {
  const site = join(folder, 'panel');
  mkdirSync(site);
  const from = join(root, 'examples/inspect/panel');
  const dist = join(folder, 'node_modules/rxsluice/dist');
  const alias = { 'rxsluice/inspect/panel': join(dist, 'inspect/panel/index.js'), rxsluice: join(dist, 'index.js') };
  const options = { bundle: true, format: 'esm', platform: 'browser', logLevel: 'error', outdir: site };
  const nodePaths = [join(root, 'node_modules')];
  await build({ entryPoints: [join(from, 'main.ts')], alias, nodePaths, ...options });
  // By the package's own exports, as in an application; that the element is defined shows that bundlers keep it.
  await build({ entryPoints: { load: join(folder, 'panel-load.mjs') }, absWorkingDir: folder, ...options });
  copyFileSync(join(from, 'index.html'), join(site, 'index.html'));
  copyFileSync(join(import.meta.dirname, 'panel-load.html'), join(site, 'load.html'));
  return site;
}

async function open({ browser }, url) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on(
    'console',
    (message) => message.type() === 'error' && !message.text().includes('404') && errors.push(message.text()),
  );
  await page.addInitScript(FRAMES);
  await page.setViewportSize({ width: 900, height: 660 });
  await page.goto(url);
  return { page, errors };
}

async function example(home, url) {
  const { report, root } = home;
  const { page, errors } = await open(home, url);
  const tree = page.getByRole('tree', { name: 'Tasks' });
  const task = (name) => page.getByRole('treeitem', { name });
  const place = (name) => page.getByRole('listitem').filter({ hasText: name });

  await task('packer Ann').waitFor({ timeout: 30_000 });
  const level = await task('packer Ann').getAttribute('aria-level');
  report('the panel shows tasks, each below its parent', Number(level) > 1, `level ${level}`);
  const meter = page.getByRole('meter', { name: 'fill of orders' });
  await meter.waitFor();
  report('and channels with their fill', /^\d\/8$/.test((await meter.getAttribute('aria-valuetext')) ?? ''));
  await place('parcels')
    .filter({ hasText: /just now/ })
    .waitFor({ timeout: 30_000 });
  report('and their last values', true);

  await page.click('#clerks');
  const finding = page.getByRole('listitem').filter({ hasText: 'deadlock' });
  await finding.first().waitFor({ timeout: 30_000 });
  const told = await finding.first().textContent();
  report('and findings', /ledger/.test(told) && /till/.test(told), told);
  await page.locator('rxsluice-panel .ring').first().waitFor({ timeout: 30_000 });
  report('and who stands in a ring', (await page.locator('rxsluice-panel .ring').count()) >= 2);
  await page.waitForTimeout(5000);
  await looks(page, report, root);
  await keyboard(page, tree, task, finding, report);
  await accessible(page, report);
  await removed(page, report);
  report('no error is on the console of the example', errors.length === 0, errors.join('\n'));
  await page.close();
}

/** In light and dark; `--screenshot`: for the docs. */
async function looks(page, report, root) {
  const panel = page.locator('rxsluice-panel');
  for (const [colorScheme, name] of [
    ['light', 'panel'],
    ['dark', 'panel-dark'],
  ]) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(300);
    const path = join(root, 'docs/inspect', `${name}.png`);
    const shot = await panel.screenshot();
    if (process.argv.includes('--screenshot')) writeFileSync(path, await withFewColours(page, shot));
    const background = await panel.evaluate(
      (element) => globalThis.getComputedStyle(element.shadowRoot.querySelector('.panel')).backgroundColor,
    );
    const [red] = background.match(/\d+/);
    report(
      `the panel is ${colorScheme} where the reader is`,
      Number(red) > 128 === (colorScheme === 'light'),
      background,
    );
    report('and can be seen', shot.length > 15_000, `${shot.length}`);
  }
  const sizes = readdirSync(join(root, 'docs/inspect')).map((name) => statSync(join(root, 'docs/inspect', name)).size);
  report(
    `a picture in the docs has less than ${SHOT} bytes`,
    sizes.length >= 2 && sizes.every((size) => size < SHOT),
    `${sizes}`,
  );
  await page.emulateMedia({ colorScheme: 'light' });
}

async function keyboard(page, tree, task, finding, report) {
  // By the keyboard alone, from the page's last button: the panel's button, the finding's, the tree.
  await page.focus('#block');
  await page.keyboard.press('Tab');
  const focus = () =>
    page.evaluate(() => globalThis.document.activeElement.shadowRoot?.activeElement?.textContent ?? '');
  report('the keyboard comes to its button first', (await focus()) === 'Pause', await focus());
  await page.keyboard.press('Enter');
  const paused = await page.locator('rxsluice-panel').getAttribute('paused');
  await page.keyboard.press('Enter');
  report('which makes it stand still', paused === '', String(paused));
  await page.keyboard.press('Tab');
  const before = await finding.count();
  await page.keyboard.press('Enter');
  await page.waitForFunction(
    (count) =>
      globalThis.document.querySelector('rxsluice-panel').shadowRoot.querySelectorAll('.findings li').length < count,
    before,
  );
  report('then to the findings, which it dismisses', true);
  while ((await page.locator('rxsluice-panel .findings li').count()) > 0) await page.keyboard.press('Enter');
  const isTree = await tree.evaluate((element) => element.getRootNode().activeElement === element);
  report('and from the last of them to the tree', isTree);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await task('packer Ann').waitFor({ state: 'hidden' });
  const expanded = await task('main').getAttribute('aria-expanded');
  const active = await tree.evaluate(
    (element) => element.getRootNode().getElementById(element.getAttribute('aria-activedescendant')).textContent,
  );
  report(
    'where arrows close what is open',
    expanded === 'false' && active.startsWith('main'),
    `${expanded}, ${active}`,
  );
  await page.keyboard.press('ArrowRight');
  await task('packer Ann').waitFor();
  report('and open what is closed', true);
}

async function accessible(page, report) {
  await page.addScriptTag({ content: readFileSync(AXE, 'utf8') });
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate(() => globalThis.axe.run(globalThis.document));
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n  ')}`).join('\n');
    report(`axe finds nothing wrong with the page in ${colorScheme}`, violations.length === 0, told);
  }
}

async function removed(page, report) {
  await page.evaluate(() => {
    globalThis.gone = new WeakRef(globalThis.document.querySelector('rxsluice-panel'));
    globalThis.gone.deref().remove();
  });
  await page.waitForTimeout(100);
  const frames = () => page.evaluate(() => globalThis.costs.length);
  const before = await frames();
  await page.waitForTimeout(300);
  report('taken out, it asks for no frame', (await frames()) === before);
  let isGone = false;
  for (let i = 0; i < 20 && !isGone; i++) {
    await page.requestGC();
    isGone = await page.evaluate(() => globalThis.gone.deref() === undefined);
  }
  report('and nothing keeps it', isGone);
}

async function load(home, url) {
  const { report, browser } = home;
  const { page, errors } = await open(home, url);
  await page.getByRole('treeitem', { name: 'family 0' }).waitFor({ timeout: 60_000 });
  const heading = await page.locator('rxsluice-panel .counts').textContent();
  report('the panel shows ten thousand tasks', /^100\d\d tasks/.test(heading), heading);
  const session = await browser.newCDPSession(page);
  await session.send('Performance.enable');
  const metrics = async () => {
    const { metrics: all } = await session.send('Performance.getMetrics');
    return Object.fromEntries(all.map(({ name, value }) => [name, value]));
  };
  const sent = () => page.evaluate(() => globalThis.sent());
  await page.waitForTimeout(2000);
  await page.evaluate(() => (globalThis.costs.length = 0));
  const [first, before, began] = [await metrics(), await sent(), Date.now()];
  await page.waitForTimeout(3000);
  // Scrolled all the while, it is at its dearest.
  await page.getByRole('tree').hover();
  for (let i = 0; i < 60; i++) {
    await page.mouse.wheel(0, 400);
    await page.waitForTimeout(16);
  }
  const [last, after, seconds] = [await metrics(), await sent(), (Date.now() - began) / 1000];
  const costs = (await page.evaluate(() => globalThis.costs)).sort((a, b) => a - b);
  const at = (share) => costs[Math.min(costs.length - 1, Math.floor(share * costs.length))];
  const layout =
    (1000 * (last.LayoutDuration + last.RecalcStyleDuration - first.LayoutDuration - first.RecalcStyleDuration)) /
    costs.length;
  const rate = (2 * (after - before)) / seconds;
  const rows = await page.locator('rxsluice-panel [role=treeitem]').count();
  console.log(
    `        ${costs.length} frames: ${[0.5, 0.95, 0.99, 1].map((share) => at(share).toFixed(2)).join(', ')} ms (median, 95 %, 99 %, most), ` +
      `and ${layout.toFixed(2)} ms of layout and style each; ${Math.round(rate)} events a second; ${rows} rows are elements`,
  );
  report('under load, only the rows in sight are elements', rows < 60, `${rows}`);
  report(
    `a frame of the panel costs less than ${BUDGET} ms, at half of ${EVENTS} events a second or more`,
    at(0.5) + layout < BUDGET && rate > EVENTS / 2,
    `${rate}`,
  );
  report('no error is on the console under load', errors.length === 0, errors.join('\n'));
  await page.close();
}
