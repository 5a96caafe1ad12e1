// Node's diagnostics_channel, for tracers: `rxsluice:task` and `rxsluice:finding`. They belong to the process, so whoever wants to
// hear needs nothing of ours. Found without an import, which a bundle for browsers could not have.

interface Channel {
  readonly hasSubscribers: boolean;
  /** Never throws: what a subscriber throws is an uncaught exception, later. */
  publish(message: unknown): void;
}

export interface Diagnostics {
  readonly task: Channel;
  readonly finding: Channel;
}

interface Process {
  /** Node 20.16 and later, Deno, Bun. */
  getBuiltinModule?(name: string): unknown;
}

/** Those of this process; outside of Node, some to which nobody subscribes. */
export function diagnostics(): Diagnostics {
  const { process } = globalThis as { process?: Process };
  const module = process?.getBuiltinModule?.('node:diagnostics_channel') as
    { channel(name: string): Channel } | undefined;
  if (module === undefined) return { task: NOBODY, finding: NOBODY };
  return { task: module.channel('rxsluice:task'), finding: module.channel('rxsluice:finding') };
}

const NOBODY: Channel = {
  hasSubscribers: false,
  publish: () => undefined,
};
