// All pages were made when the application was built, where there is no server to ask: what they show without one is in the HTML.

const PAGES = {
  '': ['Six jobs', 'Ten thousand ticks a second, one painting a frame'],
  editor: ['Editor', 'it is saved when you pause'],
  uploads: ['Uploads', 'Cancel all'],
  prices: ['Prices', 'No prices yet'],
  todo: ['To do', 'What is to be done?'],
  // Its task has asked for the seats, in vain.
  booking: ['Booking', 'Looking which seats are free'],
  search: ['Search', 'Nothing asked yet'],
};

export default async (stage) => {
  await stage.test('prerendering: every page is in its HTML, also where a task has failed', async () => {
    for (const [path, [title, content]] of Object.entries(PAGES)) {
      const html = await (await fetch(stage.url + path)).text();
      const main = /<main.*<\/main>/s.exec(html)?.[0] ?? '';
      for (const text of [`<h1>${title}`, content]) stage.equal([path, text, main.includes(text)], [path, text, true]);
      stage.equal([path, main.includes('role="alert"')], [path, false]);
    }
  });

  await stage.test('prerendering: what was there before the page answers stays where it is', async () => {
    for (const path of ['', 'booking', 'prices']) {
      const page = await stage.browser.newPage();
      // As long as no script has come, it is all HTML.
      let go;
      const held = new Promise((resolve) => (go = resolve));
      await page.route('**/*.js', async (route) => {
        await held;
        await route.continue();
      });
      await page.goto(stage.url + path, { waitUntil: 'commit' });
      const heading = page.getByRole('heading', { level: 1 });
      await heading.waitFor();
      const before = await heading.elementHandle();
      go();
      await page.locator('html[data-ready]').waitFor();
      stage.equal([path, await before.evaluate((element) => element.isConnected)], [path, true]);
    }
  });
};
