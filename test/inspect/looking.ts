// Programs under inspection, in virtual time: what was found, and when.

import { inspection } from '../../src/core/inspection.ts';
import { turn } from '../../src/core/turn.ts';
import { inspect, type Finding, type InspectOptions, type Inspector, type Snapshot } from '../../src/inspect/index.ts';
import { at, frame, virtual } from '../virtual.ts';

export interface Seen {
  /** `frame 10: deadlock of left at b`, in order. */
  readonly found: readonly string[];
  readonly findings: readonly Finding[];
  /** At the end. */
  readonly snapshot: Snapshot;
}

/** More events than these are not worth a check each. */
const CHECKED = 300;

/** Has the inspection that is on check itself at each event, as long as there are few. What it returns throws what was wrong. */
export function checking(): () => void {
  const wrong: unknown[] = [];
  let left = CHECKED;
  const check = (): void => {
    if (left-- <= 0) return;
    try {
      (turn.watch as { check?(): void } | null)?.check?.();
    } catch (error) {
      wrong.push(error);
    }
  };
  inspection.listeners.add(check);
  return () => {
    inspection.listeners.delete(check);
    left = 1;
    check();
    for (const error of wrong) throw error;
  };
}

/** Runs `program` for `ms` of virtual time. */
export function look(program: (inspector: Inspector) => void, options: InspectOptions = {}, ms = 1000): Seen {
  const found: string[] = [];
  const findings: Finding[] = [];
  let snapshot: Snapshot = { tasks: [], places: [], cycles: [] };
  virtual(() => {
    const inspector = inspect(options);
    inspector.findings$.subscribe((finding) => {
      findings.push(finding);
      const { kind, task, place } = finding;
      found.push(
        `frame ${frame()}: ${kind}${task === null ? '' : ` of ${task}`}${place === null ? '' : ` at ${place}`}`,
      );
    });
    const checked = checking();
    program(inspector);
    at(ms, () => {
      snapshot = inspector.snapshot();
      checked();
      inspector.stop();
    });
  });
  return { found, findings, snapshot };
}

/** Only the kinds. */
export function kindsIn({ findings }: Seen): string[] {
  return findings.map(({ kind }) => kind);
}
