// A to-do list whose changes show at once; some are refused, and taken back; no network, a page that is left.

export default async (stage) => {
  const saved = async () => (await stage.api('todos')).map(({ title, done }) => `${done ? '+' : '-'} ${title}`);
  const open = async () => {
    const page = await stage.open('todo');
    const items = page.getByRole('list', { name: 'To do' }).getByRole('listitem');
    await items.filter({ hasText: 'Grease' }).waitFor();
    return {
      page,
      items,
      item: (title) => items.filter({ hasText: title }),
      box: (title) => page.getByRole('checkbox', { name: title }),
      titles: async () => (await items.locator('label').allTextContents()).map((text) => text.trim()),
      add: async (title) => {
        await page.getByRole('textbox').fill(title);
        await page.keyboard.press('Enter');
      },
      remove: (title) => page.getByRole('button', { name: `Remove ${title}` }).click(),
      says: (what) => page.getByRole('status').filter({ hasText: what }).waitFor(),
      told: (what) => page.locator('.refusals').getByText(what).waitFor(),
      link: (name) => page.getByRole('navigation').getByRole('link', { name }).click(),
    };
  };

  await stage.test('to do: a change shows before the server knows of it', async () => {
    const { page, add, box, remove, says, titles, item } = await open();
    await stage.control({ area: 'todos', delay: 2500 });
    await add('Oil the windlass');
    await box('Measure').check();
    await remove('Paint the balance beam');
    await says('3 being saved');
    stage.equal(await titles(), [
      'Grease the paddle gear',
      'Measure the water level',
      'Pay the harbour dues',
      'Oil the windlass',
    ]);
    stage.equal(await box('Measure').isChecked(), true);
    await item('Oil the windlass').getByText('saving').waitFor();
    await stage.screenshot(page, 'todo-saving');
    await says('all saved');
    await stage.control({ area: 'todos', delay: 0 });
    stage.equal(await saved(), [
      '+ Grease the paddle gear',
      '+ Measure the water level',
      '- Pay the harbour dues',
      '- Oil the windlass',
    ]);
  });

  await stage.test('to do: what is refused is taken back, and no other', async () => {
    const { page, add, remove, box, says, told, titles } = await open();
    await stage.control({ area: 'todos', delay: 2500 });
    await add('Sound the horn');
    await add('measure the WATER level');
    await remove('Pay the harbour dues');
    await box('Paint').check();
    stage.equal((await titles()).length, 5);
    await stage.control({ area: 'todos', delay: 50 });
    await told('“measure the WATER level” was not added. There is one of that title already.');
    await told('“Pay the harbour dues” was not removed. It is locked.');
    await says('all saved');
    stage.equal(await titles(), [
      'Grease the paddle gear',
      'Measure the water level',
      'Pay the harbour dues',
      'Paint the balance beam',
      'Sound the horn',
    ]);
    stage.equal(await box('Paint').isChecked(), true);
    await stage.screenshot(page, 'todo');
    await page.getByRole('button', { name: 'I have read it' }).first().click();
    await stage.eventually(async () => (await page.locator('.refusals p').count()) === 1, 'one refusal less');
  });

  await stage.test('to do: of several changes of one thing the last is what is saved', async () => {
    const { box, says } = await open();
    await stage.control({ area: 'todos', delay: 300 });
    for (let i = 0; i < 5; i++) await box('Paint').click();
    stage.equal(await box('Paint').isChecked(), true);
    await says('all saved');
    stage.equal((await saved()).at(-1), '+ Paint the balance beam');
  });

  await stage.test('to do: a server that is down is asked again; one that stays down has refused', async () => {
    const { box, says, told, add } = await open();
    await stage.control({ area: 'todos', delay: 100, fail: 2 });
    await add('Call the ferryman');
    await says('all saved');
    stage.equal((await saved()).at(-1), '- Call the ferryman');
    await stage.control({ area: 'todos', fail: true });
    await box('Paint').check();
    await told('“Paint the balance beam” is as it was. The server is down');
    stage.equal(await box('Paint').isChecked(), false);
  });

  await stage.test('to do: an answer that is lost with the network changes nothing twice', async () => {
    const { page, add, remove, says, titles } = await open();
    await stage.control({ area: 'todos', delay: 0 });
    await stage.browser.setOffline(true);
    await add('Write home');
    await says('1 to be saved when there is a network');
    await stage.browser.setOffline(false);
    await says('all saved');
    // The server has done what it was asked, and cannot say so.
    await stage.control({ area: 'todos', lag: 60_000 });
    await add('Write again');
    await remove('Paint the balance beam');
    await stage.eventually(async () => (await saved()).length === 5, 'both changes');
    await stage.eventually(async () => !(await saved()).includes('- Paint the balance beam'), 'both changes');
    await stage.browser.setOffline(true);
    await says('2 to be saved when there is a network');
    await stage.control({ area: 'todos', lag: 0 });
    await stage.browser.setOffline(false);
    await says('all saved');
    const expected = [
      'Grease the paddle gear',
      'Measure the water level',
      'Pay the harbour dues',
      'Write home',
      'Write again',
    ];
    stage.equal(
      (await saved()).map((line) => line.slice(2)),
      expected,
    );
    stage.equal(await titles(), expected);
    stage.equal(await page.locator('.refusals p').count(), 0);
  });

  await stage.test('to do: a page that is left waits for what is being saved', async () => {
    const { page, add, link } = await open();
    await stage.control({ area: 'todos', delay: 500 });
    await add('At the door');
    await link('Search');
    await page.getByRole('heading', { level: 1, name: 'Search' }).waitFor();
    await stage.control({ area: 'todos', delay: 0 });
    stage.equal((await saved()).at(-1), '- At the door');
  });

  await stage.test('to do: but not for ever: who leaves twice gives it up', async () => {
    const { page, add, link, told } = await open();
    await stage.browser.setOffline(true);
    await add('Never mind');
    await link('Search');
    await told('Leave again, and they are given up');
    await link('Search');
    await page.getByRole('heading', { level: 1, name: 'Search' }).waitFor();
    await stage.browser.setOffline(false);
    await link('To do');
    await page.getByRole('checkbox', { name: 'Grease' }).waitFor();
    stage.equal((await saved()).length, 4);
  });

  await stage.test('to do: a tab that is closed asks, while something is unsaved', async () => {
    const { page, add, says } = await open();
    await stage.control({ area: 'todos', delay: 4000 });
    await add('Bolt the shed');
    stage.answers.push('dismiss');
    await page.close({ runBeforeUnload: true });
    await stage.eventually(() => stage.answers.length === 0, 'the question');
    await says('all saved');
  });
};
