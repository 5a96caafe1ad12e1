import { afterRenderEffect, Component, computed, type ElementRef, inject, signal, viewChild } from '@angular/core';
import { HttpErrorResponse } from '@angular/common/http';
import { channel, type Coroutine, type Operation, select, sleep, until } from 'rxsluice';
import { injectTask } from 'rxsluice/angular';
import { Network } from '../shell/network';
import { reasonOf } from '../shell/trouble';
import { Desk, type Seat, type Ticket } from './desk';

/** What the page shows; `problem` is why it is shown again. */
type Step = { readonly problem?: string | undefined } & (
  | { readonly at: 'loading' }
  | { readonly at: 'seat'; readonly seats: readonly Seat[] }
  | { readonly at: 'name'; readonly seat: string; readonly name: string }
  | { readonly at: 'confirm' | 'sending'; readonly seat: string; readonly name: string }
  | { readonly at: 'done'; readonly ticket: Ticket }
);

/** Seconds from the choice of a seat to the booking. */
const TIME = 90;
const NAMES = { seat: 'Choose', name: 'Your name', confirm: 'Confirm', done: 'Ticket' } as const;
const ORDER: Readonly<Record<Step['at'], number>> = { loading: 0, seat: 0, name: 1, confirm: 2, sending: 2, done: 3 };

class TooLate extends Error {}

/** A wizard. Where one is in it, is where its coroutine waits. */
@Component({ selector: 'app-booking', templateUrl: './booking.html' })
export class Booking {
  readonly #desk = inject(Desk);
  readonly #network = inject(Network);
  protected readonly steps = Object.values(NAMES);
  protected readonly step = signal<Step>({ at: 'loading' });
  protected readonly here = computed(() => ORDER[this.step().at]);
  /** Seconds that are left; undefined while no seat is chosen. */
  protected readonly left = signal<number | undefined>(undefined);

  // What buttons send is received by the step that waits, or by nobody: there is nothing to disable.
  protected readonly answers = channel<string>();
  protected readonly back = channel<void>();

  protected readonly wizard = injectTask(() => this.#run(), { name: 'booking' });

  protected readonly card = viewChild.required<ElementRef<HTMLElement>>('card');

  constructor() {
    // Who goes by keyboard is led to what has come; but not on arrival.
    afterRenderEffect(() => {
      const { nativeElement } = this.card();
      if (this.here() > 0) (nativeElement.querySelector('input') ?? nativeElement).focus();
    });
  }

  *#run(): Coroutine<never> {
    let problem: string | undefined;
    for (;;) {
      try {
        const ticket = yield* this.#book(problem);
        problem = undefined;
        yield* this.#show({ at: 'done', ticket });
      } catch (error) {
        // Too late, or somebody was faster: from the beginning.
        problem = error instanceof TooLate ? 'Your time was up, and the seat is free again.' : reasonOf(error);
      }
    }
  }

  *#book(problem?: string): Coroutine<Ticket> {
    for (let name = ''; ; problem = undefined) {
      const seat = yield* this.#chooseSeat(problem);
      const end = Date.now() + TIME * 1000;
      try {
        for (;;) {
          const given = yield* this.#before(end, { at: 'name', seat, name });
          if (given === undefined) break;
          name = given;
          const ticket = yield* this.#confirm(end, seat, name);
          if (ticket !== undefined) return ticket;
        }
      } finally {
        this.left.set(undefined);
      }
    }
  }

  *#chooseSeat(problem?: string): Coroutine<string> {
    for (;;) {
      this.step.set({ at: 'loading', problem });
      try {
        const seats = yield* until(this.#desk.seats()).withTimeout(10_000);
        return yield* this.#show({ at: 'seat', seats, problem });
      } catch (error) {
        problem = `The seats cannot be shown. ${reasonOf(error)}.`;
        // When the page is made there is nobody to ask: whoever gets it, asks again.
        yield* this.#show(this.#network.isBrowser ? { at: 'seat', seats: [], problem } : { at: 'loading' });
      }
    }
  }

  /** Undefined: one step back. What was refused is thrown; what may go through the next time, can be tried again. */
  *#confirm(end: number, seat: string, name: string): Coroutine<Ticket | undefined> {
    let problem: string | undefined;
    for (;;) {
      if ((yield* this.#before(end, { at: 'confirm', seat, name, problem })) === undefined) return undefined;
      this.step.set({ at: 'sending', seat, name });
      try {
        return yield* until(this.#desk.book(seat, name)).withTimeout(10_000);
      } catch (error) {
        if (error instanceof HttpErrorResponse && error.status === 409) throw error;
        problem = `It is not booked yet. ${reasonOf(error)}.`;
      }
    }
  }

  #show(step: Step): Operation<string> {
    this.step.set(step);
    return this.answers.receive();
  }

  /** The answer; undefined: one step back. Throws when the time is over. */
  *#before(end: number, step: Step): Coroutine<string | undefined> {
    this.step.set(step);
    for (;;) {
      const ms = end - Date.now();
      if (ms <= 0) throw new TooLate();
      this.left.set(Math.ceil(ms / 1000));
      const next = yield* select({ answer: this.answers, back: this.back, second: sleep(Math.min(1000, ms)) });
      if (next.key === 'answer') return next.value;
      if (next.key === 'back') return undefined;
    }
  }
}
