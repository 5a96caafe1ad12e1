// Type-ahead: the latest question only; slow answers, failures, the network cut, the page left.

export default async (stage) => {
  const open = async () => {
    const page = await stage.open('search');
    const river = page.getByLabel('River', { exact: true });
    await river.waitFor();
    return {
      page,
      river,
      says: (text) => page.getByRole('status').filter({ hasText: text }).waitFor(),
      rivers: () => page.locator('.rivers li').allTextContents(),
      shown: () => page.locator('.rivers').getAttribute('aria-label'),
    };
  };
  const served = async () => (await stage.api('control')).search;

  await stage.test('search: answers while one types, and asks once for a burst of keys', async () => {
    const { page, river, says, rivers } = await open();
    // By the page itself: between two keys of ours the machine may be busy for longer than a pause takes.
    await river.evaluate((input) => {
      for (const text of ['d', 'da', 'dan', 'danu']) {
        input.value = text;
        input.dispatchEvent(new globalThis.Event('input'));
      }
    });
    await says('1 found');
    stage.equal(await rivers(), ['Danube']);
    stage.equal((await served()).served, 1);
    await river.fill('');
    await says('Type a few letters');
    await river.fill('an');
    await says('found');
    await stage.screenshot(page, 'search');
  });

  await stage.test('search: an older answer never comes after a newer one', async () => {
    const { page, river, says, rivers } = await open();
    // The first takes longer than all that follow.
    await stage.control({ area: 'search', delay: 1200 });
    await river.fill('r');
    await says('The server takes its time');
    await stage.control({ area: 'search', delay: 0 });
    await river.fill('rhi');
    await says('1 found');
    await page.waitForTimeout(1500);
    stage.equal(await rivers(), ['Rhine']);
  });

  await stage.test('search: the last answer stays until there is another, and says what it is to', async () => {
    const { river, says, rivers, shown } = await open();
    await river.fill('elbe');
    await says('1 found');
    await stage.control({ area: 'search', delay: 2000 });
    await river.fill('elb');
    await says('The server takes its time');
    stage.equal([await rivers(), await shown()], [['Elbe'], 'Rivers with elbe']);
    await says('1 found');
    stage.equal(await shown(), 'Rivers with elb');
  });

  await stage.test('search: a failure or two are nobody’s business, more of them are', async () => {
    await stage.control({ area: 'search', fail: 2 });
    const { page, river, says, rivers } = await open();
    await river.fill('tham');
    await says('1 found');
    stage.equal((await served()).served, 3);
    await stage.control({ area: 'search', fail: true });
    await river.fill('dou');
    await says('The server is down');
    stage.equal(await rivers(), ['Thames']);
    await stage.control({ area: 'search', fail: false });
    await page.getByRole('button', { name: 'Try again' }).click();
    await says('1 found');
    stage.equal(await rivers(), ['Douro']);
  });

  await stage.test('search: offline it says so; another question is asked when one types', async () => {
    const { river, says, rivers } = await open();
    await stage.browser.setOffline(true);
    await river.fill('oder');
    await says('There is no network');
    await stage.browser.setOffline(false);
    await river.fill('volt');
    await says('1 found');
    stage.equal(await rivers(), ['Volta']);
  });

  await stage.test('search: left in the middle, the request is given up', async () => {
    const { page, river, says } = await open();
    await stage.control({ area: 'search', delay: 60_000 });
    await river.fill('po');
    await says('The server takes its time');
    stage.equal((await served()).active, 1);
    await page.getByRole('navigation').getByRole('link', { name: 'To do' }).click();
    await stage.eventually(async () => (await served()).active === 0, 'the end of the request');
  });
};
