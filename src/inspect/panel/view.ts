// The panel's elements, and how a session is shown in them.

import { printable } from '../../base/printable.ts';
import { make, mark, write } from './dom.ts';
import type { Finding, PlaceInfo } from '../inspector.ts';
import { schemeOf } from './paint.ts';
import { PLACE_HEIGHT, PlaceRow } from './place-row.ts';
import { Rows } from './rows.ts';
import type { Session } from './session.ts';
import { STYLE } from './style.ts';
import { TASK_HEIGHT, TaskRow } from './task-row.ts';
import type { TaskTree, TreeRow } from './tree.ts';
import { counted, spaced } from './words.ts';

export interface Controls {
  pause(): void;
  /** Something is to be drawn anew. */
  changed(): void;
}

export class View {
  session: Session | null = null;
  readonly #controls: Controls;
  readonly #counts = make('span', { class: 'counts' });
  readonly #pause = make('button', { type: 'button' }, 'Pause');
  readonly #findings = make('ul', { class: 'findings', 'aria-live': 'polite', 'aria-label': 'Findings' });
  readonly #items = new Map<Finding, HTMLElement>();
  readonly #taskCount = make('span');
  readonly #span = make('span');
  readonly #tasks: Rows<TreeRow>;
  readonly #places: Rows<PlaceInfo>;
  readonly #placeRows: PlaceRow[] = [];
  readonly #sizes = new ResizeObserver((entries) => this.#resized(entries));

  constructor(root: ShadowRoot, controls: Controls) {
    this.#controls = controls;
    const session = (): Session | null => this.session;
    const tree = make('div', { class: 'scroll', role: 'tree', tabindex: '0', 'aria-labelledby': 'tasks' });
    const list = make('div', { class: 'scroll', role: 'list', tabindex: '0', 'aria-labelledby': 'places' });
    const changed = (): void => controls.changed();
    this.#tasks = new Rows(tree, TASK_HEIGHT, (slot) => new TaskRow(slot, session), changed);
    this.#places = new Rows(list, PLACE_HEIGHT, () => this.#placeRow(session), changed);
    const header = make('header', {}, make('h2', {}, 'rxsluice'), this.#counts, this.#pause);
    const tasks = section('tasks', 'Tasks', this.#taskCount, tree);
    const places = section('places', 'Channels and other places', this.#span, list);
    const body = make('div', { class: 'body' }, tasks, places);
    // Not an element: a strict content security policy would refuse that.
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    root.append(make('div', { class: 'panel', part: 'panel' }, header, this.#findings, body));
    this.#pause.addEventListener('click', () => controls.pause());
    this.#findings.addEventListener('click', (event) => this.#dismiss(event));
    tree.addEventListener('keydown', (event) => this.#press(event));
    tree.addEventListener('click', (event) => this.#click(event));
  }

  connect(): void {
    for (const { scroller } of [this.#tasks, this.#places]) this.#sizes.observe(scroller);
    for (const { canvas } of this.#placeRows) this.#sizes.observe(canvas);
  }

  disconnect(): void {
    this.#sizes.disconnect();
  }

  /** Shows what the session knows. */
  show(session: Session, seconds: number, paused: boolean): void {
    const { snapshot, tree, findings } = session;
    const { tasks, places, cycles } = snapshot;
    const rings = cycles.length === 0 ? [] : [counted(cycles.length, 'deadlock')];
    const counts = [counted(tasks.length, 'task'), counted(places.length, 'place'), ...rings];
    write(this.#counts, counts.join(' · '));
    write(this.#pause, paused ? 'Resume' : 'Pause');
    write(this.#span, `last ${seconds} s`);
    this.#showTasks(tree);
    this.#places.rows = places;
    this.#places.show();
    this.#report(findings);
  }

  paint(now: number): void {
    const [first] = this.#placeRows;
    if (first === undefined) return;
    const scheme = schemeOf(first.canvas);
    for (const row of this.#placeRows) row.paint(now, scheme);
  }

  #placeRow(session: () => Session | null): PlaceRow {
    const row = new PlaceRow(session);
    this.#placeRows.push(row);
    this.#sizes.observe(row.canvas);
    return row;
  }

  #resized(entries: readonly ResizeObserverEntry[]): void {
    for (const { target, contentRect } of entries) {
      const list = [this.#tasks, this.#places].find(({ scroller }) => scroller === target);
      list?.resized(contentRect.height);
      this.#placeRows.find(({ canvas }) => canvas === target)?.resized(contentRect.width, contentRect.height);
    }
    this.#controls.changed();
  }

  // ───────────────────────────────────────────────────────────── findings

  #report(findings: readonly Finding[]): void {
    for (const [finding, item] of this.#items) {
      if (findings.includes(finding)) continue;
      item.remove();
      this.#items.delete(finding);
    }
    for (const finding of findings) {
      if (this.#items.has(finding)) continue;
      const item = itemOf(finding);
      this.#items.set(finding, item);
      this.#findings.append(item);
    }
  }

  /** The keyboard goes on from the next one, or from the tasks. */
  #dismiss({ target }: Event): void {
    const item = target instanceof HTMLButtonElement ? target.parentElement : null;
    for (const [finding, element] of this.#items) {
      if (element !== item) continue;
      const next = element.nextElementSibling ?? element.previousElementSibling;
      (next?.querySelector('button') ?? this.#tasks.scroller).focus();
      this.session?.dismiss(finding);
      this.#controls.changed();
    }
  }

  // ───────────────────────────────────────────────────────────── the tree

  #showTasks(tree: TaskTree): void {
    this.#tasks.rows = tree.rows;
    this.#tasks.show();
    mark(this.#tasks.scroller, 'aria-activedescendant', this.#tasks.elementOf(tree.active)?.id ?? null);
  }

  #press(event: KeyboardEvent): void {
    const tree = this.session?.tree;
    if (tree === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!tree.press(event.key, this.#tasks.page)) return;
    event.preventDefault();
    // As high as it is now, then scrolled to; and a screen reader hears of it now, not in the next frame.
    this.#showTasks(tree);
    this.#tasks.reveal(tree.active);
    this.#showTasks(tree);
    this.#controls.changed();
  }

  #click({ target }: Event): void {
    const tree = this.session?.tree;
    if (tree === undefined || !(target instanceof Element)) return;
    const element = target.closest('.task');
    const [from, to] = this.#tasks.range();
    for (let index = from; index < to; index++) {
      if (this.#tasks.elementOf(index) !== element) continue;
      tree.activate(index);
      if (target.localName === 'i') tree.toggle(index);
    }
    this.#controls.changed();
  }
}

function section(id: string, title: string, aside: HTMLElement, list: HTMLElement): HTMLElement {
  return make('section', {}, make('h3', {}, make('span', { id }, title), aside), list);
}

function itemOf({ kind, message }: Finding): HTMLElement {
  const text = printable(message);
  const button = make('button', { type: 'button', 'aria-label': `Dismiss: ${spaced(kind)}` }, '×');
  return make('li', { class: kind }, make('b', {}, spaced(kind)), ' ', make('span', {}, text), button);
}
