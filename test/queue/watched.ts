// Jobs that tell when they start, and in which frame.

import type { Observable } from 'rxjs';
import {
  type Coroutine,
  type JobQueue,
  jobQueue,
  type JobQueueOptions,
  sleep,
  type TaskContext,
} from '../../src/index.ts';
import { Record } from '../record.ts';
import { frame } from '../virtual.ts';

type Handler = (input: string, context: TaskContext) => Observable<string> | Coroutine<string>;

/** Brings the input after as many ms as it ends with; one with a `!` fails then. */
export const served = (input: string): Observable<string> =>
  sleep(Number(/\d+$/.exec(input)?.[0] ?? 0)).map(() => {
    if (input.includes('!')) throw new Error(`no ${input}`);
    return input;
  });

export interface Watched {
  readonly jobs: JobQueue<string, string>;
  readonly record: Record;
  /** Records a line, and the frame. */
  readonly note: (line: string) => void;
}

/** A queue of jobs, and a record of what starts. */
export function watchedStarts(options: JobQueueOptions<string> = {}, handler: Handler = served): Watched {
  const record = new Record();
  const note = (line: string): void => record.add(`${frame()} ${line}`);
  const jobs = jobQueue<string, string>((input, context) => {
    note(`${input} starts`);
    return handler(input, context);
  }, options);
  return { jobs, record, note };
}
