// What the blocks of the page take for granted.

import type { JobQueue, WorkQueue } from 'rxsluice';

export { toSignal } from '@angular/core/rxjs-interop';

export interface Job {
  readonly name: string;
  readonly priority: number;
}

export declare const jobs: WorkQueue<Job>;
export declare function upload(job: Job): Promise<void>;

/** The service whose member is shown. */
export declare class Host {
  readonly saves: JobQueue<string, void>;
}
