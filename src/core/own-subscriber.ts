import { Subscriber, type TeardownLogic } from 'rxjs';
import { HEIR, type Heir } from './heir.ts';
import type { Rest } from './waiter.ts';

/**
 * What of ours listens to a source of somebody else's. Not every source calls it as itself: RxJS 6 calls an object that
 * derives from it, others a proxy of it. `this` has no private fields then, and what is written to it is not written to us.
 * So all that a source may call goes by `self`, which both of them find.
 */
export abstract class OwnSubscriber<T> extends Subscriber<T> implements Heir {
  declare protected readonly self: this;

  constructor() {
    super();
    // As a field it would take a fifth of what an inner source takes: many classes share this one, and each makes fields anew.
    this.self = this;
  }

  get heir(): symbol {
    return HEIR;
  }
  inherit(_rest: Rest): void {
    // Whoever knows of nobody who waits goes on at once.
  }

  override add(teardown: TeardownLogic): void {
    super.add.call(this.self, teardown);
  }
  override unsubscribe(): void {
    super.unsubscribe.call(this.self);
  }
}
