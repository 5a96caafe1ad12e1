// The worker's side: everything that a program may import, and what runs it in virtual time and records what happened. esbuild makes
// one text of it, which defines `kit`; `tools/kit.mjs` does that.

import * as rxjs from 'rxjs';
import * as operators from 'rxjs/operators';
import * as rxjsTesting from 'rxjs/testing';
import * as rxsluice from 'rxsluice';
import * as inspecting from 'rxsluice/inspect';
import * as testing from 'rxsluice/testing';
import { innermost } from '../../dist/testing/run.js';

type Row = { -readonly [K in keyof testing.TimelineRow]: testing.TimelineRow[K] } & { events: testing.TimelineEvent[] };

interface Settings {
  readonly title: string;
  readonly pace: number;
  readonly seed: number;
  readonly isAsync: boolean;
  /** The lines of the program's text that are the reader's. */
  readonly places: readonly { readonly editor: number; readonly text: number; readonly lines: number }[];
}

type Require = (name: string) => unknown;
type File = (require: Require, exports: object, console: object, process: object) => unknown;

/** Virtual milliseconds after which a program that goes on is ended: somebody looks at it. */
const LONG = 100_000;
/** More than this nobody reads. */
const LINES = 500;
const MARBLES = 300;
const GAUGES = 8;

const frame = (): number => rxjs.asyncScheduler.now();

class Recorder {
  readonly #rows = new Map<string, Row>();
  readonly #gauges: { row: Row; read: () => number }[] = [];
  readonly output: { frame: number; text: string; isError: boolean }[] = [];
  #lines = 0;
  #last = 0;

  /** The row `label`, of a kind: a label that is there already is that row. */
  #row(label: string, kind: Row['kind']): Row {
    const key = `${kind} ${label}`;
    const found = this.#rows.get(key) ?? { label, kind, events: [] };
    this.#rows.set(key, found);
    return found;
  }

  #add(row: Row, kind: testing.TimelineEvent['kind'], text: string): void {
    this.#last = Math.max(this.#last, frame());
    row.events.push({ frame: frame(), kind, text });
  }

  log(args: readonly unknown[], isError: boolean): void {
    this.#lines++;
    if (this.output.length >= LINES) return;
    this.output.push({ frame: frame(), text: args.map(told).join(' '), isError });
    this.#add(this.#row('console', 'output'), 'next', String(this.#lines));
  }

  mark(label: string, value: unknown): void {
    this.#add(this.#row(label, 'output'), 'next', short(value));
  }

  show(label: string, source: rxjs.Observable<unknown>): rxjs.Subscription {
    let name = label;
    for (let n = 2; this.#rows.has(`output ${name}`); n++) name = `${label} ${n}`;
    const row = this.#row(name, 'output');
    if (frame() > 0) row.from = frame();
    let over = false;
    const subscription = source.subscribe({
      next: (value) => this.#add(row, 'next', short(value)),
      error: (error: unknown) => {
        over = true;
        this.#add(row, 'error', '#');
        this.log([`${label} fails: ${told(error)}`], true);
      },
      complete: () => {
        over = true;
        this.#add(row, 'complete', '|');
      },
    });
    subscription.add(() => {
      if (!over && !isEnding) row.until = frame();
    });
    return subscription;
  }

  gauge(label: string, read: () => number): void {
    this.#gauges.push({ row: this.#row(label, 'gauge'), read });
  }

  /** What a program makes that holds things is measured by itself. */
  watch(made: object): void {
    if (this.#gauges.length >= 2 * GAUGES) return;
    if (made instanceof rxsluice.JobQueue) {
      const name = String(made).replace(/ \(.*/, '');
      this.#follow(`${name} pending`, made.pending$);
      this.#follow(`${name} active`, made.active$);
      return;
    }
    const { name, statistics } = made as { name: string; statistics: () => Record<string, number> };
    const read = (key: string) => (): number => statistics.call(made)[key] ?? 0;
    this.gauge(`${name} holds`, read('buffered'));
    this.gauge(`${name} waiting`, read('waitingSenders'));
  }

  #follow(label: string, values: rxjs.Observable<number>): void {
    let last = 0;
    values.subscribe({ next: (value) => (last = value), error: () => undefined });
    this.gauge(label, () => last);
  }

  measure(): void {
    for (const { row, read } of this.#gauges) {
      const text = String(read());
      if (row.events.at(-1)?.text !== text) this.#add(row, 'next', text);
    }
  }

  timeline(title: string): { timeline: testing.Timeline; note: string | null } {
    const rows = [...this.#rows.values()].filter(
      ({ kind, events }) => kind !== 'gauge' || events.some(({ text }) => text !== '0'),
    );
    const console = rows.filter(({ label }) => label === 'console');
    const gauges = rows.filter(({ kind }) => kind === 'gauge');
    const marbles = rows.filter((row) => !console.includes(row) && !gauges.includes(row));
    const ordered = [...marbles, ...console, ...gauges];
    const frames = ordered.flatMap(({ events }) => events.map((event) => event.frame)).sort((a, b) => a - b);
    const notes = [];
    const cut = frames.length > MARBLES ? (frames[MARBLES] ?? 0) : Infinity;
    if (cut < Infinity) notes.push(`The picture shows the first ${cut} ms.`);
    if (this.#lines > LINES) notes.push(`The first ${LINES} of ${this.#lines} lines are shown.`);
    const drawn = ordered.map((row) => ({
      ...row,
      events: row.events.filter((event) => event.frame <= cut).slice(0, MARBLES),
    }));
    return {
      timeline: { title, rows: drawn, frames: Math.min(cut, this.#last) + 1 },
      note: notes.length > 0 ? notes.join(' ') : null,
    };
  }
}

let isEnding = false;

function told(value: unknown): string {
  return typeof value === 'string' ? value : inspected(value, 0);
}

/** As Node's console writes it, in short. */
function inspected(value: unknown, depth: number): string {
  if (typeof value === 'string') return `'${value}'`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth > 3) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, 100).map((item) => inspected(item, depth + 1));
    return items.length === 0 ? '[]' : `[ ${items.join(', ')} ]`;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return String(value);
  const items = Object.entries(value).map(([key, item]) => `${key}: ${inspected(item, depth + 1)}`);
  return items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
}

function short(value: unknown): string {
  const text = told(value);
  return text.length > 10 ? `${text.slice(0, 9)}…` : text;
}

/** What the makers of things that hold values make is measured. */
function measured(recorder: Recorder): object {
  const watched = ['channel', 'queue', 'channelFrom', 'produce', 'jobQueue'] as const;
  const makers = Object.fromEntries(
    watched.map((name) => [
      name,
      (...args: unknown[]): object => {
        const made = (rxsluice[name] as (...args: unknown[]) => object)(...args);
        recorder.watch(made);
        return made;
      },
    ]),
  );
  return { ...rxsluice, ...makers };
}

/** RxJS's, as programs use it that bring virtual time themselves: they are in one already. */
function schedulerIn(kit: () => testing.MarbleKit, isAsync: boolean): unknown {
  return class TestScheduler {
    maxFrames = 0;

    run<R>(body: (kit: object) => R): R {
      return body({ ...kit(), ...(isAsync && { flush: () => undefined }) });
    }
  };
}

function modulesOf(recorder: Recorder, settings: Settings, kit: () => testing.MarbleKit): Map<string, object> {
  const { pace, seed, isAsync } = settings;
  return new Map<string, object>([
    ['rxjs', rxjs],
    ['rxjs/operators', operators],
    ['rxjs/testing', { ...rxjsTesting, TestScheduler: schedulerIn(kit, isAsync) }],
    ['rxsluice', measured(recorder)],
    ['rxsluice/inspect', inspecting],
    ['rxsluice/testing', testing],
    [
      'playground',
      {
        pace,
        seed,
        show: recorder.show.bind(recorder),
        mark: recorder.mark.bind(recorder),
        gauge: recorder.gauge.bind(recorder),
      },
    ],
  ]);
}

/** The reader's own line in which something went wrong, if that can be told. */
function lineOf(error: unknown, places: Settings['places']): number | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const [, line] of stack.matchAll(/blob:[^\s)]*?:(\d+):\d+/g)) {
    const at = Number(line);
    const place = places.find(({ text, lines }) => at >= text && at < text + lines);
    if (place !== undefined) return place.editor + at - place.text;
  }
  return null;
}

