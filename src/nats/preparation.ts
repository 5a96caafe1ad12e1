// What must be on the server before something can be asked: it is made when that is asked first, and again when it has gone.
// It goes when somebody deletes it, or when it was kept in memory and its server ends.
//
// Invariants:
//   1. it is being made once at a time
//   2. a failure is told to those who waited for it, and is not for ever: whoever comes next has it made anew

export class Preparation {
  readonly #make: () => Promise<void>;
  #made: Promise<void> | null = null;
  #isMaking = false;

  constructor(make: () => Promise<void>) {
    this.#make = make;
  }

  done(): Promise<void> {
    return (this.#made ??= this.#begin());
  }

  /** Looks anew: it may have gone. */
  again(): Promise<void> {
    this.forget();
    return this.done();
  }

  /** It has gone. */
  forget(): void {
    if (!this.#isMaking) this.#made = null;
  }

  async #begin(): Promise<void> {
    this.#isMaking = true;
    try {
      await this.#make();
    } catch (error) {
      this.#made = null;
      throw error;
    } finally {
      this.#isMaking = false;
    }
  }
}
