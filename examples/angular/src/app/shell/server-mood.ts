import { HttpClient } from '@angular/common/http';
import { Component, computed, inject } from '@angular/core';
import { NEVER } from 'rxjs';
import { injectJobQueue, injectTask } from 'rxsluice/angular';
import { Network } from './network';

interface Order {
  /** Null: as is usual. */
  readonly delay: number | null;
  readonly fail: boolean;
}

/** What each choice tells the server to be. */
const MOODS = {
  well: { delay: null, fail: false },
  slow: { delay: 3000, fail: false },
  failing: { delay: null, fail: true },
} as const satisfies Record<string, Order>;
type Mood = keyof typeof MOODS;

/** Tells the server to be well, slow or failing: the latest wish is the one that it ends with. */
@Component({
  selector: 'app-server-mood',
  template: `
    <label>
      <span>Server</span>
      <select #choice (change)="orders.run(mood(choice.value))">
        @for (each of moods; track each) {
          <option [value]="each" [selected]="each === found()">{{ each }}</option>
        }
      </select>
    </label>
    @if (orders.error()) {
      <span role="alert" class="bad">it cannot be reached</span>
    }
  `,
})
export class ServerMood {
  readonly #http = inject(HttpClient);
  protected readonly moods = Object.keys(MOODS) as Mood[];

  /** As it has been told before, by whomever. */
  readonly #asked = injectTask(
    inject(Network).isBrowser ? this.#http.get<Record<string, Order>>('/api/control') : NEVER,
    { name: 'mood' },
  );
  protected readonly found = computed(() => moodOf(Object.values(this.#asked.value() ?? {})));

  protected readonly orders = injectJobQueue((mood: Mood) => this.#http.post('/api/control', MOODS[mood]), {
    capacity: 1,
    overflow: 'dropOldest',
  });

  constructor() {
    // Not to be told is no error: then it is taken to be well.
    this.#asked.error();
  }

  protected mood(value: string): Mood {
    return this.moods.find((each) => each === value) ?? 'well';
  }
}

function moodOf(orders: readonly Order[]): Mood {
  if (orders.length > 0 && orders.every(({ fail }) => fail)) return 'failing';
  return orders.length > 0 && orders.every(({ delay }) => delay === MOODS.slow.delay) ? 'slow' : 'well';
}
