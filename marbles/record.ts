// Runs a spec in virtual time, holds its outputs against their diagrams, and records what happened: the picture is drawn of
// the run, never of the spec's text.

import { asyncScheduler, Observable, Subject } from 'rxjs';
import { runMarbles, type Timeline, type TimelineEvent, type TimelineRow } from '../src/testing/index.ts';
import { difference } from '../src/testing/difference.ts';
import type { MarbleKit } from '../src/testing/marble-kit.ts';
import { innermost, type Run } from '../src/testing/run.ts';
import { show } from '../src/testing/show.ts';
import { Gauge, type Output, type Spec } from './spec.ts';

const DIGITS = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [String(n), n]));

/** A letter that has no value stands for itself. */
function lettersOf({ inputs, outputs, values }: Spec): Record<string, unknown> {
  const written = [...Object.values(inputs), ...Object.values(outputs)].join('');
  return { ...Object.fromEntries(Array.from(written, (letter) => [letter, letter])), ...values };
}

/** @throws MarbleError if the spec does not hold. */
export function record(spec: Spec): Timeline {
  return runMarbles((kit) => {
    const run = innermost() as Run;
    const recorder = new Recorder(spec);
    const values = lettersOf(spec);
    const error: [error?: unknown] = 'error' in spec ? [spec.error] : [];
    const sources = mapped(spec.inputs, (marbles) =>
      (marbles.includes('^') ? kit.hot : kit.cold)(marbles, values, ...error),
    );
    const inputs = mapped(sources, (source, label) => recorder.input(label, source as Observable<string>));
    const outputs = spec.run(inputs, kit);
    for (const [label, marbles] of Object.entries(spec.outputs)) {
      const output = recorder.output(label, outputs[label] as Output);
      const known = outputs[label] instanceof Gauge ? { ...values, ...DIGITS, ...spec.values } : values;
      const during = run.lab.parse(spec.during?.[label] ?? '', 'subscription').marks;
      const expectation = run.expectations.observe(`the row ${label}`, output, during);
      expectation.expect(run.expectations.diagram('the row', marbles, known, ...error), known);
    }
    for (const [label, diagrams] of Object.entries(spec.subscribed ?? {})) {
      kit.expectSubscriptions((sources[label] as ReturnType<MarbleKit['cold']>).subscriptions).toBe(diagrams);
    }
    kit.flush();
    return recorder.timeline();
  });
}

/** How a row tells what has become of a value: it is done, or lost there. */
const TOLD = /^(\S) (done|dropped|evicted|cancelled|withdrawn|closed|given up)$/;

type Draft = { -readonly [K in keyof TimelineRow]: TimelineRow[K] } & { events: TimelineEvent[] };

class Recorder {
  readonly #spec: Spec;
  readonly #inputs = new Map<string, Draft[]>();
  readonly #outputs: Draft[] = [];
  readonly #used = new Set<string>();
  readonly #losses = new Set<string>();

  constructor(spec: Spec) {
    this.#spec = spec;
    for (const label of Object.keys(spec.inputs)) this.#inputs.set(label, []);
  }

  /** Each subscription is a row of its own. */
  input(label: string, source: Observable<string>): Observable<string> {
    return new Observable((subscriber) => {
      const row: Draft = { label, kind: 'input', events: [] };
      this.#inputs.get(label)?.push(row);
      return this.#through(row, source).subscribe(subscriber);
    });
  }

  output(label: string, output: Output): Observable<unknown> {
    const row: Draft = { label, kind: output instanceof Gauge ? 'gauge' : 'output', events: [] };
    this.#outputs.push(row);
    return this.#through(row, output instanceof Gauge ? readings(output) : output);
  }

  #through<V>(row: Draft, source: Observable<V>): Observable<V> {
    return new Observable((subscriber) => {
      const began = asyncScheduler.now();
      if (began > 0) row.from = began;
      let over = false;
      const log = (kind: TimelineEvent['kind'], text: string): void => {
        over ||= kind !== 'next';
        row.events.push({ frame: asyncScheduler.now(), kind, text });
      };
      const loss = (letter: string, how: string): void => {
        this.#losses.add(`${letter} ${how}`);
        row.events.push({ frame: asyncScheduler.now(), kind: 'next', text: letter, lost: true });
      };
      subscriber.add(() => {
        if (!over) row.until = asyncScheduler.now();
      });
      subscriber.add(
        source.subscribe({
          next: (value) => {
            const [, letter, how] = (typeof value === 'string' ? TOLD.exec(value) : null) ?? [];
            if (letter === undefined || how === undefined)
              log('next', row.kind === 'gauge' ? String(value) : this.#letter(value));
            else if (how === 'done') log('next', letter);
            else loss(letter, how);
            subscriber.next(value);
          },
          error: (error: unknown) => {
            log('error', '#');
            subscriber.error(error);
          },
          complete: () => {
            log('complete', '|');
            subscriber.complete();
          },
        }),
      );
    });
  }

  /** What is written in a marble: the letter that the spec has for the value, or the value. */
  #letter(value: unknown): string {
    const known = Object.entries(this.#spec.values ?? {}).find(([, its]) => difference(its, value) === null);
    if (known === undefined) return typeof value === 'string' ? value : show(value);
    this.#used.add(known[0]);
    return known[0];
  }

  timeline(): Timeline {
    const { title, drawn, values = {} } = this.#spec;
    const inputs = [...this.#inputs.values()].flatMap((rows) =>
      rows.length === 1 ? rows : rows.map((row, i) => ({ ...row, label: `${row.label} ${i + 1}` })),
    );
    const rows: TimelineRow[] = [...inputs, { label: drawn, kind: 'operator', events: [] }, ...this.#outputs];
    const frames = rows.flatMap(({ events, until = 0 }) => [...events.map(({ frame }) => frame), until]);
    const strange = Object.entries(values).filter(([letter, value]) => this.#used.has(letter) && letter !== value);
    const legend = strange.map(([letter, value]) => `${letter} = ${show(value)}`);
    if (this.#losses.size > 0) legend.push(`struck through: ${[...this.#losses].join(', ')}`);
    return { title, rows, legend, frames: Math.max(...frames, 0) + 1 };
  }
}

/** What a gauge says at the end of each frame in which it has changed. */
function readings({ read }: Gauge): Observable<number> {
  return new Observable((subscriber) => {
    const changes = new Subject<number>();
    let last = NaN;
    innermost()?.lab.atFrameEnd(() => {
      const now = read();
      if (now === last) return;
      last = now;
      changes.next(now);
    });
    return changes.subscribe(subscriber);
  });
}

function mapped<A, B>(record: Readonly<Record<string, A>>, make: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value, key)]));
}
