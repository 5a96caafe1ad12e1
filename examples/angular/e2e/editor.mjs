// Autosave of several documents: the latest of each; no network, a server that is down, a page that is left.

export default async (stage) => {
  const docs = async () => Object.fromEntries((await stage.api('docs')).map((doc) => [doc.id, doc]));
  const served = async () => (await stage.control({})).docs.served;
  const open = async () => {
    const page = await stage.open('editor');
    const text = (title) => page.getByRole('textbox', { name: title });
    const status = page.getByRole('status');
    await text('Letter').waitFor();
    return {
      page,
      letter: text('Letter'),
      minutes: text('Minutes'),
      says: (what) => status.filter({ hasText: what }).waitFor(),
      show: (title) => page.getByRole('button', { name: title }).click(),
      leave: () => page.getByRole('navigation').getByRole('link', { name: 'To do' }).click(),
      hasLeft: () => page.getByRole('heading', { level: 1, name: 'To do' }).waitFor(),
      dialog: page.getByRole('dialog'),
      button: (name) => page.getByRole('button', { name, exact: true }).click(),
    };
  };

  await stage.test('editor: what is written is saved once, when one pauses', async () => {
    const { letter, says } = await open();
    const before = await served();
    // By the page itself: between two keys of ours the machine may be busy for longer than a pause takes.
    await letter.evaluate(async (area) => {
      for (const text of ['Dear', 'Dear all', 'Dear all, good', 'Dear all, good night.']) {
        area.value = text;
        area.dispatchEvent(new globalThis.Event('input'));
        await new Promise((resolve) => globalThis.setTimeout(resolve, 30));
      }
    });
    await says('Saved, version 2');
    stage.equal((await docs()).letter.text, 'Dear all, good night.');
    // One to save, one for this test to look.
    stage.equal((await served()) - before, 2);
  });

  await stage.test(
    'editor: while one save is under way the next waits, and of several the latest is saved',
    async () => {
      const { page, letter, minutes, says, show } = await open();
      await stage.control({ area: 'docs', delay: 3000 });
      await letter.fill(`${await letter.inputValue()}Yours,\nthe crew`);
      await says('Saving');
      await stage.screenshot(page, 'editor');
      for (const text of ['second', 'third', 'fourth']) await letter.fill(text);
      await show('Minutes');
      await minutes.fill('meanwhile');
      await says('Saved, version 2');
      await show('Letter');
      await says('Saved, version 3');
      const { letter: saved, minutes: other } = await docs();
      stage.equal([saved.text, saved.version, other.text, other.version], ['fourth', 3, 'meanwhile', 2]);
      stage.equal((await stage.control({})).docs.peak, 2);
    },
  );

  await stage.test('editor: a server that is down is asked again, and gets what is written by then', async () => {
    const { letter, says } = await open();
    await stage.control({ area: 'docs', fail: true });
    await letter.fill('old');
    await says('attempt');
    await letter.fill('new');
    await stage.control({ area: 'docs', fail: false });
    await says('Saved, version');
    await stage.eventually(async () => (await docs()).letter.text === 'new', 'the new text');
  });

  await stage.test('editor: a server that stays down is given up, said so, and asked again when told', async () => {
    const { page, letter, says, button } = await open();
    await stage.control({ area: 'docs', fail: true });
    await letter.fill('for later');
    await says('Not saved. The server is down');
    await stage.screenshot(page, 'editor-failed');
    await stage.control({ area: 'docs', fail: false });
    await button('Save again');
    await says('Saved, version 2');
    stage.equal((await docs()).letter.text, 'for later');
  });

  await stage.test('editor: without a network it waits for one', async () => {
    const { letter, says } = await open();
    await stage.browser.setOffline(true);
    await letter.fill('written on the train');
    await says('No network');
    await letter.fill('written on the train, and in the tunnel');
    await stage.browser.setOffline(false);
    await says('Saved, version');
    await stage.eventually(async () => (await docs()).letter.text.endsWith('tunnel'));
  });

  await stage.test('editor: a network that is cut in the middle of a save costs nothing', async () => {
    const { letter, says } = await open();
    await stage.control({ area: 'docs', delay: 6000 });
    await letter.fill('half way');
    await says('Saving');
    await stage.browser.setOffline(true);
    await says('No network');
    await stage.control({ area: 'docs', delay: 100 });
    await stage.browser.setOffline(false);
    await says('Saved, version');
    stage.equal((await docs()).letter.text, 'half way');
  });

  await stage.test('editor: a page that is left waits for what is unsaved', async () => {
    const { letter, leave, hasLeft } = await open();
    await letter.fill('in haste');
    await leave();
    await hasLeft();
    stage.equal((await docs()).letter.text, 'in haste');
  });

  await stage.test('editor: if that takes long it asks: one stays', async () => {
    const { page, letter, says, leave, dialog, button } = await open();
    await stage.control({ area: 'docs', fail: true });
    await letter.fill('in doubt');
    await leave();
    await dialog.waitFor();
    await stage.screenshot(page, 'editor-leaving');
    await button('Stay');
    await dialog.waitFor({ state: 'hidden' });
    stage.equal(new URL(page.url()).pathname, '/editor');
    await says('Not saved.');
    // Still down: it can be asked to try again, and to be left.
    await leave();
    await dialog.waitFor();
    await stage.control({ area: 'docs', fail: false });
    await dialog.getByRole('button', { name: 'Save again' }).click();
    await page.getByRole('heading', { level: 1, name: 'To do' }).waitFor();
    stage.equal((await docs()).letter.text, 'in doubt');
  });

  await stage.test('editor: or discards, also without a network', async () => {
    const { page, letter, leave, hasLeft, dialog, button } = await open();
    await stage.browser.setOffline(true);
    await letter.fill('better not');
    await leave();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await leave();
    await dialog.waitFor();
    await button('Discard, and leave');
    await hasLeft();
    await stage.browser.setOffline(false);
    stage.equal((await docs()).letter.text.startsWith('Dear harbour'), true);
  });

  await stage.test('editor: who goes back while it asks is asked again, of the way back', async () => {
    const page = await stage.open('search');
    await page.getByRole('navigation').getByRole('link', { name: 'Editor' }).click();
    const letter = page.getByRole('textbox', { name: 'Letter' });
    await letter.waitFor();
    const dialog = page.getByRole('dialog');
    const path = () => new URL(page.url()).pathname;
    const back = () => page.evaluate(() => globalThis.history.back());
    await stage.control({ area: 'docs', fail: true });
    await letter.fill('and back');
    await page.getByRole('navigation').getByRole('link', { name: 'To do' }).click();
    await dialog.waitFor();
    await back();
    // The first question is withdrawn with its navigation, and the second put.
    await page.waitForFunction(() => globalThis.location.pathname === '/search');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Stay' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await stage.eventually(() => path() === '/editor', 'the address of the page that is still there');
    stage.equal(await letter.inputValue(), 'and back');
    // It is the same page, and saves on.
    await stage.control({ area: 'docs', fail: false });
    await letter.fill('and back, saved');
    await page.getByRole('status').filter({ hasText: 'Saved, version' }).waitFor();
    await stage.eventually(async () => (await docs()).letter.text === 'and back, saved', 'the save');
    stage.equal(await dialog.isVisible(), false);
  });

  await stage.test('editor: a way back is waited for, and taken when all is saved', async () => {
    const page = await stage.open('search');
    await page.getByRole('navigation').getByRole('link', { name: 'Editor' }).click();
    const letter = page.getByRole('textbox', { name: 'Letter' });
    await letter.waitFor();
    await stage.control({ area: 'docs', delay: 3000 });
    await letter.fill('on the way back');
    await page.evaluate(() => globalThis.history.back());
    await page.getByRole('dialog').waitFor();
    await page.getByRole('heading', { level: 1, name: 'Search' }).waitFor();
    stage.equal((await docs()).letter.text, 'on the way back');
  });

  await stage.test('editor: a save that is under way is given up when one discards', async () => {
    const { letter, says, leave, hasLeft, dialog, button } = await open();
    await stage.control({ area: 'docs', delay: 4000 });
    await letter.fill('rather not');
    await says('Saving');
    await leave();
    await dialog.waitFor();
    await button('Discard, and leave');
    await hasLeft();
    // The server hears that nobody waits any more.
    await stage.eventually(async () => (await stage.control({})).docs.active === 0, 'the end of the save');
    await stage.control({ area: 'docs', delay: 0 });
    stage.equal((await docs()).letter.version, 1);
  });

  await stage.test('editor: a tab that is closed asks, and what was written is saved even so', async () => {
    const { page, letter } = await open();
    await letter.fill('at the last moment');
    stage.answers.push('accept');
    await page.close({ runBeforeUnload: true });
    await stage.eventually(async () => (await docs()).letter.text === 'at the last moment', 'the save');
    await stage.eventually(() => page.isClosed(), 'the end of the tab');
  });
};
