// Where we run: a browser, or Node.

import { describe } from '../base/errors.ts';
import { moduleOfNode } from '../core/module-of-node.ts';
import type { PortLike } from './port.ts';

interface Process {
  readonly execArgv?: readonly string[];
}
interface Threads {
  readonly Worker: new (source: URL | string, options: object) => PortLike;
  readonly parentPort: PortLike | null;
}
interface System {
  availableParallelism(): number;
}
type WebWorker = new (source: URL | string, options?: object) => PortLike;

const web = globalThis as unknown as {
  readonly Worker?: WebWorker;
  readonly WorkerGlobalScope?: new () => object;
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly process?: Process;
};

function threads(): Threads | null {
  return moduleOfNode('node:worker_threads') as Threads | null;
}

function noThreads(whose: string): TypeError {
  return new TypeError(`${whose}: there are no threads here: it takes a browser's Worker, or Node`);
}

/** Starts the thread of a script: of a module, in a browser. */
export function startScript(whose: string, source: URL, name: string): PortLike {
  if (web.Worker !== undefined) return new web.Worker(source, { type: 'module', name });
  const node = threads();
  if (node === null) throw noThreads(whose);
  return new node.Worker(source, { name, ...inherited() });
}

/** A thread inherits Node's options; but a program that was given as text is not its script. */
function inherited(): { execArgv?: string[] } {
  const options = web.process?.execArgv ?? [];
  if (!options.some((option) => option.startsWith('--input-type'))) return {};
  const isText = (option: string): boolean => /^(--input-type|-e$|--eval|-p$|-pe$|--print)/.test(option);
  // The program's text follows its option.
  const execArgv = options.filter(
    (option, i) => !isText(option) && !/^(-e|--eval|-p|-pe|--print)$/.test(options[i - 1] ?? ''),
  );
  return { execArgv };
}

/** Starts the thread of a text, and lets go of what that took once `loaded` is called. */
export function startText(whose: string, text: string): { readonly port: PortLike; readonly loaded: () => void } {
  if (web.Worker !== undefined) {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    return { port: new web.Worker(url), loaded: () => URL.revokeObjectURL(url) };
  }
  const node = threads();
  if (node === null) throw noThreads(whose);
  // Loaders and the like are for modules, which this text has none of.
  return { port: new node.Worker(text, { eval: true, execArgv: [] }), loaded: () => undefined };
}

/** What a thread posts with; null in the main thread. */
export function ownPort(): PortLike | null {
  const { WorkerGlobalScope } = web;
  if (WorkerGlobalScope !== undefined && globalThis instanceof WorkerGlobalScope)
    return globalThis as unknown as PortLike;
  return threads()?.parentPort ?? null;
}

/** Threads that can run at the same time. */
export function cores(): number {
  const system = moduleOfNode('node:os') as System | null;
  return system?.availableParallelism() ?? web.navigator?.hardwareConcurrency ?? 2;
}

/** A script's URL, or what makes a Worker. */
export type Source = URL | (() => PortLike);

export function checkSource(whose: string, source: unknown): void {
  if (typeof source === 'function') return;
  const isUrl =
    typeof source === 'object' && source !== null && typeof (source as { href?: unknown }).href === 'string';
  if (isUrl) return;
  throw new TypeError(`${whose}: source must be a URL, or a function that makes a Worker; got ${describe(source)}`);
}
