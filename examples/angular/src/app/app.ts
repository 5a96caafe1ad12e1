import { afterNextRender, Component, DOCUMENT, type ElementRef, inject, viewChild } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { filter, skip } from 'rxjs';
import { FEATURES } from './features';
import { ServerMood } from './shell/server-mood';
import { ThemeToggle } from './shell/theme-toggle';

@Component({
  selector: 'app-root',
  imports: [RouterLink, RouterLinkActive, RouterOutlet, ServerMood, ThemeToggle],
  template: `
    <a class="skip" href="#main" (click)="skip($event)">Skip to the content</a>
    <header class="bar">
      <a class="brand" routerLink="/">
        <img src="lock.svg" alt="" width="28" height="28" />
        <span>Lock 12</span>
      </a>
      <app-server-mood />
      <app-theme-toggle />
    </header>
    <nav class="side" aria-label="Pages">
      <ul>
        @for (feature of features; track feature.path) {
          <li>
            <a [routerLink]="'/' + feature.path" routerLinkActive="is-here" ariaCurrentWhenActive="page">{{
              feature.name
            }}</a>
          </li>
        }
      </ul>
    </nav>
    <main #main id="main" tabindex="-1">
      <router-outlet />
    </main>
  `,
})
export class App {
  protected readonly features = FEATURES;
  protected readonly content = viewChild.required<ElementRef<HTMLElement>>('main');

  constructor() {
    const { documentElement } = inject(DOCUMENT);
    // The page came from the server, and now answers: tests wait for it.
    afterNextRender(() => (documentElement.dataset['ready'] = ''));
    // Whoever does not see that another page has come hears it.
    inject(Router)
      .events.pipe(
        filter((event) => event instanceof NavigationEnd),
        skip(1),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.#focus());
  }

  /** A link would lead to the page of the base. */
  protected skip(event: Event): void {
    event.preventDefault();
    this.#focus();
  }

  #focus(): void {
    this.content().nativeElement.focus({ preventScroll: true });
  }
}
