// Fifty tours through all pages, each left in the middle of its work, leave nothing: counted in the heap, after a collection, are
// components, and the library's tasks, jobs, channels, queues of jobs and timers; and the heap does not grow.

const TOURS = 50;
/** Whoever visits a page for the first time loads it, and what the engine keeps of that takes some visits to settle. */
const BEFORE = 10;
/** Of a heap that is flat: what the engine itself goes up and down. */
const BREATH = 1.03;
const HEAP = 'heap, kB';
const KINDS = ['components', 'tasks', 'jobs', 'channels', 'job queues', 'owners', 'waiters'];

/** In the page, with an array of all objects: how many of each kind there are. By names that a build leaves as they are. */
function census() {
  const counts = { components: 0, tasks: 0, jobs: 0, channels: 0, 'job queues': 0, owners: 0, waiters: 0 };
  const kinds = [
    ['jobs', 'results$', 'attempt'],
    ['tasks', 'settledWith', 'name'],
    ['channels', 'receivers', 'enders'],
    ['job queues', 'outcomes$', 'pending$'],
    ['owners', 'compareAndSet', 'serializer'],
    ['waiters', 'place', 'settle'],
  ];
  for (const object of this) {
    const made = Object.getPrototypeOf(object)?.constructor;
    // A prototype is none of its kind.
    if (typeof made !== 'function' || Object.hasOwn(object, 'constructor')) continue;
    if (Object.hasOwn(made, 'ɵcmp')) counts.components++;
    const kind = kinds.find(([, ...names]) => names.every((name) => name in object));
    if (kind !== undefined) counts[kind[0]]++;
  }
  return counts;
}

/** In the page: once through all, each left in the middle of its work. Here, and not step by step from outside: it is faster. */
async function tour(number) {
  const { document } = globalThis;
  const find = (selector, text = '') =>
    [...document.querySelectorAll(selector)].find((each) => each.textContent.includes(text) && !each.disabled);
  const get = async (selector, text) => {
    for (const end = performance.now() + 30_000; performance.now() < end;) {
      const found = find(selector, text);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`tour ${number}: no ${selector} ${text}`);
  };
  const go = async (name) => {
    (await get('nav a', name)).click();
    await get('h1', name);
  };
  const write = async (selector, text) => {
    const field = await get(selector);
    field.value = text;
    field.dispatchEvent(new globalThis.Event('input', { bubbles: true }));
  };
  await go('Editor');
  await write('textarea', `tour ${number}`);
  await go('Uploads');
  (await get('button', 'samples')).click();
  (await get('button', 'Cancel all')).click();
  (await get('button', 'Tidy up')).click();
  await go('Prices');
  await get('[role=status]', '60 of 60');
  await go('To do');
  (await get('.todos input:not(:checked)')).click();
  (await get('.todos input:checked')).click();
  await go('Booking');
  (await get('.seats button')).click();
  await get('.wizard input');
  await go('Search');
  await write('main input', 'an');
  await get('[role=status]', 'Looking');
  (await get('.brand')).click();
  await get('h1', 'Six jobs');
}

export default async (stage) => {
  await stage.test(`leaks: ${TOURS} tours through all pages leave nothing behind`, async () => {
    const page = await stage.open('');
    const devtools = await stage.browser.newCDPSession(page);
    await devtools.send('Performance.enable');
    await stage.control({ area: '*', delay: 0 });

    let tours = 0;
    const tourTo = async (end) => {
      while (tours < end) await page.evaluate(tour, ++tours);
    };

    const count = async () => {
      for (let i = 0; i < 3; i++) await devtools.send('HeapProfiler.collectGarbage');
      const { result } = await devtools.send('Runtime.evaluate', { expression: 'Object.prototype' });
      const { objects } = await devtools.send('Runtime.queryObjects', { prototypeObjectId: result.objectId });
      const { result: counted } = await devtools.send('Runtime.callFunctionOn', {
        objectId: objects.objectId,
        functionDeclaration: String(census),
        returnByValue: true,
      });
      await devtools.send('Runtime.releaseObject', { objectId: objects.objectId });
      await devtools.send('Runtime.releaseObject', { objectId: result.objectId });
      for (let i = 0; i < 3; i++) await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      const metric = (name) => metrics.find((each) => each.name === name).value;
      return {
        ...counted.value,
        'DOM nodes': metric('Nodes'),
        listeners: metric('JSEventListeners'),
        [HEAP]: Math.round(metric('JSHeapUsedSize') / 1000),
      };
    };
    /** Once all is quiet: a browser may still hold what it has just shown. */
    const settled = async (expected) => {
      const { [HEAP]: heap, ...rest } = expected;
      const isAsBefore = (now) => Object.keys(rest).every((name) => now[name] <= rest[name]);
      let now = await count();
      for (let i = 0; i < 8 && !(isAsBefore(now) && now[HEAP] <= heap * BREATH); i++) {
        await page.waitForTimeout(500);
        now = await count();
      }
      return now;
    };

    await tourTo(BEFORE);
    await page.waitForTimeout(1000);
    const before = await count();
    await page.getByRole('navigation').getByRole('link', { name: 'Prices' }).click();
    await page.getByRole('status').filter({ hasText: '60 of 60' }).waitFor();
    const prices = await count();
    await page.getByRole('navigation').getByRole('link', { name: 'To do' }).click();
    await page.getByRole('checkbox').nth(1).waitFor();
    await stage.control({ area: 'todos', delay: 4000 });
    await page.getByRole('checkbox').nth(1).click();
    const todo = await count();
    await page.getByText('all saved').waitFor();
    await stage.control({ area: 'todos', delay: 0 });
    await page.locator('.brand').click();
    await page.getByRole('heading', { level: 1, name: 'Six jobs' }).waitFor();
    await tourTo(BEFORE + TOURS / 2);
    const middle = await settled(before);
    await tourTo(BEFORE + TOURS);
    const after = await settled(middle);

    const counts = [before, prices, todo, middle, after];
    const heads = ['before', 'in Prices', 'in To do', `${TOURS / 2} tours`, `${TOURS} tours`];
    const row = (cells) =>
      `        ${cells[0].padEnd(12)}${cells
        .slice(1)
        .map((cell) => String(cell).padStart(11))
        .join('')}`;
    console.log(row(['', ...heads]));
    for (const name of Object.keys(before)) console.log(row([name, ...counts.map((each) => each[name])]));
    for (const name of KINDS) {
      if (after[name] > before[name]) throw new Error(`${after[name]} ${name}, and there were ${before[name]}`);
      // What is there is seen: or else all this would say nothing.
      if (Math.max(prices[name], todo[name]) === 0) throw new Error(`${name} are not counted`);
    }
    // Less than one a tour.
    for (const name of ['DOM nodes', 'listeners'])
      if (after[name] > middle[name] + TOURS / 4) throw new Error(`${after[name]} ${name}, after ${middle[name]}`);
    if (after[HEAP] > middle[HEAP] * BREATH) throw new Error('the heap grows');
    stage.equal((await stage.api('control')).ticks.active, 0);
  });
};
