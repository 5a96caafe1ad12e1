// Programs under inspection, in virtual time: what was found, and when.

import { inspect, type Finding, type InspectOptions, type Inspector, type Snapshot } from '../../src/inspect/index.ts';
import { at, frame, virtual } from '../virtual.ts';

export interface Seen {
  /** `frame 10: deadlock of left at b`, in order. */
  readonly found: readonly string[];
  readonly findings: readonly Finding[];
  /** At the end. */
  readonly snapshot: Snapshot;
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
    program(inspector);
    at(ms, () => {
      snapshot = inspector.snapshot();
      inspector.stop();
    });
  });
  return { found, findings, snapshot };
}

/** Only the kinds. */
export function kindsIn({ findings }: Seen): string[] {
  return findings.map(({ kind }) => kind);
}
