import { Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { FEATURES } from '../features';

@Component({
  selector: 'app-home',
  imports: [RouterLink],
  template: `
    <header class="page-head">
      <h1>Six jobs of a page</h1>
      <p>
        Each is a few lines on <code>rxsluice/angular</code>. Tell the server, above, to be slow or to fail, cut the
        network, leave in the middle: nothing is lost, and nothing is left behind.
      </p>
    </header>
    <ul class="cards">
      @for (feature of features; track feature.path) {
        <li>
          <a class="card" [routerLink]="'/' + feature.path">
            <strong>{{ feature.name }}</strong>
            <span>{{ feature.job }}</span>
          </a>
        </li>
      }
    </ul>
  `,
})
export class Home {
  protected readonly features = FEATURES;
}
