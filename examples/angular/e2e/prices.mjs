// A live price list: faster than the screen, and fluid all the same; the line is cut, the page is left.

// Frames are counted.
export const alone = true;

/** In the page, for two seconds: how often it was painted, how many frames there were, how long a key took until it was seen. */
const measure = async () => {
  const list = globalThis.document.querySelector('.quotes');
  const input = globalThis.document.querySelector('input[type=search]');
  let [paintings, frames] = [0, 0];
  const watcher = new globalThis.MutationObserver(() => paintings++);
  watcher.observe(list, { subtree: true, childList: true, characterData: true });
  const end = performance.now() + 2000;
  const keys = [];
  while (performance.now() < end) {
    await new Promise((resolve) => globalThis.requestAnimationFrame(resolve));
    frames++;
    if (frames % 20 !== 0) continue;
    const begin = performance.now();
    input.value = input.value === '' ? 'A' : '';
    input.dispatchEvent(new globalThis.Event('input', { bubbles: true }));
    const wanted = input.value;
    const follows = () => [...list.querySelectorAll('strong')].every(({ textContent }) => textContent.includes(wanted));
    while (!follows() || (wanted === '') !== list.children.length > 50) {
      await new Promise((resolve) => globalThis.requestAnimationFrame(resolve));
      frames++;
    }
    keys.push(performance.now() - begin);
  }
  watcher.disconnect();
  return { paintings, frames, keys: keys.sort((a, b) => a - b) };
};

export default async (stage) => {
  const number = async (page, name) => {
    const rate = page.locator('.rates div').filter({ hasText: name }).locator('dd');
    return Number((await rate.innerText()).replaceAll(',', ''));
  };
  const status = (page, text) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const active = async () => (await stage.api('control')).ticks.active;

  await stage.test('prices: thousands of ticks a second are one painting a frame, and typing stays fluid', async () => {
    const page = await stage.open('prices');
    await status(page, 'Live');
    await status(page, '60 of 60');
    await stage.eventually(async () => (await number(page, 'ticks a second')) > 0, 'the first second');
    const { paintings, frames, keys } = await page.evaluate(measure);
    const ticks = await number(page, 'ticks a second');
    const median = keys[Math.floor(keys.length / 2)];
    console.log(
      `        ${ticks} ticks a second; in 2 s ${frames} frames, ${paintings} paintings; a key was seen after ${median.toFixed(0)} ms`,
    );
    // Besides the frames there are the rates, once a second, and the filter.
    if (paintings > frames + keys.length + 4) throw new Error(`${paintings} paintings in ${frames} frames`);
    if (ticks < 10 * paintings) throw new Error(`only ${ticks} ticks a second for ${paintings} paintings`);
    if (!(median < 1000)) throw new Error(`typing was seen after ${median} ms`);
    await page.getByLabel('Filter').fill('');
    await status(page, '60 of 60');
    await stage.screenshot(page, 'prices');
  });

  await stage.test('prices: the filter says what it found, and what it did not', async () => {
    const page = await stage.open('prices');
    await status(page, '60 of 60');
    await page.getByLabel('Filter').fill('zz');
    await page.getByText('No symbol has that in its name').waitFor();
    await page.getByLabel('Filter').fill('a');
    await page.getByText('No symbol').waitFor({ state: 'detached' });
    const symbols = await page.locator('.quotes strong').allTextContents();
    stage.equal([symbols.length > 0, symbols.every((symbol) => symbol.includes('A'))], [true, true]);
  });

  await stage.test('prices: a line that is refused is asked for again, and comes back by itself', async () => {
    await stage.control({ area: 'ticks', fail: 1 });
    const page = await stage.open('prices');
    await status(page, 'The server answered 503. Again in');
    await status(page, 'Live');
    await status(page, '60 of 60');
  });

  await stage.test('prices: the network is cut, the last prices stay, and it goes on', async () => {
    const page = await stage.open('prices');
    await status(page, '60 of 60');
    await stage.browser.setOffline(true);
    await status(page, 'There is no network');
    stage.equal(await page.locator('.quotes li').count(), 60);
    await stage.browser.setOffline(false);
    await status(page, 'Live');
  });

  await stage.test('prices: left, nothing is received any more; frozen, nothing piles up', async () => {
    const page = await stage.open('prices');
    await status(page, 'Live');
    stage.equal(await active(), 1);
    const devtools = await stage.browser.newCDPSession(page);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await page.waitForTimeout(1500);
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await stage.eventually(async () => (await number(page, 'ticks a second')) > 0, 'the ticks after the frost');
    await page.getByRole('navigation').getByRole('link', { name: 'Search' }).click();
    await page.getByRole('heading', { level: 1, name: 'Search' }).waitFor();
    await stage.eventually(async () => (await active()) === 0, 'the end of the line');
  });
};
