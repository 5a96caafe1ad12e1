// Records a trace of a page in which `showInDevtools` is at work: as Chromium's performance panel does, which reads the tracks
// from it.

/** What Chromium traced while `act` ran. */
async function traced(browser, page, act) {
  const session = await browser.newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['blink.user_timing'] },
    transferMode: 'ReportEvents',
  });
  await act();
  await session.send('Tracing.end');
  await ended;
  return events;
}

/** What is drawn: the spans on our tracks, `track: name`, and the lines through all. */
function drawnIn(events) {
  const spans = [];
  const lines = [];
  for (const { cat, ph, name, args } of events) {
    const detail = args?.detail ?? args?.data?.detail;
    // A span has an end, too.
    if (cat !== 'blink.user_timing' || ph === 'e' || detail === undefined) continue;
    const { devtools } = JSON.parse(detail);
    if (devtools?.dataType === 'track-entry' && devtools.trackGroup === 'rxsluice')
      spans.push(`${devtools.track}: ${name}`);
    if (devtools?.dataType === 'marker') lines.push(name);
  }
  return { spans, lines };
}

export async function devtools(browser, url, report) {
  const page = await browser.newPage();
  await page.goto(`${url}tracks.html`);
  await page.waitForFunction(() => typeof globalThis.runTracked === 'function');
  let left = [];
  const events = await traced(browser, page, async () => {
    left = await page.evaluate(() => globalThis.runTracked());
  });
  const { spans, lines } = drawnIn(events);
  const count = (span) => spans.filter((each) => each === span).length;
  const told = spans.join('\n');
  report(
    'devtools: each task is a span',
    count('tasks: task clerk') === 1 && count('tasks: task customer') === 1,
    told,
  );
  report('devtools: each wait is a span', count('waits: clerk: receive on orders') === 3, told);
  report('devtools: a wait for ever is drawn in pieces', count('waits: stuck: receive on nothing') >= 2, told);
  const isThief = (line) => line.startsWith('rxsluice: a deadlock: thief → safe');
  report('devtools: a finding is a line', lines.filter(isThief).length === 1, lines.join('\n'));
  report('devtools: the list of entries is that of the page', left.join() === 'of the page', left.join());
  await page.close();
}
