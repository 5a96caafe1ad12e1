import { inject, Injectable, signal } from '@angular/core';
import type { Observable } from 'rxjs';
import { channelFrom, type Coroutine, flow, select, type SendChannel, sleep, until } from 'rxsluice';
import { untilSignal } from 'rxsluice/angular';
import { Network } from '../shell/network';
import { reasonOf } from '../shell/trouble';

/** A price, as it was at some moment. */
export interface Tick {
  readonly symbol: string;
  readonly price: number;
}

/** How it is with the line to the server. */
export type Link =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'lost'; readonly why: string; readonly seconds: number };

/** Where prices come from: lines of JSON that do not end. */
@Injectable({ providedIn: 'root' })
export class Exchange {
  /** All that the server sends, in pieces as they come, until `signal` aborts. */
  async connect(signal: AbortSignal): Promise<ReadableStream<string>> {
    const response = await fetch('/api/ticks?rate=10000', { signal });
    if (!response.ok || response.body === null) throw new Error(`The server answered ${response.status}`);
    return response.body.pipeThrough(new TextDecoderStream());
  }
}

/** The line to the exchange: it is taken up again whenever it is lost, and given up with its subscriber. */
@Injectable()
export class Feed {
  readonly #exchange = inject(Exchange);
  readonly #network = inject(Network);
  readonly link = signal<Link>({ state: 'connecting' });
  /** Ticks that came, ever. */
  received = 0;

  readonly ticks: Observable<Tick> = flow<Tick>((out, context) => this.#follow(out, context.signal));

  *#follow(out: SendChannel<Tick>, signal: AbortSignal): Coroutine<void> {
    for (let failures = 1; ; failures++) {
      let why = 'The server has hung up';
      const before = this.received;
      try {
        yield* this.#listen(out, signal);
      } catch (error) {
        why = reasonOf(error);
      }
      if (!this.#network.online()) {
        this.link.set({ state: 'lost', why: 'There is no network', seconds: 0 });
        yield* untilSignal(() => this.#network.online());
        continue;
      }
      if (this.received > before) failures = 1;
      for (let seconds = Math.min(10, 2 ** (failures - 1)); seconds > 0; seconds--) {
        this.link.set({ state: 'lost', why, seconds });
        yield* sleep(1000);
      }
    }
  }

  *#listen(out: SendChannel<Tick>, signal: AbortSignal): Coroutine<void> {
    this.link.set({ state: 'connecting' });
    const pieces = channelFrom<string>(yield* until(this.#exchange.connect(signal)));
    // What is open already goes on for the browser, until somebody notices.
    const gone = untilSignal(() => !this.#network.online());
    let rest = '';
    try {
      for (;;) {
        const { key, value: piece } = yield* select({ piece: pieces.receiveResult(), gone });
        if (key === 'gone' || !piece.ok) return;
        if (this.link().state !== 'live') this.link.set({ state: 'live' });
        const lines = (rest + piece.value).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const burst = JSON.parse(line) as [symbol: string, price: number][];
          this.received += burst.length;
          for (const [symbol, price] of burst) yield* out.send({ symbol, price });
        }
      }
    } finally {
      pieces.cancel();
    }
  }
}
