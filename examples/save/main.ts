import { interval, take } from 'rxjs';
import { jobQueue, sleep } from 'rxsluice';

const drafts$ = interval(100).pipe(take(5)); // stands for form.valueChanges
const put = (draft: number) => sleep(250).map(() => draft); // stands for http.put(…)

const saves = jobQueue(put, { capacity: 1, overflow: 'dropOldest' });
saves.outcomes$.subscribe(({ input, status }) => console.log(`draft ${input} is ${status}`));
drafts$.subscribe((draft) => saves.start(draft));
