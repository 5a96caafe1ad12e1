// Every page, in both themes and on a small screen: what axe finds, and whether all is within the width.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = ['', 'editor', 'uploads', 'prices', 'todo', 'booking', 'search'];

export default async (stage) => {
  for (const path of PAGES) {
    await stage.test(
      `/${path}: nothing is hard to read or to use, in light, in dark, and on a small screen`,
      async () => {
        const page = await stage.open(path);
        await page.evaluate(axe);
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          const { violations } = await page.evaluate(() => globalThis.axe.run());
          const found = violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html }) => `${id} (${colorScheme}): ${html}`),
          );
          stage.equal(found, []);
        }
        await page.setViewportSize({ width: 360, height: 740 });
        const { scrollWidth, clientWidth } = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = globalThis.document.documentElement;
          return { scrollWidth, clientWidth };
        });
        stage.equal(scrollWidth, clientWidth);
        await stage.screenshot(page, `small-${path || 'home'}`);
      },
    );
  }
};
