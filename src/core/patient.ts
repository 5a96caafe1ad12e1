import { Failure } from './outcome.ts';
import { cleanUpOf, joinRests } from './rest.ts';
import { reportUnhandled } from './unhandled.ts';
import { type Place, type Rest, Standing, type Waiter, withdraw } from './waiter.ts';

/**
 * A waiter that acts for others: it holds permits for what it waits for, has to settle a delivery, or serves one request at a
 * time. So it hears of an outcome when what was withdrawn for that has cleaned up: until then it can be withdrawn.
 */
export abstract class Patient extends Standing {
  #rests: Rest[] | null = null;

  override linger(rest: Rest): void {
    (this.#rests ??= []).push(rest);
  }

  tell(): void {
    const rest = this.#rests === null ? null : cleanUpOf(joinRests(this.#rests));
    this.#rests = null;
    if (rest === null) this.proceed();
    else new Remainder(this, rest).stand();
  }

  /** It has its parcel, and nothing is left that cleans up. */
  abstract proceed(): void;
  /** It is withdrawn with a parcel of which it has not heard. */
  abstract restore(parcel: unknown): void;
}

/** The place of one who waits for the clean-up behind its outcome. */
class Remainder extends Standing implements Place {
  readonly #patient: Patient;
  readonly #rest: Rest;

  constructor(patient: Patient, rest: Rest) {
    super();
    this.#patient = patient;
    this.#rest = rest;
  }

  stand(): void {
    this.#patient.place = this;
    this.#rest.park(this);
  }

  override settle(parcel: unknown): void {
    this.#patient.place = null;
    if (parcel instanceof Failure) reportUnhandled(parcel.error);
  }
  tell(): void {
    this.#patient.proceed();
  }

  leave(patient: Waiter): Rest {
    const { parcel } = patient;
    patient.place = null;
    patient.parcel = undefined;
    withdraw(this);
    this.#patient.restore(parcel);
    return this.#rest;
  }

  override toString(): string {
    return String(this.place);
  }
}
