import { afterNextRender, Component, DOCUMENT, inject, signal } from '@angular/core';

type Theme = 'auto' | 'light' | 'dark';
const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'dark', dark: 'light', light: 'auto' };
const KEY = 'theme';

/** Light, dark, or as the system has it. */
@Component({
  selector: 'app-theme-toggle',
  template: `
    <button type="button" class="quiet" (click)="turn()" [attr.aria-label]="'Theme: ' + theme() + '. Change it.'">
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle cx="10" cy="10" r="7.2" fill="none" stroke="currentColor" stroke-width="1.6" />
        @if (theme() === 'dark') {
          <circle cx="10" cy="10" r="7.2" fill="currentColor" />
        } @else if (theme() === 'auto') {
          <path d="M10 2.8a7.2 7.2 0 0 1 0 14.4z" fill="currentColor" />
        }
      </svg>
      <span>{{ theme() }}</span>
    </button>
  `,
})
export class ThemeToggle {
  protected readonly theme = signal<Theme>('auto');
  readonly #root = inject(DOCUMENT).documentElement;

  constructor() {
    afterNextRender(() => {
      // The page has it from there before it is painted.
      const kept = this.#root.dataset['theme'];
      if (kept === 'light' || kept === 'dark') this.theme.set(kept);
    });
  }

  protected turn(): void {
    this.#set(NEXT[this.theme()]);
    localStorage.setItem(KEY, this.theme());
  }

  #set(theme: Theme): void {
    this.theme.set(theme);
    this.#root.dataset['theme'] = theme;
  }
}
