// The frame: navigation, theme, keyboard.

const FEATURES = ['Editor', 'Uploads', 'Prices', 'To do', 'Booking', 'Search'];

export default async (stage) => {
  await stage.test('every page is reached by the navigation, which says where one is', async () => {
    const page = await stage.open('');
    for (const name of FEATURES) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      stage.equal(await page.locator('[aria-current=page]').allTextContents(), [name]);
      const isFocused = () => page.locator('main').evaluate((main) => main === globalThis.document.activeElement);
      await stage.eventually(isFocused, 'that a screen reader is told');
    }
    await page.locator('.brand').click();
    await page.getByRole('heading', { level: 1, name: 'Six jobs' }).waitFor();
    await stage.screenshot(page, 'home');
  });

  await stage.test('the theme is chosen, and kept', async () => {
    const page = await stage.open('');
    const ground = () => page.evaluate(() => globalThis.getComputedStyle(globalThis.document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    await page.getByRole('button', { name: 'Theme' }).click();
    const dark = await ground();
    stage.equal(light === dark, false);
    await page.reload();
    stage.equal(await ground(), dark);
    await page.getByRole('button', { name: 'Theme: dark' }).click();
    await page.getByRole('button', { name: 'Theme' }).click();
  });

  await stage.test('by keyboard, the first thing is a way past the navigation', async () => {
    const page = await stage.open('editor');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    stage.equal(await page.evaluate(() => globalThis.document.activeElement?.id), 'main');
  });

  await stage.test('the server is told to fail, and to be well again', async () => {
    const page = await stage.open('');
    const fails = async () => (await stage.api('control')).docs.fail;
    await page.getByLabel('Server').selectOption('failing');
    await stage.eventually(async () => (await fails()) === true);
    await page.reload();
    await stage.eventually(
      async () => (await page.getByLabel('Server').inputValue()) === 'failing',
      'what it was told',
    );
    await page.getByLabel('Server').selectOption('well');
    await stage.eventually(async () => (await fails()) === false);
  });
};
