// @vitest-environment jsdom
import { Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Finding, Inspector, PlaceInfo, Snapshot, TaskInfo } from '../../../src/inspect/inspector.ts';
import type { RxsluicePanel } from '../../../src/inspect/panel/index.ts';
import { inspection } from '../../../src/core/inspection.ts';
import { Page } from './page.ts';

let page: Page;

beforeEach(async () => {
  page = new Page();
  await import('../../../src/inspect/panel/index.ts');
});

afterEach(async () => {
  document.body.replaceChildren();
  await Promise.resolve();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const task = (id: number, parent: number | null, more: Partial<TaskInfo> = {}): TaskInfo => ({
  ...{ id, name: `t${id}`, parent, state: 'waiting', waitingFor: 'receive on orders', forMs: 1500, startedAt: null },
  ...more,
});
const place = (name: string, told = '1/4, open', waiting: number[] = []): PlaceInfo => ({
  ...{ kind: 'channel', name, text: `channel ${name} (${told})`, waiting },
});
const finding = (kind: Finding['kind'], message: string): Finding => ({ kind, message, task: null, place: null });

class Stage {
  shown: Snapshot = { tasks: [], places: [], cycles: [] };
  readonly findings$ = new Subject<Finding>();
  stops = 0;
  readonly panel = document.createElement('rxsluice-panel');
  readonly inspector: Inspector = {
    findings$: this.findings$,
    snapshot: () => this.shown,
    timeline: () => ({ title: '', frames: 0, rows: [] }),
    stop: () => {
      this.stops++;
    },
    [Symbol.dispose]: () => undefined,
  };

  constructor(shown: Partial<Snapshot> = {}) {
    this.shown = { ...this.shown, ...shown };
    this.panel.inspector = this.inspector;
  }

  /** In the document, in sight, of this height. */
  show(height = 104): this {
    document.body.append(this.panel);
    page.sight(this.panel, true);
    page.size(this.tree, 300, height);
    page.size(this.list, 600, height);
    page.pass(30);
    for (const canvas of this.all('canvas')) page.size(canvas, 200, 34);
    page.pass(30);
    return this;
  }

  /** Something passes through a place, `later` than now. */
  hear(name: string, later: number, value: string): this {
    for (const listener of inspection.listeners) listener({ kind: 'sent', at: page.now + later, name, value });
    return this;
  }

  all(selector: string): HTMLElement[] {
    return [...this.panel.shadowRoot!.querySelectorAll<HTMLElement>(selector)];
  }
  get tree(): HTMLElement {
    return this.all('[role=tree]')[0]!;
  }
  get list(): HTMLElement {
    return this.all('[role=list]')[0]!;
  }
  /** The rows of the tree, from above to below. */
  get rows(): HTMLElement[] {
    const rows = this.all('.task').filter(({ hidden }) => !hidden);
    const top = ({ style }: HTMLElement): number => Number(/\d+/.exec(style.transform)?.[0]);
    return rows.sort((a, b) => top(a) - top(b));
  }
  get texts(): string[] {
    return this.rows.map((row) => row.textContent.trim());
  }
  press(key: string, more: KeyboardEventInit = {}): boolean {
    return !this.tree.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true, ...more }));
  }
}

const FAMILY = [task(1, null, { state: 'running', waitingFor: null }), task(2, 1), task(3, null)];

