// What has happened, the latest of it: at most MOST events, which keep nothing of the program alive.

import { inspection, type InspectionEvent } from '../core/inspection.ts';
import { diagnostics } from './diagnostics.ts';

export const MOST = 10_000;
const TEXTS = 1000;

export class Journal {
  #events: InspectionEvent[] = [];
  /** Where the next goes, once it is full: there stands the oldest. */
  #at = 0;
  readonly #diagnostics = diagnostics();
  /** Texts that come again and again are kept once. */
  readonly #texts = new Map<string, string>();

  add(event: InspectionEvent): void {
    if (this.#events.length < MOST) this.#events.push(event);
    else {
      this.#events[this.#at] = event;
      this.#at = (this.#at + 1) % MOST;
    }
    for (const listener of inspection.listeners) listener(event);
    this.#publish(event);
  }

  /** The same text, of which there is one. */
  one(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size === TEXTS) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }

  #publish(event: InspectionEvent): void {
    const { task, finding } = this.#diagnostics;
    if (event.kind === 'finding') {
      if (finding.hasSubscribers) finding.publish(event.finding);
    } else if ('id' in event && task.hasSubscribers) task.publish(event);
  }

  /** From the oldest to the latest. */
  all(): InspectionEvent[] {
    return [...this.#events.slice(this.#at), ...this.#events.slice(0, this.#at)];
  }
}
