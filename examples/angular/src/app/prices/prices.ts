import { Component, computed, effect, inject, linkedSignal, signal } from '@angular/core';
import { type Coroutine, sleep } from 'rxsluice';
import { injectTask, latestByKey } from 'rxsluice/angular';
import { Feed, type Link, type Tick } from './feed';

const TONES = { connecting: 'soft', live: 'good', lost: 'warn' } as const;

/** Prices that come faster than anybody can read, or paint. */
@Component({ selector: 'app-prices', templateUrl: './prices.html', providers: [Feed] })
export class Prices {
  readonly #feed = inject(Feed);
  protected readonly tones = TONES;
  protected readonly link = this.#feed.link;
  protected readonly linkSays = computed(() => says(this.link()));

  // ── what is shown: of each symbol the latest, a new map at most once a frame

  readonly #latest = latestByKey(this.#feed.ticks, (tick) => tick.symbol);
  /** The first price of each symbol that was seen here. */
  readonly #opening = linkedSignal<ReadonlyMap<string, Tick>, ReadonlyMap<string, Tick>>({
    source: this.#latest,
    computation: (latest, before) =>
      before?.value.size === latest.size ? before.value : new Map([...latest, ...(before?.value ?? [])]),
  });

  protected readonly filter = signal('');
  protected readonly all = computed(() => this.#latest().size);
  protected readonly rows = computed(() => {
    const [wanted, opening] = [this.filter().trim().toUpperCase(), this.#opening()];
    return [...this.#latest().values()]
      .filter(({ symbol }) => symbol.includes(wanted))
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
      .map(({ symbol, price }) => ({ symbol, price, change: price / (opening.get(symbol)?.price ?? price) - 1 }));
  });

  // ── how fast that is

  #paintings = 0;
  protected readonly rates = signal({ ticks: 0, paintings: 0 });

  constructor() {
    effect(() => {
      this.#latest();
      this.#paintings++;
    });
    injectTask(() => this.#measure(), { name: 'rates' });
  }

  *#measure(): Coroutine<void> {
    for (;;) {
      const [ticks, paintings, begin] = [this.#feed.received, this.#paintings, performance.now()];
      yield* sleep(1000);
      const seconds = (performance.now() - begin) / 1000;
      this.rates.set({
        ticks: Math.round((this.#feed.received - ticks) / seconds),
        paintings: Math.round((this.#paintings - paintings) / seconds),
      });
    }
  }
}

function says(link: Link): string {
  switch (link.state) {
    case 'connecting':
      return 'Connecting…';
    case 'live':
      return 'Live';
    case 'lost':
      return link.seconds > 0 ? `${link.why}. Again in ${link.seconds} s` : link.why;
  }
}