describe('<rxsluice-panel>', () => {
  it('shows tasks as a tree, each with what it waits for and since when', () => {
    const { rows, texts } = new Stage({ tasks: FAMILY }).show();
    expect(texts).toEqual(['t1 running', 't2 receive on orders 1.5 s', 't3 receive on orders 1.5 s']);
    const attributes = ['role', 'aria-level', 'aria-posinset', 'aria-setsize', 'aria-expanded', 'aria-selected'];
    expect(rows.map((row) => attributes.map((name) => row.getAttribute(name)))).toEqual([
      ['treeitem', '1', '1', '2', 'true', 'true'],
      ['treeitem', '2', '1', '1', null, 'false'],
      ['treeitem', '1', '2', '2', null, 'false'],
    ]);
  });

  it('shows places with their fill, who waits there, and the last value', () => {
    const stage = new Stage({
      tasks: FAMILY,
      places: [place('orders', '4/4, 1 receiving, open'), place('gate', 'set', [3])],
    });
    stage.show().hear('orders', 0, 'a').hear('orders', 300, 'b');
    page.pass(30);
    const [orders, gate] = stage.all('.place');
    const bar = orders!.querySelector('.bar')!;
    const attributes = ['role', 'aria-label', 'aria-valuenow', 'aria-valuetext', 'class'];
    expect(attributes.map((name) => bar.getAttribute(name))).toEqual([
      'meter',
      'fill of orders',
      '100',
      '4/4',
      'bar full',
    ]);
    expect(orders!.textContent).toMatch(/^orderschannel4\/41 receivingbjust now$/);
    expect(gate!.textContent).toBe('gatechannelset1 waiting');
    expect(gate!.querySelector('[role=meter]')).toBeNull();
    const labels = stage.all('.place canvas').map((canvas) => canvas.getAttribute('aria-label'));
    expect(labels).toEqual(['2 values of late, the last: a, b', 'nothing of late']);
  });

  it('measures what has no bound by the most that was seen', () => {
    const stage = new Stage({ places: [place('orders', '8/Infinity, open')] }).show();
    const part = (): string => stage.all('.bar')[0]!.style.getPropertyValue('--part');
    expect([part(), stage.all('.bar')[0]!.className]).toEqual(['1', 'bar']);
    stage.shown = { ...stage.shown, places: [place('orders', '2/Infinity, open')] };
    page.pass(30);
    expect(part()).toBe('0.25');
  });

  it('marks those who wait for each other for ever, and where the active task waits', () => {
    const places = [place('a'), place('b', '0/1, open', [1])];
    const stage = new Stage({ tasks: FAMILY, places, cycles: [['t3', 'a']] }).show();
    const marked = (selector: string): string[] =>
      stage.all(selector).map((row) => row.querySelector('.name')!.textContent);
    expect([marked('.ring'), marked('.near')]).toEqual([['t3', 'a'], ['b']]);
    expect(stage.all('.counts')[0]!.textContent).toBe('3 tasks · 2 places · 1 deadlock');
  });

  it('shows names, waits and findings escaped', () => {
    const tasks = [task(1, null, { name: '<b>\u202e', waitingFor: 'x\n' })];
    const stage = new Stage({ tasks, places: [place('<i>\0')] }).show();
    stage.findings$.next(finding('slowStep', '<u>\u202e'));
    page.pass();
    expect(stage.texts[0]).toContain('<b>\\u202e x\\n');
    expect(stage.all('.place .name')[0]!.textContent).toBe('<i>\\x00');
    expect(stage.all('li span')[0]!.textContent).toBe('<u>\\u202e');
  });

  describe('by the keyboard', () => {
    it('goes through the tree, which has the focus, and opens and closes', () => {
      const stage = new Stage({ tasks: FAMILY }).show();
      expect(stage.tree.tabIndex).toBe(0);
      const active = (): string | undefined =>
        stage.panel.shadowRoot!.getElementById(stage.tree.getAttribute('aria-activedescendant')!)?.textContent;
      expect([stage.press('ArrowDown'), active()]).toEqual([true, 't2 receive on orders 1.5 s']);
      stage.press('ArrowLeft');
      stage.press('ArrowLeft');
      page.pass();
      expect(stage.texts).toEqual(['t1 running', 't3 receive on orders 1.5 s']);
      expect(stage.rows[0]!.getAttribute('aria-expanded')).toBe('false');
      expect([stage.press('Tab'), stage.press('a', { ctrlKey: true }), stage.press('t', { metaKey: true })]).toEqual([
        false,
        false,
        false,
      ]);
    });

    it('scrolls to what is active', () => {
      const tasks = Array.from({ length: 100 }, (_, i) => task(i, null));
      const stage = new Stage({ tasks }).show(104);
      stage.press('End');
      page.pass();
      expect(stage.tree.scrollTop).toBe(100 * 26 - 104);
      stage.press('ArrowUp');
      expect(stage.tree.scrollTop).toBe(100 * 26 - 104);
      stage.press('PageUp');
      stage.press('PageUp');
      expect(stage.tree.scrollTop).toBe(92 * 26);
      stage.press('Home');
      expect(stage.tree.scrollTop).toBe(0);
    });

    it('dismisses findings one after the other, and goes back to the tasks', () => {
      const stage = new Stage({ tasks: FAMILY }).show();
      for (const message of ['one', 'two']) stage.findings$.next(finding('deadlock', message));
      page.pass();
      const list = stage.all('.findings')[0]!;
      expect([list.getAttribute('aria-live'), list.textContent]).toEqual(['polite', 'deadlock one×deadlock two×']);
      expect(stage.all('li button')[0]!.getAttribute('aria-label')).toBe('Dismiss: deadlock');
      stage.all('li button')[0]!.click();
      const { shadowRoot } = stage.panel;
      expect(shadowRoot!.activeElement?.parentElement?.textContent).toBe('deadlock two×');
      page.pass();
      expect(list.textContent).toBe('deadlock two×');
      list.click();
      stage.all('li button')[0]!.click();
      page.pass();
      expect([list.textContent, shadowRoot!.activeElement === stage.tree]).toEqual(['', true]);
    });
  });

  it('takes clicks: on a task, and on what opens it', () => {
    const stage = new Stage({ tasks: FAMILY }).show();
    stage.rows[2]!.click();
    page.pass();
    expect(stage.rows.map((row) => row.getAttribute('aria-selected'))).toEqual(['false', 'false', 'true']);
    stage.rows[0]!.querySelector('i')!.click();
    page.pass();
    expect(stage.texts).toHaveLength(2);
    stage.tree.click();
    expect(stage.rows[0]!.getAttribute('aria-selected')).toBe('true');
  });

  it('has elements for the rows in sight only, and changes them as it is scrolled', () => {
    const tasks = Array.from({ length: 10_000 }, (_, i) => task(i, null));
    const stage = new Stage({ tasks }).show(104);
    expect([stage.rows.length, stage.all('[role=treeitem]').length]).toEqual([6, 8]);
    expect(stage.all('.space')[0]!.style.height).toBe('260000px');
    stage.tree.scrollTop = 2600;
    stage.tree.dispatchEvent(new Event('scroll'));
    page.pass();
    expect(stage.texts.map((text) => text.split(' ')[0])).toEqual(Array.from({ length: 8 }, (_, i) => `t${98 + i}`));
    expect(stage.all('[role=treeitem]')).toHaveLength(8);
    page.size(stage.tree, 300, 260);
    page.pass();
    expect([stage.rows.length, stage.rows[0]!.textContent.split(' ')[0]]).toEqual([14, 't98']);
    stage.shown = { ...stage.shown, tasks: FAMILY };
    page.pass(30);
    expect(stage.rows.length).toBeLessThanOrEqual(3);
  });

  it('says how long ago the last value was', () => {
    const stage = new Stage({ places: [place('a')] }).show().hear('a', 0, 'x');
    const told = (frames: number): string => {
      page.pass(frames);
      return stage.all('.last')[0]!.textContent;
    };
    expect([told(20), told(60), told(62 * 64)]).toEqual(['xjust now', 'x1 s ago', 'x1 min 5 s ago']);
  });

  describe('its lanes', () => {
    const lane = (): Stage => {
      const stage = new Stage({ places: [place('a')] });
      stage.panel.seconds = 1;
      return stage.show();
    };
    const kinds = (): string[] => [...new Set(page.drawn.map((call) => call.split(' ')[0]!))];

    it('have marbles with their text, which move to the left and go', () => {
      const stage = lane();
      page.drawn = [];
      stage.hear('a', 0, 'x');
      page.pass(80);
      const at = page.drawn.filter((call) => call.startsWith('fillText x')).map((call) => Number(call.split(',')[1]));
      expect([at.length > 50, at[0]! > 180, at.at(-1)! < 20, at.every((x, i) => x <= (at[i - 1] ?? 191))]).toEqual([
        true,
        true,
        true,
        true,
      ]);
    });

    it('have dots where marbles have no room, and ticks where there is none for dots', () => {
      const stage = lane();
      for (const later of [0, 60, 120]) stage.hear('a', later, 'x');
      page.pass(10);
      page.drawn = [];
      page.pass();
      expect([kinds().includes('arc'), page.drawn.filter((call) => call.startsWith('fillRect')).length]).toEqual([
        true,
        1,
      ]);
      for (let later = 130; later < 230; later += 5) stage.hear('a', later, 'x');
      page.drawn = [];
      page.pass(10);
      expect(page.drawn.filter((call) => call.startsWith('fillRect')).length).toBeGreaterThan(100);
    });

    it('are painted no more when they are empty', () => {
      lane().hear('a', 0, 'x');
      page.pass(200);
      page.drawn = [];
      page.pass(10);
      expect(page.drawn).toEqual([]);
    });

    it('are painted anew when their size changes', () => {
      const stage = lane();
      page.drawn = [];
      page.size(stage.all('.place canvas')[0]!, 100, 34);
      page.pass(1);
      expect(page.drawn).toContain('clearRect 0,0,100,34');
    });

    it('move once a second for those who want less motion', () => {
      page.calm = true;
      const stage = lane();
      stage.panel.seconds = 10;
      stage.hear('a', 0, 'x');
      page.drawn = [];
      page.pass(125);
      const at = page.drawn.filter((call) => call.startsWith('fillText x')).map((call) => call.split(',')[1]);
      expect([at.length > 50, new Set(at).size <= 3]).toEqual([true, true]);
    });
  });

  describe('its button', () => {
    it('makes it stand still, and go on', () => {
      const stage = new Stage({ tasks: FAMILY }).show();
      const [button] = stage.all('button');
      expect(button!.textContent).toBe('Pause');
      button!.click();
      page.pass();
      expect([stage.panel.paused, stage.panel.hasAttribute('paused'), button!.textContent]).toEqual([
        true,
        true,
        'Resume',
      ]);
      stage.shown = { ...stage.shown, tasks: [] };
      expect([page.pass(100), stage.rows.length]).toEqual([0, 3]);
      stage.findings$.next(finding('deadlock', 'now'));
      expect([page.pass(100), stage.all('li').length]).toEqual([1, 1]);
      button!.click();
      page.pass(30);
      expect([stage.panel.paused, stage.rows.length]).toEqual([false, 0]);
    });
  });

  describe('its frames', () => {
    it('go on only while it is in sight, and the page is seen', () => {
      const stage = new Stage({ tasks: FAMILY }).show();
      expect(page.pass(10)).toBe(10);
      page.sight(stage.panel, false);
      expect([page.pass(10), page.frames.size]).toEqual([0, 0]);
      page.sight(stage.panel, true);
      expect(page.pass(10)).toBe(10);
      const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
      document.dispatchEvent(new Event('visibilitychange'));
      expect([page.pass(10), page.frames.size]).toEqual([0, 0]);
      hidden.mockReturnValue(false);
      document.dispatchEvent(new Event('visibilitychange'));
      expect(page.pass(10)).toBe(10);
    });

    it('end with an inspector that throws, after it was reported', () => {
      const stage = new Stage({ tasks: FAMILY }).show();
      Object.assign(stage.inspector, {
        snapshot: () => {
          throw new RangeError('no');
        },
      });
      expect(() => page.pass(30)).toThrow('no');
      expect([page.pass(30), page.frames.size]).toEqual([0, 0]);
    });
  });

  it('leaves nothing when it is taken out: no frame, observer, listener, subscription', async () => {
    const added = vi.spyOn(document, 'addEventListener');
    const removed = vi.spyOn(document, 'removeEventListener');
    const stage = new Stage({ tasks: FAMILY }).show();
    expect([stage.findings$.observed, page.observed.length > 0]).toEqual([true, true]);
    stage.panel.remove();
    await Promise.resolve();
    expect([stage.findings$.observed, page.observed, page.frames.size]).toEqual([false, [], 0]);
    expect(removed.mock.calls).toEqual(added.mock.calls);
    expect([page.pass(10), stage.stops]).toEqual([0, 0]);
  });

  it('goes on when it is only moved', async () => {
    const stage = new Stage({ tasks: FAMILY }).show();
    const box = document.createElement('div');
    document.body.append(box);
    stage.press('ArrowDown');
    box.append(stage.panel);
    await Promise.resolve();
    page.sight(stage.panel, true);
    page.pass(30);
    expect([stage.findings$.observed, stage.rows.map((row) => row.getAttribute('aria-selected'))]).toEqual([
      true,
      ['false', 'true', 'false'],
    ]);
  });

  it('begins anew when it is put back', async () => {
    const stage = new Stage({ tasks: FAMILY }).show();
    stage.panel.remove();
    await Promise.resolve();
    stage.shown = { ...stage.shown, tasks: FAMILY.slice(0, 1) };
    document.body.append(stage.panel);
    page.sight(stage.panel, true);
    page.pass(30);
    expect(stage.texts).toEqual(['t1 running']);
  });

  it('shows another inspector as soon as it is given one', () => {
    const [one, other] = [new Stage({ tasks: FAMILY }).show(), new Stage({ tasks: FAMILY.slice(0, 1) })];
    one.findings$.next(finding('deadlock', 'of the first'));
    page.pass();
    one.panel.inspector = other.inspector;
    page.pass(30);
    expect([one.texts, one.all('li').length, one.findings$.observed, other.findings$.observed]).toEqual([
      ['t1 running'],
      0,
      false,
      true,
    ]);
    expect([one.panel.inspector === other.inspector, one.stops, other.stops]).toEqual([true, 0, 0]);
  });

  it('has an inspection of its own when it is given none, for as long as it is in the document', async () => {
    const { channel, go } = await import('../../../src/index.ts');
    const { turn } = await import('../../../src/core/turn.ts');
    const stage = new Stage();
    stage.panel.inspector = null;
    expect([stage.panel.inspector, turn.watch]).toEqual([null, null]);
    stage.show();
    const orders = channel<number>({ name: 'orders' });
    const reader = go(() => orders.receive(), { name: 'reader' });
    page.pass(30);
    expect(stage.texts[0]).toMatch(/^reader receive on orders/);
    stage.panel.remove();
    await Promise.resolve();
    expect(turn.watch).toBeNull();
    reader.cancel();
  });

  describe('its properties', () => {
    it('are attributes too', () => {
      const { panel } = new Stage();
      expect([panel.seconds, panel.paused]).toEqual([10, false]);
      panel.setAttribute('seconds', '2.5');
      panel.setAttribute('paused', '');
      expect([panel.seconds, panel.paused]).toEqual([2.5, true]);
      panel.seconds = 3600;
      panel.paused = false;
      expect([panel.getAttribute('seconds'), panel.hasAttribute('paused')]).toEqual(['3600', false]);
      for (const none of ['x', '0', '-1', '3601', 'Infinity', '']) {
        panel.setAttribute('seconds', none);
        expect(panel.seconds).toBe(10);
      }
    });

    it.each([0, -1, 3601, Infinity, NaN, '5'])('reject %s seconds', (seconds) => {
      const { panel } = new Stage();
      expect(() => void (panel.seconds = seconds as number)).toThrow(RangeError);
      expect(() => void (panel.seconds = seconds as number)).toThrow(/^rxsluice-panel: seconds must be .*; got/);
    });

    it.each([undefined, 5, {}])('reject what is no inspector: %s', (inspector) => {
      const { panel } = new Stage();
      expect(() => void (panel.inspector = inspector as unknown as Inspector)).toThrow(
        /^rxsluice-panel: inspector must be an Inspector or null; got/,
      );
    });

    it('may be set before the element is defined', () => {
      const stage = new Stage({ tasks: FAMILY });
      const early = document.createElement('rxsluice-panel') as RxsluicePanel & Record<string, unknown>;
      for (const [name, value] of Object.entries({ inspector: stage.inspector, seconds: 3, paused: true }))
        Object.defineProperty(early, name, { value, configurable: true, writable: true });
      document.body.append(early);
      expect([
        Object.keys(early),
        early.inspector === stage.inspector,
        early.getAttribute('seconds'),
        early.hasAttribute('paused'),
      ]).toEqual([[], true, '3', true]);
    });
  });
});
