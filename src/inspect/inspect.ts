import { NEVER } from 'rxjs';
import { lookOn } from '../core/watch.ts';
import { Inspection } from './inspection.ts';
import type { InspectOptions, Inspector } from './inspector.ts';

/** The one that goes on, and for how many. */
const shared: { inspection: Inspection | null; count: number; off: () => void } = {
  inspection: null,
  count: 0,
  off: () => undefined,
};

export function inspect(_options: InspectOptions = {}): Inspector {
  const inspection = (shared.inspection ??= begin());
  shared.count++;
  let isOn = true;
  const stop = (): void => {
    if (!isOn) return;
    isOn = false;
    if (--shared.count > 0) return;
    shared.off();
    shared.inspection = null;
  };
  return {
    snapshot: () => inspection.snapshot(),
    findings$: NEVER,
    timeline: () => ({ title: '', frames: 0, rows: [] }),
    stop,
    [Symbol.dispose]: stop,
  };
}

function begin(): Inspection {
  const inspection = new Inspection();
  shared.off = lookOn(inspection);
  return inspection;
}
