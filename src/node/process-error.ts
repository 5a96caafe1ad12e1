/**
 * A program that ran and failed: it exited with another code than 0, or was ended by a signal.
 *
 * @see [ProcessError](../../docs/errors.md#processerror): what to do
 */
export class ProcessError extends Error {
  override readonly name: string = 'ProcessError';
  readonly command: string;
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;

  constructor(command: string, { code, signal, stdout, stderr }: ProcessResult) {
    const how = code === null ? `was ended by ${String(signal)}` : `exited with code ${code}`;
    const said = lastLine(stderr);
    super(`${command} ${how}${said === '' ? '' : `: ${said}`}`);
    this.command = command;
    this.code = code;
    this.signal = signal;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

export interface ProcessExit {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessResult extends ProcessExit {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

const LONGEST = 200;

/** What a program said last, for a message: most say there why they failed. */
function lastLine(stderr: Buffer): string {
  const line = stderr.subarray(-2000).toString().trimEnd().split('\n').at(-1) ?? '';
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
