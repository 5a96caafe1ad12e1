import { inject, PLATFORM_ID } from '@angular/core';
import { animationFrames, NEVER } from 'rxjs';
import { isVirtual } from '../core/clock.ts';
import type { Operation } from '../core/operation.ts';
import { until } from '../core/until.ts';
import { youngest } from './applications.ts';
import { currentHome } from './home.ts';

declare const ngServerMode: boolean | undefined;

/**
 * Waits for the next animation frame; on a server it never comes.
 *
 * ```
 * nextFrame()    x-
 * frames         --f---f
 *   emits        --(u|)
 * ```
 *
 * Emits undefined and completes. Withdrawn, it has asked for nothing. In a test by `runMarblesAsync` a frame comes every 16 virtual
 * milliseconds, or as `animate` says; in `runMarbles`, only as `animate` says.
 *
 * @example
 * ```ts
 * for (;;) {
 *   yield* nextFrame();
 *   draw(yield* shapes.receiveMany(Infinity));
 * }
 * ```
 */
export function nextFrame(): Operation<void> {
  return until<unknown>(hasFrames() ? animationFrames() : NEVER).map(() => undefined);
}

/** Whether the code that runs now is in a page. */
function hasFrames(): boolean {
  if (isOnServer()) return false;
  return typeof requestAnimationFrame === 'function' || isVirtual();
}

function isOnServer(): boolean {
  const home = currentHome();
  if (home !== null) return home.isServer;
  const platform = injectedPlatform();
  if (platform !== null) return platform === 'server';
  return youngest()?.isServer ?? (typeof ngServerMode !== 'undefined' && ngServerMode);
}

function injectedPlatform(): unknown {
  try {
    return inject(PLATFORM_ID, { optional: true });
  } catch {
    // There is no injection context.
    return null;
  }
}
