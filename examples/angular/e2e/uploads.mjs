// Uploads: three at a time, progress, cancel, further attempts, pause; no network, a page that is left.

import { createHash, randomBytes } from 'node:crypto';

export default async (stage) => {
  const uploads = async () => (await stage.control({})).uploads;
  const stored = async () => Object.fromEntries((await stage.api('uploads')).map((file) => [file.name, file.sha256]));
  const file = (name, size) => ({ name, mimeType: 'text/plain', buffer: randomBytes(size) });
  const hash = ({ buffer }) => createHash('sha256').update(buffer).digest('hex');
  /** That the server has these, byte for byte, and no others; by the order in which they were added. */
  const hasAll = async (files, numbers = files.map((_, i) => i + 1)) => {
    const expected = Object.fromEntries(files.map((each, i) => [`${numbers[i]} ${each.name}`, hash(each)]));
    const got = await stored();
    for (const [name, sum] of Object.entries(expected)) stage.equal([name, got[name]], [name, sum]);
    stage.equal(Object.keys(got).length, files.length);
  };
  const open = async () => {
    const page = await stage.open('uploads');
    const row = (name) => page.getByRole('listitem').filter({ hasText: name });
    return {
      page,
      row,
      add: (files) => page.locator('input[type=file]').setInputFiles(files),
      summary: (what) => page.getByRole('status').filter({ hasText: what }).waitFor(),
      says: (name, what) => row(name).locator('.state').filter({ hasText: what }).waitFor(),
      button: (name) => page.getByRole('button', { name, exact: true }).click(),
      part: async (name) => Number(await row(name).getByRole('progressbar').getAttribute('value')),
    };
  };
  /** Until the server has got something since. */
  const goesOn = async () => {
    const { served } = await uploads();
    await stage.eventually(async () => (await uploads()).served > served + 1, 'a further part');
  };

  await stage.test('uploads: three at a time, and all arrive as they are', async () => {
    const { page, row, add, summary, says } = await open();
    await stage.control({ area: 'uploads', delay: 500 });
    const files = [1, 2, 3, 4, 5, 6].map((n) => file(`file-${n}.txt`, 150_000 + n * 30_000));
    await add(files);
    await summary('3 on their way, 3 waiting');
    stage.equal(await row('on its way').count(), 3);
    await says('file-1.txt', 'done');
    await stage.screenshot(page, 'uploads');
    await stage.control({ area: 'uploads', delay: 20 });
    await summary('6 of 6 done');
    stage.equal((await uploads()).peak, 3);
    await hasAll(files);
  });

  await stage.test('uploads: one that is interrupted is tried again, from where it was', async () => {
    const { add, summary, says, part } = await open();
    const one = file('long.txt', 900_000);
    await stage.control({ area: 'uploads', delay: 100 });
    await add([one]);
    await stage.eventually(async () => (await part('long.txt')) > 0.2, 'a fifth of it');
    await stage.control({ area: 'uploads', fail: true });
    await says('long.txt', 'interrupted');
    const before = await part('long.txt');
    await stage.control({ area: 'uploads', fail: false });
    await summary('1 of 1 done');
    stage.equal(before > 0.2, true);
    await hasAll([one]);
  });

  await stage.test('uploads: after four attempts it is given up, and said so; it goes on when told', async () => {
    const { page, add, summary, says, button, part } = await open();
    await stage.control({ area: 'uploads', delay: 50 });
    const one = file('hopeless.txt', 600_000);
    await add([one]);
    await stage.eventually(async () => (await part('hopeless.txt')) > 0.1, 'a tenth of it');
    await stage.control({ area: 'uploads', fail: true });
    await says('hopeless.txt', 'given up: The server is down');
    await stage.screenshot(page, 'uploads-failed');
    await stage.control({ area: 'uploads', fail: false });
    await button('Try hopeless.txt again');
    await summary('1 of 1 done');
    await hasAll([one]);
  });

  await stage.test('uploads: one that is cancelled is taken away, and its place goes to the next', async () => {
    const { add, summary, says, button, part } = await open();
    await stage.control({ area: 'uploads', delay: 400 });
    const files = ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => file(name, 1_000_000));
    await add(files);
    await stage.eventually(async () => (await part('b.txt')) > 0.1, 'a tenth of it');
    await says('d.txt', 'waiting');
    await button('Cancel b.txt');
    await says('b.txt', 'cancelled');
    await stage.control({ area: 'uploads', delay: 30 });
    await says('d.txt', 'on its way');
    await summary('3 of 4 done');
    const [a, , c, d] = files;
    await hasAll([a, c, d], [1, 3, 4]);
    await stage.control({ area: 'uploads', delay: 0 });
    await button('Try b.txt again');
    await summary('4 of 4 done');
    await hasAll(files);
  });

  await stage.test('uploads: also one that rests before its next attempt; and one that is empty arrives', async () => {
    const { add, summary, says, button } = await open();
    await stage.control({ area: 'uploads', delay: 50, fail: true });
    const files = [file('rests.txt', 300_000), file('empty.txt', 0)];
    await add([files[0]]);
    await says('rests.txt', 'interrupted');
    await stage.control({ area: 'uploads', delay: 2000, fail: false });
    await button('Cancel rests.txt');
    await says('rests.txt', 'cancelled');
    await stage.control({ area: 'uploads', delay: 20 });
    await add([files[1]]);
    await summary('1 of 2 done');
    await stage.eventually(async () => Object.keys(await stored()).length === 1, 'that it is taken away');
    await hasAll([files[1]], [2]);
  });

  await stage.test('uploads: paused, nothing more is sent', async () => {
    const { add, summary, says, button } = await open();
    const files = ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => file(name, 400_000));
    await stage.control({ area: 'uploads', delay: 400 });
    await add(files);
    await goesOn();
    await button('Pause');
    await says('a.txt', 'paused');
    await stage.control({ area: 'uploads', delay: 20 });
    await stage.eventually(async () => (await uploads()).active === 0, 'the end of what was on its way');
    const { served } = await uploads();
    await new Promise((resolve) => setTimeout(resolve, 400));
    stage.equal((await uploads()).served, served);
    await button('Resume');
    await summary('4 of 4 done');
    await hasAll(files);
  });

  await stage.test('uploads: without a network they wait for one', async () => {
    const { add, summary, says } = await open();
    const files = ['a.txt', 'b.txt'].map((name) => file(name, 700_000));
    await stage.control({ area: 'uploads', delay: 400 });
    await add(files);
    await goesOn();
    await stage.browser.setOffline(true);
    await says('a.txt', /network|interrupted/);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    // However often they were tried: without a network that is no attempt.
    await says('a.txt', 'network');
    await stage.control({ area: 'uploads', delay: 20 });
    await stage.browser.setOffline(false);
    await summary('2 of 2 done');
    await hasAll(files);
  });

  await stage.test('uploads: they go on while another page is looked at', async () => {
    const { page, add, summary } = await open();
    await stage.control({ area: 'uploads', delay: 400 });
    const one = file('far.txt', 800_000);
    await add([one]);
    await goesOn();
    const link = (name) => page.getByRole('navigation').getByRole('link', { name }).click();
    await link('To do');
    await page.getByRole('heading', { level: 1, name: 'To do' }).waitFor();
    await goesOn();
    await link('Uploads');
    await stage.control({ area: 'uploads', delay: 20 });
    await summary('1 of 1 done');
    await hasAll([one]);
  });

  await stage.test('uploads: a tab that is closed asks before it leaves them', async () => {
    const { page, add, summary } = await open();
    await stage.control({ area: 'uploads', delay: 1000 });
    await add([file('slow.txt', 500_000)]);
    await goesOn();
    stage.answers.push('dismiss');
    await page.close({ runBeforeUnload: true });
    await stage.eventually(() => stage.answers.length === 0, 'the question');
    await stage.control({ area: 'uploads', delay: 0 });
    await summary('1 of 1 done');
  });
};
