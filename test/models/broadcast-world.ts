// A real broadcast and its model, driven by the same steps.

import {
  type Broadcast,
  broadcast,
  type ChannelOptions,
  channel,
  type Operation,
  type ReceiveChannel,
  select,
} from '../../src/index.ts';
import { OVERFLOWS } from '../../src/channel/options.ts';
import { FORMS } from '../forms.ts';
import { check, Record, show } from '../record.ts';
import { BroadcastModel, type Policy } from './broadcast-model.ts';

export const POLICIES: readonly Policy[] = [...OVERFLOWS, 'conflate'];

export type Step =
  | { readonly do: 'send' | 'select'; readonly form: number }
  | { readonly do: 'both'; readonly form: number; readonly tap: number }
  | { readonly do: 'receive'; readonly form: number; readonly tap: number }
  | { readonly do: 'trySend' | 'subscribe' }
  | { readonly do: 'tryReceive' | 'cancel' | 'withdraw'; readonly tap: number }
  | { readonly do: 'tap'; readonly policy: number; readonly capacity: number }
  | { readonly do: 'close'; readonly cause: boolean };

export class BroadcastWorld {
  readonly #record = new Record();
  readonly #lost: string[] = [];
  readonly #real: Broadcast<string>;
  readonly #model: BroadcastModel;
  readonly #taps: (ReceiveChannel<string> | (() => void))[] = [];
  readonly #withdrawals = new Map<string, () => void>();
  readonly #cause = new Error('the cause');
  #count = 0;

  constructor(replay: number) {
    this.#real = broadcast<string>({ replay, onUndelivered: (v, reason) => this.#lost.push(`${v} ${reason}`) });
    this.#model = new BroadcastModel(replay);
  }

  /** Does one step in both worlds. @throws Error if they differ. */
  step(step: Step): void {
    this.#do(step, `p${++this.#count}`, `v${this.#count}`);
    check(this.#real);
    const real = { told: this.#record.take().sort(), lost: this.#lost.splice(0).sort(), ...this.#lines() };
    const { told, lost, unseen, taps } = this.#model;
    const expected = {
      told: told.splice(0).sort(),
      lost: lost.splice(0).sort(),
      unseen: unseen.length,
      taps: taps.map(({ id, buffer, receivers, line, subscriber }) =>
        [id, buffer.length, subscriber === null ? receivers.length : 1, line.length].join(),
      ),
    };
    if (JSON.stringify(real) !== JSON.stringify(expected))
      throw new Error(`got\n${json(real)}\ninstead of\n${json(expected)}`);
  }

  #lines(): { unseen: number; taps: string[] } {
    return {
      unseen: this.#real.senders.count(),
      taps: this.#real
        .everyTap()
        .map((tap) => [tap.birth - 1, tap.size, tap.receivers.count(), tap.senders.count()].join()),
    };
  }

  #do(step: Step, name: string, value: string): void {
    const real = this.#real;
    const model = this.#model;
    switch (step.do) {
      case 'send':
        this.#perform(step.form, name, real.send(value));
        model.send(name, value, false);
        break;
      case 'select':
        this.#perform(step.form, name, select({ sent: real.send(value), never: channel() }));
        model.send(name, value, true);
        break;
      case 'both':
        this.#both(step, name, value);
        break;
      case 'trySend':
        same(real.trySend(value), model.trySend(value));
        break;
      case 'tap': {
        const policy = POLICIES[step.policy]!;
        const capacity = policy === 'dropOldest' || policy === 'conflate' ? Math.max(1, step.capacity) : step.capacity;
        const conflate = (pending: string, sent: string): string => `${pending}+${sent}`;
        const options: ChannelOptions<string> =
          policy === 'conflate' ? { capacity, conflate } : { capacity, overflow: policy };
        model.tap(this.#taps.length, capacity, policy, null);
        this.#taps.push(real.tap(options));
        break;
      }
      case 'subscribe': {
        model.tap(this.#taps.length, 0, 'suspend', name);
        const subscription = real.subscribe(this.#record.all(name));
        this.#taps.push(() => {
          subscription.unsubscribe();
        });
        break;
      }
      case 'receive':
        this.#receive(step, name);
        break;
      case 'tryReceive':
        this.#tryReceive(step.tap);
        break;
      case 'cancel': {
        if (this.#taps.length === 0) break;
        const id = step.tap % this.#taps.length;
        const tap = this.#taps[id]!;
        if (typeof tap === 'function') tap();
        else tap.cancel();
        model.cancelTap(id);
        break;
      }
      case 'withdraw': {
        const { waiting } = model;
        const who = waiting[step.tap % Math.max(1, waiting.length)];
        if (who === undefined) break;
        this.#withdrawals.get(who)!();
        model.withdraw(who);
        break;
      }
      case 'close':
        same(real.close(...(step.cause ? [this.#cause] : [])), model.close(step.cause));
    }
  }

  #perform(form: number, name: string, operation: Operation<unknown>): void {
    this.#withdrawals.set(name, FORMS[form % FORMS.length]!.perform(operation, this.#record.by(name)));
  }

  /** A tap that can be received from; those of subscribers cannot. */
  #tapOf(index: number): [number, ReceiveChannel<string>] | null {
    if (this.#taps.length === 0) return null;
    const id = index % this.#taps.length;
    const tap = this.#taps[id]!;
    return typeof tap === 'function' ? null : [id, tap];
  }

  #receive({ form, tap: index }: { form: number; tap: number }, name: string): void {
    const found = this.#tapOf(index);
    if (found === null) return;
    const [id, tap] = found;
    const value = this.#model.receive(id, { name, key: '' });
    this.#perform(form, name, tap.receive());
    if (value === 'ended') this.#expectEnd(name);
    else if (value !== null) this.#model.told.push(`${name} got ${value}`);
  }

  /** Of a tap that was cancelled, or of a broadcast that was closed. */
  #expectEnd(name: string): void {
    const line = this.#record.lines.find((one) => one.startsWith(`${name} failed with`));
    this.#model.told.push(line ?? `${name} failed`);
  }

  #tryReceive(index: number): void {
    const found = this.#tapOf(index);
    if (found === null) return;
    const [id, tap] = found;
    const value = this.#model.tryReceive(id);
    const got = tap.tryReceive();
    same(got.ok ? got.value : null, value);
  }

  /** A select that sends to all taps, and receives from one of them. */
  #both({ form, tap: index }: { form: number; tap: number }, name: string, value: string): void {
    const found = this.#tapOf(index);
    const modelTap = this.#model.taps.find(({ id }) => id === found?.[0]);
    if (found === null || modelTap === undefined || this.#model.end !== null) return;
    this.#perform(form, name, select({ sent: this.#real.send(value), received: found[1] }, { order: 'priority' }));
    this.#model.both(name, value, modelTap);
  }
}

function same(real: unknown, expected: unknown): void {
  if (real !== expected) throw new Error(`got ${show(real)} instead of ${show(expected)}`);
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 1);
}
