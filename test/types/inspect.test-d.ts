// What an inspector gives, as the contract has it.

import type { Observable, Subscription } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  type Finding,
  formatSnapshot,
  inspect,
  type Inspector,
  type InspectOptions,
  type PlaceInfo,
  showInDevtools,
  type Snapshot,
  type TaskInfo,
} from 'rxsluice/inspect';
import { dumpOn } from 'rxsluice/node';
import { drawAscii, type Timeline } from 'rxsluice/testing';

it('gives snapshots, findings and timelines as plain data', () => {
  expectTypeOf(inspect).toEqualTypeOf<(options?: InspectOptions) => Inspector>();
  const inspector = inspect({ stacks: true, slowStep: 1, longWait: 1 });
  expectTypeOf(inspector.snapshot()).toEqualTypeOf<Snapshot>();
  expectTypeOf(inspector.findings$).toEqualTypeOf<Observable<Finding>>();
  expectTypeOf(inspector.timeline({ names: ['orders'], events: 10 })).toEqualTypeOf<Timeline>();
  drawAscii(inspector.timeline());
  expectTypeOf<Inspector['stop']>().toEqualTypeOf<() => void>();
  using scoped = inspect();
  expectTypeOf(scoped).toEqualTypeOf<Inspector>();
});

it('types what is in them', () => {
  expectTypeOf<Snapshot['tasks']>().toEqualTypeOf<readonly TaskInfo[]>();
  expectTypeOf<Snapshot['places']>().toEqualTypeOf<readonly PlaceInfo[]>();
  expectTypeOf<Snapshot['cycles']>().toEqualTypeOf<readonly (readonly string[])[]>();
  expectTypeOf<TaskInfo['state']>().toEqualTypeOf<'ready' | 'running' | 'waiting' | 'cleaning'>();
  expectTypeOf<TaskInfo['parent']>().toEqualTypeOf<number | null>();
  expectTypeOf<Finding['kind']>().toEqualTypeOf<
    'slowStep' | 'longWait' | 'deadlock' | 'growing' | 'stuckLease' | 'splitSubscribers' | 'ignoredCancel' | 'spinning'
  >();
  expectTypeOf<Finding['task']>().toEqualTypeOf<string | null>();
});

it('shows them', () => {
  expectTypeOf(formatSnapshot).toEqualTypeOf<(snapshot: Snapshot) => string>();
  expectTypeOf(showInDevtools).toEqualTypeOf<(inspector: Inspector) => Subscription>();
  expectTypeOf(dumpOn).toEqualTypeOf<(signal: NodeJS.Signals) => Subscription>();
});
