// The forms in which one can wait for an operation without promises. What holds of one holds of all.

import type { Observer } from 'rxjs';
import { go, type Operation } from '../src/index.ts';

export interface Form {
  readonly form: string;
  /** Performs `operation`, and tells `observer`; what is returned withdraws it. */
  readonly perform: <T>(operation: Operation<T>, observer: Observer<T>) => () => void;
}

const subscription: Form = {
  form: 'a subscription',
  perform(operation, observer) {
    const performed = operation.subscribe(observer);
    return () => {
      performed.unsubscribe();
    };
  },
};

const coroutine: Form = {
  form: 'a coroutine',
  perform(operation, observer) {
    const task = go(function* () {
      let value;
      try {
        value = yield* operation;
      } catch (error) {
        observer.error(error);
        return;
      }
      observer.next(value);
    });
    return () => {
      task.cancel();
    };
  },
};

export const FORMS: readonly Form[] = [subscription, coroutine];
