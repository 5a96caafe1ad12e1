// A wizard that is one coroutine: forwards, back, too late, too slow, refused, left.

export default async (stage) => {
  const open = async () => {
    const page = await stage.open('booking');
    return {
      page,
      title: (text) => page.getByRole('heading', { level: 2, name: text }).waitFor(),
      button: (name) => page.getByRole('button', { name, exact: true }).click(),
      alert: (text) => page.getByRole('alert').filter({ hasText: text }).waitFor(),
      here: () => page.locator('.steps [aria-current=step]').textContent(),
    };
  };
  const taken = async () => (await stage.api('booking/seats')).filter(({ free }) => !free).map(({ seat }) => seat);

  await stage.test('booking: step by step, by keyboard, to a ticket', async () => {
    const { page, title, button, here } = await open();
    await title('Which seat?');
    stage.equal(await page.getByRole('button', { name: '1B', exact: true }).isDisabled(), true);
    await stage.screenshot(page, 'booking-seats');
    await button('2B');
    await title('Seat 2B: in whose name?');
    await page.waitForFunction(() => globalThis.document.activeElement?.matches('input'));
    await page.keyboard.type('Ada');
    await page.keyboard.press('Enter');
    await title('Seat 2B, for Ada');
    stage.equal(await here(), 'Confirm');
    await page.getByRole('timer').waitFor();
    await stage.screenshot(page, 'booking');
    await button('Book it');
    await title('Booked: seat 2B');
    await page.getByText('B-1004').waitFor();
    stage.equal(await taken(), ['1B', '2B', '2C', '3A']);
    stage.equal(await page.getByRole('timer').count(), 0);
    await button('Book another');
    await title('Which seat?');
    stage.equal(await page.getByRole('button', { name: '2B', exact: true }).isDisabled(), true);
  });

  await stage.test('booking: back, as far as one likes, and what was written is kept', async () => {
    const { page, title, button } = await open();
    await button('1A');
    await page.getByLabel('Name').fill('Ada');
    await button('Next');
    await title('Seat 1A, for Ada');
    await button('Back');
    await title('Seat 1A: in whose name?');
    stage.equal(await page.getByLabel('Name').inputValue(), 'Ada');
    await button('Back');
    await button('3D');
    await title('Seat 3D: in whose name?');
    stage.equal(await page.getByLabel('Name').inputValue(), 'Ada');
    await button('Next');
    await title('Seat 3D, for Ada');
  });

  await stage.test('booking: clicked twice it is booked once', async () => {
    const { page, title, button } = await open();
    await stage.control({ area: 'booking', delay: 400 });
    await button('1C');
    await page.getByLabel('Name').fill('Ada');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Book it' }).dblclick();
    await title('Booked: seat 1C');
    stage.equal((await taken()).length, 4);
  });

  await stage.test('booking: when the time is up, it begins anew, wherever one is', async () => {
    const { page, title, button, alert } = await open();
    await title('Which seat?');
    await page.clock.install();
    await button('1D');
    await title('Seat 1D: in whose name?');
    await page.clock.fastForward(45_000);
    await page.getByRole('timer').filter({ hasText: '45 s left' }).waitFor();
    await page.clock.fastForward(46_000);
    await alert('Your time was up');
    await title('Which seat?');
    stage.equal((await taken()).length, 3);
  });

  await stage.test('booking: somebody was faster: it says so, and shows the seats that are left', async () => {
    const { page, title, button, alert } = await open();
    await button('2A');
    await page.getByLabel('Name').fill('Ada');
    await page.keyboard.press('Enter');
    await title('Seat 2A, for Ada');
    await fetch(`${stage.url}api/booking`, { method: 'POST', body: JSON.stringify({ seat: '2A', name: 'Bob' }) });
    await button('Book it');
    await alert('Somebody has taken that seat');
    await title('Which seat?');
    stage.equal(await page.getByRole('button', { name: '2A', exact: true }).isDisabled(), true);
  });

  await stage.test('booking: a server that is down, or no network, costs nothing but another click', async () => {
    await stage.control({ area: 'booking', fail: 1 });
    const { page, title, button, alert } = await open();
    await alert('The seats cannot be shown. The server is down');
    await button('Try again');
    await button('3C');
    await page.getByLabel('Name').fill('Ada');
    await page.keyboard.press('Enter');
    await title('Seat 3C, for Ada');
    await stage.browser.setOffline(true);
    await button('Book it');
    await alert('It is not booked yet. There is no network');
    await stage.browser.setOffline(false);
    await stage.control({ area: 'booking', fail: 1 });
    await button('Book it');
    await alert('It is not booked yet. The server is down');
    await button('Book it');
    await title('Booked: seat 3C');
  });

  await stage.test('booking: left in the middle, it is over', async () => {
    const { page, title, button } = await open();
    await button('1A');
    await title('Seat 1A: in whose name?');
    await page.getByRole('navigation').getByRole('link', { name: 'Search' }).click();
    await page.getByRole('heading', { level: 1, name: 'Search' }).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Booking' }).click();
    await title('Which seat?');
    stage.equal(await page.getByRole('timer').count(), 0);
  });
};
