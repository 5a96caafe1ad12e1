// A tab that nobody looks at, as browsers have it: no frames come, and timers rarely.

import { findChromium, withTabs } from '../../../test/browser/chromium.mjs';

/** Counts and acts in a page. */
const ready = () => globalThis.document.querySelector('html[data-ready]') !== null;
const isHidden = () => globalThis.document.visibilityState === 'hidden';
const text = (selector) => globalThis.document.querySelector(selector)?.textContent?.trim() ?? '';
const click = (name) => {
  const buttons = [...globalThis.document.querySelectorAll('button')];
  const button = buttons.find((each) => !each.disabled && each.textContent.trim() === name);
  button?.click();
  return button !== undefined;
};
const write = (what) => {
  const area = globalThis.document.querySelector('textarea');
  if (area === null) return false;
  area.value = what;
  area.dispatchEvent(new globalThis.Event('input'));
  return true;
};
/** How often the quotes are painted from now on. */
const watchPaintings = () => {
  globalThis.paintings = 0;
  const quotes = globalThis.document.querySelector('.quotes');
  const changes = { subtree: true, characterData: true, childList: true };
  new globalThis.MutationObserver(() => globalThis.paintings++).observe(quotes, changes);
};
const paintings = () => globalThis.paintings;

export default (stage) =>
  withTabs(findChromium(), async (openTab) => {
    /** A tab at `path`, and one beside it, which hides it. */
    const open = async (path) => {
      const tab = await openTab(stage.url + path);
      await stage.eventually(() => tab.evaluate(ready), path);
      const hide = async () => {
        await openTab('about:blank');
        await stage.eventually(() => tab.evaluate(isHidden), 'the other tab');
      };
      return { tab, hide };
    };
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

    await stage.test(
      'hidden: prices are painted no more, nothing piles up, and they go on when one looks',
      async () => {
        const { tab, hide } = await open('prices');
        await stage.eventually(() => tab.evaluate(text, '.quotes strong'), 'the quotes');
        await hide();
        await tab.evaluate(watchPaintings);
        await wait(2500);
        stage.equal(await tab.evaluate(paintings), 0);
        stage.equal((await stage.api('control')).ticks.active, 1);
        await tab.show();
        await stage.eventually(() => tab.evaluate(paintings), 'a painting');
      },
    );

    await stage.test('hidden: what is written is saved when one looks elsewhere, and not a pause later', async () => {
      const { tab, hide } = await open('editor');
      await stage.eventually(() => tab.evaluate(write, 'before I look elsewhere'), 'the editor');
      await hide();
      const saved = async () => (await stage.api('docs')).find(({ id }) => id === 'letter').text;
      await stage.eventually(async () => (await saved()) === 'before I look elsewhere', 'the save');
      // By a script, say: timers come late there, but they come.
      await tab.evaluate(write, 'while nobody looks');
      await stage.eventually(async () => (await saved()) === 'while nobody looks', 'the save in a hidden tab');
    });

    await stage.test('hidden: a deadline is kept, however rarely timers come', async () => {
      const { tab, hide } = await open('booking');
      await stage.eventually(() => tab.evaluate(click, '1A'), 'the seats');
      await stage.eventually(() => tab.evaluate(text, '[role=timer]'), 'the clock');
      const left = async () => parseInt(await tab.evaluate(text, '[role=timer]'), 10);
      const before = await left();
      await hide();
      await wait(4000);
      await stage.eventually(async () => before - (await left()) >= 3, 'the clock in a hidden tab');
    });
  });
