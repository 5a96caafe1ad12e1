// Node's streams, processes, sockets and servers as channels, operations and tasks: everything that `rxsluice/node` exports.

export { fromReadable } from './from-readable.ts';
export { toReadable } from './to-readable.ts';
export { end, write } from './write.ts';
export { pump } from './pump.ts';
export { event } from './event.ts';
export { events } from './events.ts';
export { signals } from './signals.ts';
export { main } from './main.ts';
export { dumpOn } from './dump-on.ts';
export { keepAsyncContext } from './keep-async-context.ts';
export { type ProcessOptions } from './launch.ts';
export { ProcessError, type ProcessExit, type ProcessResult } from './process-error.ts';
export { run, type RunOptions } from './run.ts';
export { type RunningProcess, start, type StartOptions } from './start.ts';
export { serve } from './serve.ts';
export { serveSockets } from './serve-sockets.ts';
export { type ServeOptions, type Service } from './service.ts';
export { ClientGoneError } from './client-gone-error.ts';
