import { isPlatformBrowser } from '@angular/common';
import { DOCUMENT, inject, Injectable, PLATFORM_ID, signal, type Signal } from '@angular/core';
import { fromEvent, map, merge } from 'rxjs';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';

/** Whether there is a network, as the browser sees it; and whether there is a browser: pages are also made when the application is built. */
@Injectable({ providedIn: 'root' })
export class Network {
  readonly isBrowser = isPlatformBrowser(inject(PLATFORM_ID));
  readonly online: Signal<boolean>;

  constructor() {
    const window = inject(DOCUMENT).defaultView;
    const online = signal(true);
    this.online = online.asReadonly();
    if (window === null || !this.isBrowser) return;
    online.set(window.navigator.onLine);
    merge(fromEvent(window, 'online'), fromEvent(window, 'offline'))
      .pipe(
        map(() => window.navigator.onLine),
        takeUntilDestroyed(),
      )
      .subscribe((now) => online.set(now));
  }
}
