/* global document, location -- of the page, where what is given to `evaluate` runs */

// The playground as its readers have it: every program runs and says what it should; loops are stopped; nothing leaves the frame; a
// link brings a program back; errors have their line; the keyboard is enough.

import { createServer } from 'node:http';
import { complaintsOf, open, violations } from './browser.mjs';
import { programs } from './kit.mjs';

const SLOW = { timeout: 60_000 };

class Reader {
  constructor(page, url) {
    this.page = page;
    this.url = `${url}/playground.html`;
  }

  async arrive(hash = '') {
    await this.page.goto('about:blank');
    await open(this.page, `${this.url}${hash}`, false);
    await this.ended();
  }

  state = () => this.page.locator('.playground [role=status]').getAttribute('data-state');

  async ended() {
    const state = '.playground [role=status]:not([data-state=loading]):not([data-state=running])';
    await this.page.locator(state).waitFor(SLOW);
    return this.state();
  }

  async choose(name) {
    await this.page.locator('.playground select').selectOption(name);
    return this.ended();
  }

  /** Puts `code` into the editor, and runs it at once. */
  async write(code) {
    const editor = this.page.locator('.cm-content');
    await editor.focus();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.insertText(code);
    await this.page.keyboard.press('Control+Enter');
  }

  async run(code) {
    await this.write(code);
    return this.ended();
  }

  code = () => this.page.evaluate(() => document.querySelector('.cm-content').cmTile.view.state.doc.toString());

  output = () => this.page.locator('.output .text').allTextContents();

  error = async () => (await this.page.locator('.wrong').allTextContents()).join('').replace(/\s+/g, ' ').trim();

  picture = async () => decodeURIComponent((await this.page.locator('.picture img').getAttribute('src')) ?? '');
}

export async function playground(browser, url, report) {
  const page = await browser.newPage();
  await page.setViewportSize({ width: 1400, height: 900 });
  const complaints = complaintsOf(page);
  const reader = new Reader(page, url);
  const is = (what, found, wanted) =>
    report(
      `playground: ${what}`,
      JSON.stringify(found) === JSON.stringify(wanted),
      `wanted ${JSON.stringify(wanted)}\nfound  ${JSON.stringify(found)}`,
    );

  await everyProgram(reader, is);
  await sliders(reader, is);
  await errors(reader, is);
  await loops(reader, is);
  await network(reader, is);
  await links(browser, reader, url, is);
  await keys(reader, is);
  await reader.run("console.log('é'); throw new RangeError('no');");
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.waitForFunction(
      (dark) => document.documentElement.classList.contains('dark') === dark,
      scheme === 'dark',
    );
    is(`axe-core finds nothing, ${scheme}`, await violations(page), []);
  }
  is(
    'nothing is said in the console',
    complaints().filter((what) => !/Content Security Policy|: csp$/.test(what)),
    [],
  );
  await page.close();
}

async function everyProgram(reader, is) {
  await reader.arrive();
  const wrong = [];
  const all = programs();
  for (const { name, expected } of all) {
    const state = await reader.choose(name);
    const said = (await reader.output()).map((line) => `${line}\n`).join('');
    const error = await reader.error();
    if (state !== 'done' || error !== '') wrong.push(`${name}: ${state} ${error}`);
    else if (expected !== null && said !== expected) wrong.push(`${name} says\n${said}`);
    else if (!(await reader.picture()).includes('<svg')) wrong.push(`${name} draws nothing`);
  }
  is(`${all.length} programs run, and say what they should`, wrong, []);
}

async function sliders(reader, is) {
  await reader.choose('backpressure');
  const before = await reader.picture();
  await reader.page.getByRole('slider').fill('9');
  await reader.page.waitForFunction(
    (old) => decodeURIComponent(document.querySelector('.picture img')?.src ?? '') !== old,
    before,
  );
  is('the pace changes what is drawn', /read/.test(await reader.picture()), true);
  await reader.choose('fair-choices');
  const fair = await reader.picture();
  await reader.page.getByLabel('Seed').fill('7');
  await reader.page.locator('.output', { hasText: 'with seed 7' }).waitFor();
  is('the seed changes what is drawn', (await reader.picture()) !== fair, true);
  is('buffers have their gauge', /class="gauge"/.test(fair), true);
  await reader.page.getByLabel('Seed').fill('1');
  // As one types: no button, no key.
  await reader.page.locator('.cm-content').focus();
  await reader.page.keyboard.press('Control+End');
  await reader.page.keyboard.insertText("console.log('typed');");
  await reader.page.locator('.output', { hasText: 'typed' }).waitFor();
  is('it runs as one types', true, true);
}