export async function run(settings: Settings, files: Readonly<Record<string, File>>): Promise<void> {
  const post = self.postMessage.bind(self);
  const recorder = new Recorder();
  let kit: testing.MarbleKit | undefined;
  const modules = modulesOf(recorder, settings, () => kit as testing.MarbleKit);
  const write =
    (isError: boolean) =>
    (...args: unknown[]) =>
      recorder.log(args, isError);
  const console = { log: write(false), info: write(false), debug: write(false), warn: write(true), error: write(true) };
  const process = { argv: [], env: {}, exitCode: 0 };

  const load = (name: string): unknown => {
    const own = name.replace(/^\.\//, '');
    const found = modules.get(name) ?? modules.get(own);
    if (found !== undefined) return found;
    const file = files[own];
    if (file === undefined) {
      const known = [...modules.keys()].filter((key) => !key.endsWith('.ts'));
      throw new Error(`there is no '${name}' in the playground; there are ${known.join(', ')}`);
    }
    const exports = {};
    modules.set(own, exports);
    file(load, exports, console, process);
    return exports;
  };
  const main = (given: testing.MarbleKit): unknown => {
    kit = given;
    innermost()?.lab.atFrameEnd(() => recorder.measure());
    return files['main.ts']?.(load, {}, console, process);
  };

  let error: { message: string; line: number | null } | null = null;
  const options = { seed: settings.seed, maxFrames: LONG };
  try {
    if (settings.isAsync) {
      await testing.runMarblesAsync(async (given) => {
        await main(given);
      }, options);
    } else {
      testing.runMarbles((given) => {
        main(given);
      }, options);
    }
  } catch (thrown) {
    error = { message: told(thrown), line: lineOf(thrown, settings.places) };
  }
  isEnding = true;
  const { timeline, note } = recorder.timeline(settings.title);
  const svg = timeline.rows.length === 0 ? '' : testing.drawSvg(timeline);
  post({ frames: timeline.frames - 1, svg, output: recorder.output, error, note });
}
