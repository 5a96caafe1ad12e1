import {
  DestroyRef,
  type EnvironmentProviders,
  ErrorHandler,
  inject,
  Injector,
  makeEnvironmentProviders,
  PLATFORM_ID,
  provideEnvironmentInitializer,
  untracked,
} from '@angular/core';
import { installAmbient } from '../core/ambient.ts';
import { shared } from '../core/shared.ts';
import { enrol } from './applications.ts';

const ambient = /* @__PURE__ */ shared('angularAmbient', () => ({ users: 0, uninstall: null as (() => void) | null }));

/**
 * Has the library at home in an Angular application. Once, in the providers of the application.
 *
 * All callbacks and coroutines of the library then run untracked: an effect, a computed signal or a template in whose course one
 * of them runs does not depend on the signals that it reads. And what nobody observed (the failure of a task, of a job, of an
 * observer) goes to Angular's `ErrorHandler`, once, in the next macrotask, where RxJS would throw it; that a component was
 * destroyed is no such error.
 *
 * Both are undone when the application is destroyed. Several applications in one process share it: of those that live, the
 * youngest hears of errors. On a server the process survives an error that comes after its page was rendered.
 *
 * @example
 * ```ts
 * bootstrapApplication(App, { providers: [provideZonelessChangeDetection(), provideRxsluice()] });
 * ```
 */
export function provideRxsluice(): EnvironmentProviders {
  return makeEnvironmentProviders([provideEnvironmentInitializer(begin)]);
}

function begin(): void {
  const injector = inject(Injector);
  if (ambient.users++ === 0) ambient.uninstall = installAmbient(() => untracked);
  const leave = enrol({
    isServer: inject(PLATFORM_ID) === 'server',
    // Not before there is an error: it may need what is not there yet.
    handleError: (error) => injector.get(ErrorHandler).handleError(error),
  });
  inject(DestroyRef).onDestroy(() => {
    leave();
    if (--ambient.users > 0) return;
    ambient.uninstall?.();
    ambient.uninstall = null;
  });
}
