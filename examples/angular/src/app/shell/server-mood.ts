import { HttpClient } from '@angular/common/http';
import { Component, inject } from '@angular/core';
import { injectJobQueue } from 'rxsluice/angular';

/** What each choice tells the server to be. */
const MOODS = {
  well: { delay: 150, fail: false },
  slow: { delay: 3000, fail: false },
  failing: { delay: 150, fail: true },
} as const;
type Mood = keyof typeof MOODS;

/** Tells the server to be well, slow or failing: the latest wish is the one that it ends with. */
@Component({
  selector: 'app-server-mood',
  template: `
    <label>
      <span>Server</span>
      <select #choice (change)="orders.run(mood(choice.value))">
        @for (each of moods; track each) {
          <option [value]="each">{{ each }}</option>
        }
      </select>
    </label>
    @if (orders.status() === 'failed') {
      <span role="alert" class="bad">it cannot be reached</span>
    }
  `,
})
export class ServerMood {
  readonly #http = inject(HttpClient);
  protected readonly moods = Object.keys(MOODS) as Mood[];
  protected readonly orders = injectJobQueue((mood: Mood) => this.#http.post('/api/control', MOODS[mood]), {
    capacity: 1,
    overflow: 'dropOldest',
  });

  protected mood(value: string): Mood {
    return this.moods.find((each) => each === value) ?? 'well';
  }
}
