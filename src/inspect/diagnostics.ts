// Node's diagnostics_channel, for tracers: `rxsluice:task` and `rxsluice:finding`. They belong to the process, so whoever wants to
// hear needs nothing of ours. Found without an import, which a bundle for browsers could not have.

import { moduleOfNode } from '../core/module-of-node.ts';

interface Channel {
  readonly hasSubscribers: boolean;
  /** Never throws: what a subscriber throws is an uncaught exception, later. */
  publish(message: unknown): void;
}

export interface Diagnostics {
  readonly task: Channel;
  readonly finding: Channel;
}

/** Those of this process; outside of Node, some to which nobody subscribes. */
export function diagnostics(): Diagnostics {
  const module = moduleOfNode('node:diagnostics_channel') as { channel(name: string): Channel } | null;
  if (module === null) return { task: NOBODY, finding: NOBODY };
  return { task: module.channel('rxsluice:task'), finding: module.channel('rxsluice:finding') };
}

const NOBODY: Channel = {
  hasSubscribers: false,
  publish: () => undefined,
};