async function errors(reader, is) {
  await reader.run('const a = 1;\n\nthrow new RangeError(`no ${a}`);\n');
  is('an error has its line', await reader.error(), 'Line 3: RangeError: no 1');
  is('and the line is marked', await reader.page.locator('.cm-wrong').allTextContents(), [
    'throw new RangeError(`no ${a}`);',
  ]);
  await reader.run(
    "import { go, sleep } from 'rxsluice';\ngo(function* () {\n  yield* sleep(5);\n  throw new TypeError('late');\n});\n",
  );
  is('of a coroutine too', await reader.error(), 'Line 4: TypeError: late');
  await reader.run('const a = 1;\nconst b = (;\n');
  is('what does not parse has its line', (await reader.error()).slice(0, 7), 'Line 2:');
  await reader.run('\nlet a = 1;\nlet a = 2;\n');
  is(
    'so has what only the browser refuses',
    await reader.error(),
    "Line 3: SyntaxError: Identifier 'a' has already been declared",
  );
  await reader.run("import { x } from 'left-pad';\nx();\n");
  is(
    'an import that is not there says what is',
    (await reader.error()).includes("there is no 'left-pad' in the playground"),
    true,
  );
  is(
    'what it wrote before the error is there',
    (await reader.run("console.log('before');\nnull.x;"), await reader.output()),
    ['before'],
  );
}

async function loops(reader, is) {
  await reader.write('for (;;);');
  await reader.page.locator('[role=status][data-state=running]').waitFor();
  await reader.page.getByRole('button', { name: 'Stop' }).click();
  is('a loop is stopped by the button', await reader.ended(), 'stopped');
  await reader.write("import { interval } from 'rxjs';\ninterval(0).subscribe();\nfor (;;);");
  is('and by the clock', await reader.ended(), 'late');
  is('which says so', (await reader.page.getByRole('status').textContent()).includes('endless loop'), true);
  await reader.run("import { interval } from 'rxjs';\ninterval(10).subscribe();");
  is('a source without an end is an error, and drawn', /end|frames/.test(await reader.error()), true);
  is('and the next program runs', await reader.run("console.log('again');"), 'done');
}

/** Whatever a program tries, nobody outside hears of it. */
async function network(reader, is) {
  const heard = [];
  const server = createServer((request, response) => {
    heard.push(request.url);
    response.setHeader('access-control-allow-origin', '*');
    response.end('//');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const outside = `http://127.0.0.1:${server.address().port}`;
  await reader.run(`
const tried = async (what, act) => {
  try { await act(); console.log(what, 'went out'); } catch (error) { console.log(what, 'refused'); }
};
await tried('fetch', () => fetch('${outside}/fetch'));
await tried('script', () => importScripts('${outside}/script'));
await tried('module', () => import('${outside}/module'));
await tried('request', () => { const r = new XMLHttpRequest(); r.open('GET', '${outside}/request', false); r.send(); });
await tried('eval', () => eval('1'));
await tried('database', () => indexedDB.open('x').transaction);
try { new WebSocket('${outside.replace('http', 'ws')}/socket'); new EventSource('${outside}/events'); new Worker('${outside}/worker'); } catch {}
console.log(typeof document, typeof self.parent);
`);
  const said = await reader.output();
  is(
    'what a program tries is refused',
    said.filter((line) => /went out/.test(line)),
    [],
  );
  is('it tried all of it', said.at(-1), 'undefined undefined');
  is('nothing leaves the frame', heard, []);
  is(
    'the frame may run scripts, and nothing else',
    await reader.page.locator('iframe').getAttribute('sandbox'),
    'allow-scripts',
  );
  server.close();
}

async function links(browser, reader, url, is) {
  const code = "// ü 漢 🙂 +/=&#\nconsole.log('from a link');\n";
  await reader.arrive('#example=fair-choices&seed=5');
  is('a link names an example, and the seed', await reader.output(), ['with seed 5']);
  await reader.run(code);
  await reader.page.getByRole('button', { name: 'Copy link' }).click();
  const link = await reader.page.evaluate(() => location.href);
  const page = await browser.newPage();
  const other = new Reader(page, url);
  await other.arrive(new URL(link).hash);
  is('a link carries the code', [await other.code(), await other.output()], [code, ['from a link']]);
  await other.arrive('#code=not-a-program');
  is('a broken link opens the first program', await other.ended(), 'done');
  await open(page, `${url}/channels.html`, false);
  await page.getByRole('link', { name: 'Open in the playground' }).first().click();
  await other.ended();
  is('a button of the docs opens its example', (await other.output())[0], 'ann has done job 1');
  await page.close();
}

async function keys(reader, is) {
  const { page } = reader;
  await reader.arrive('#example=backpressure');
  const at = () =>
    page.evaluate(() => {
      const { activeElement: here } = document;
      return (here.labels?.[0]?.textContent ?? here.getAttribute('aria-label') ?? here.textContent)
        .trim()
        .split(/[\n:]| {2}/)[0]
        .slice(0, 20);
    });
  const reached = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const here = await at();
    if (here === 'Program' && (await page.evaluate(() => document.activeElement.classList.contains('cm-content'))))
      break;
    reached.push(here.startsWith('Program') ? 'Choice' : here);
  }
  const wanted = ['Choice', 'Run', 'Copy link', 'as I type', 'Pace of the consumer', 'Seed'];
  is(
    'Tab reaches all that it has',
    wanted.filter((name) => !reached.includes(name)),
    [],
  );
  const before = await reader.code();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Tab');
  is('in the editor Tab indents', (await reader.code()) !== before, true);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  is(
    'Escape, then Tab, leaves it',
    await page.evaluate(() => document.activeElement.classList.contains('cm-content')),
    false,
  );
  await reader.ended();
}
