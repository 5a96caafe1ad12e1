// All that a run's test expects of it.

import { Observable, type Subscriber, type Subscription } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { checkArray, checkText, reject } from '../base/checks.ts';
import { Expectation, type Failed, recorded } from './expectation.ts';
import { Inner } from './inner.ts';
import type { Lab } from './lab.ts';
import { MarbleError } from './marble-error.ts';
import { checkDiagram, type Diagram, type Mark } from './parse-marbles.ts';
import { Site } from './site.ts';

type SubscriptionLogs = Parameters<typeof TestScheduler.prototype.expectSubscriptions>[0];

/** A source that emits so many values in one frame emits them for ever. */
const MOST_AT_ONCE = 1_000_000;

export class Expectations {
  readonly #lab: Lab;
  #open: Expectation[] = [];
  /** Once a run has ended, nobody would look at what is expected. */
  #state: 'open' | 'ended' = 'open';
  #checked = 0;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  readonly expectObservable: typeof TestScheduler.prototype.expectObservable = (source, subscription = null) => {
    const ends = this.#ends('expectObservable', subscription);
    const expectation = this.observe('expectObservable', source, ends);
    return {
      toBe: (marbles: string, values?: unknown, ...error: [error?: unknown]) => {
        expectation.expect(this.diagram('toBe', marbles, values, ...error), values);
      },
      toEqual: (other) => {
        checkSource('toEqual', other);
        const expected: Mark[] = [];
        expectation.expected = expected;
        expectation.inner = 'streams';
        this.#subscribe(expectation, other, ends, expected);
      },
    };
  };

  readonly expectSubscriptions: typeof TestScheduler.prototype.expectSubscriptions = (logs) => {
    checkArray('expectSubscriptions', 'logs', logs);
    const { zero } = this.#lab;
    const expectation = this.#begin('expectSubscriptions', () => subscriptionsOf(logs, zero));
    return {
      toBe: (marbles: string | string[]) => {
        const diagrams = [marbles].flat().map((text) => {
          checkText('toBe', 'marbles', text);
          return this.#lab.parse(text, 'subscription').marks;
        });
        const subscribed = diagrams.filter((marks) => marks.some(({ kind }) => kind === 'subscribe'));
        expectation.expected = subscribed.flatMap((marks, i) =>
          marks.map((mark) => numbered(mark, i, subscribed.length)),
        );
      },
    };
  };

  /** An expectation that has begun: what `source` does is recorded, from its subscription on. */
  observe(call: string, source: unknown, ends: readonly Mark[] = []): Expectation {
    checkSource(call, source);
    const received: Mark[] = [];
    const expectation = this.#begin(call, () => received);
    this.#subscribe(expectation, source, ends, received);
    return expectation;
  }

  /** What `call` was told to expect. */
  diagram(call: string, marbles: string, values: unknown, ...error: [error?: unknown]): Diagram {
    checkDiagram(call, marbles, values);
    return this.#lab.parse(marbles, 'source', values, ...error);
  }

  /** When to subscribe, and when to leave. */
  #ends(call: string, subscription: string | null): readonly Mark[] {
    if (subscription === null) return [];
    checkText(call, 'subscription', subscription);
    return this.#lab.parse(subscription, 'subscription').marks;
  }

  /**
   * What tells of every expectation that does not hold; null if all do. Afterwards, none is left, but those that were begun
   * and not finished, if this is not yet the end.
   */
  verdict(when: 'meanwhile' | 'at the end'): Failed | null {
    const ripe = this.#open.filter(({ expected }) => expected !== null || when === 'at the end');
    this.#open = this.#open.filter(({ expected }) => expected === null && when === 'meanwhile');
    this.#checked += ripe.length;
    if (when === 'at the end') this.#state = 'ended';
    const failures = ripe.flatMap((expectation) => expectation.failure() ?? []);
    const [first] = failures;
    if (first === undefined) return null;
    const title = `${failures.length} of ${this.#checked} expectations ${failures.length === 1 ? 'does' : 'do'} not hold`;
    return { text: [title, ...failures.map(({ text }) => text)].join('\n\n'), site: first.site };
  }

  #begin(call: string, received: () => readonly Mark[]): Expectation {
    if (this.#state === 'ended') throw new MarbleError(`${call}: the run has ended`, new Site());
    const expectation = new Expectation(call, new Site(), received);
    this.#open.push(expectation);
    return expectation;
  }

  #subscribe(expectation: Expectation, source: Observable<unknown>, ends: readonly Mark[], marks: Mark[]): void {
    const lab = this.#lab;
    const { zero, frame } = lab;
    const at = (kind: Mark['kind']): number | undefined => ends.find((mark) => mark.kind === kind)?.frame;
    const until = at('unsubscribe');
    let subscribed: Subscription | undefined;
    lab.from({ what: 'a subscription', under: expectation, site: expectation.site }, () => {
      lab.schedule(() => {
        subscribed = this.#record(source, marks, zero, () => expectation.inner);
      }, at('subscribe'));
      if (until !== undefined) lab.schedule(() => subscribed?.unsubscribe(), until);
    });
    if (until !== undefined) expectation.until = frame - zero + until;
  }

  #record(source: Observable<unknown>, marks: Mark[], zero: number, inner: () => Expectation['inner']): Subscription {
    const lab = this.#lab;
    let own: Subscriber<unknown> | undefined;
    /** The frame in which it emits, and so many values ago it began to. */
    let [now, values] = [-Infinity, 0];
    const watched = new Observable<unknown>((subscriber) => {
      own = subscriber;
      return source.subscribe(subscriber);
    });
    return watched.subscribe({
      next: (value) => {
        const frame = lab.frame;
        [now, values] = [frame, frame === now ? values + 1 : 1];
        if (values > MOST_AT_ONCE) {
          own?.unsubscribe();
          lab.stop();
          return;
        }
        marks.push(recorded(frame - zero, 'next', inner() === 'streams' ? this.#opened(value) : value));
      },
      error: (error: unknown) => marks.push(recorded(lab.frame - zero, 'error', error)),
      complete: () => marks.push(recorded(lab.frame - zero, 'complete')),
    });
  }

  /** A value that is itself a stream: what it emits from now on. */
  #opened(value: unknown): unknown {
    if (!(value instanceof Observable)) return value;
    const marks: Mark[] = [];
    this.#record(value, marks, this.#lab.frame, () => 'values');
    return new Inner(marks);
  }
}

/** An Observable, be it of another copy of RxJS. */
function checkSource(call: string, source: unknown): asserts source is Observable<unknown> {
  if (typeof (source as { subscribe?: unknown } | null | undefined)?.subscribe !== 'function')
    reject(TypeError, call, 'source', 'an Observable', source);
}

function subscriptionsOf(logs: SubscriptionLogs, zero: number): Mark[] {
  return logs.flatMap(({ subscribedFrame, unsubscribedFrame }, i) => {
    const subscribed: Mark = { frame: subscribedFrame - zero, kind: 'subscribe', letter: '^' };
    const unsubscribed: Mark = { frame: unsubscribedFrame - zero, kind: 'unsubscribe', letter: '!' };
    const marks = unsubscribedFrame === Infinity ? [subscribed] : [subscribed, unsubscribed];
    return marks.map((mark) => numbered(mark, i, logs.length));
  });
}

/** Of several subscriptions each has a number, so that one is not taken for another. */
function numbered(mark: Mark, i: number, count: number): Mark {
  return count === 1 ? mark : { ...mark, value: i + 1, letter: `${mark.letter}${i + 1}` };
}
