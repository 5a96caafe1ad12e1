// Random scripts, played to two channels and to their models, in every form in which one can wait. After each step: who was told
// what, in which order; what calls returned; what was reported undelivered; the statistics; and the invariants.

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type Channel, channel, go, type Operation, poll, select } from '../../src/index.ts';
import {
  type BoundBy,
  ChannelModel,
  keyOf,
  merge,
  type Party,
  type Policy,
  weigh,
  type Wish,
  World,
} from '../models/channel-model.ts';
import { runs } from '../random.ts';
import { OVERFLOWS } from '../../src/channel/options.ts';

// ───────────────────────────────────────────────────────────── scripts

interface Setup {
  readonly capacity: number;
  readonly policy: Policy;
  readonly bound: BoundBy;
}
type Does = Wish['does'];
interface Case {
  readonly ch: number;
  readonly does: 'send' | 'receive' | 'receiveResult' | 'receiveMany';
}
type Step =
  | { readonly step: 'perform'; readonly ch: number; readonly does: Does; readonly abortable: boolean }
  | { readonly step: 'select'; readonly cases: readonly Case[]; readonly abortable: boolean }
  | {
      readonly step: 'trySend' | 'pollSend' | 'tryReceive' | 'pollReceive' | 'subscribe' | 'cancel';
      readonly ch: number;
    }
  | { readonly step: 'close'; readonly ch: number; readonly cause: string | undefined }
  | { readonly step: 'withdraw' | 'unsubscribe'; readonly which: number };

const ch = fc.nat(1);
const abortable = fc.boolean();
const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const performing = (does: Does) =>
  fc.record({ step: fc.constant('perform' as const), ch, does: fc.constant(does), abortable });
const on = (...steps: ('trySend' | 'pollSend' | 'tryReceive' | 'pollReceive' | 'subscribe' | 'cancel')[]) =>
  fc.record({ step: fc.constantFrom(...steps), ch });

const STEP: fc.Arbitrary<Step> = fc.oneof(
  weighted(20, performing('send')),
  weighted(16, performing('receive')),
  weighted(8, performing('receiveResult')),
  weighted(5, performing('receiveMany')),
  weighted(3, performing('await the end')),
  weighted(2, performing('await the close')),
  weighted(
    14,
    fc.record({
      step: fc.constant('select' as const),
      cases: fc.array(fc.record({ ch, does: fc.constantFrom('send', 'receive', 'receiveResult', 'receiveMany') }), {
        minLength: 1,
        maxLength: 3,
      }),
      abortable,
    }),
  ),
  weighted(14, on('trySend', 'pollSend', 'tryReceive', 'pollReceive')),
  weighted(4, on('subscribe')),
  weighted(4, fc.record({ step: fc.constant('unsubscribe' as const), which: fc.nat(7) })),
  weighted(12, fc.record({ step: fc.constant('withdraw' as const), which: fc.nat(99) })),
  weighted(
    2,
    fc.record({ step: fc.constant('close' as const), ch, cause: fc.constantFrom(undefined, undefined, 'cause') }),
  ),
  weighted(1, on('cancel')),
);

const SETUP: fc.Arbitrary<Setup> = fc
  .record({
    capacity: fc.constantFrom(0, 1, 2, 3, 7, Infinity),
    policy: fc.constantFrom<Policy>('suspend', 'suspend', ...OVERFLOWS, 'conflate'),
    bound: fc.constantFrom<BoundBy>('count', 'count', 'weight', 'key', 'merging key'),
  })
  .filter(({ capacity, policy, bound }) => {
    if (bound.endsWith('key')) return capacity > 0 && policy !== 'conflate';
    return capacity > 0 || (policy !== 'dropOldest' && policy !== 'conflate');
  });

// ───────────────────────────────────────────────────────────── forms

/** What is told of one party. */
type Tell = (text: string) => void;
interface Form {
  readonly form: string;
  /** What is returned withdraws it: null where only a signal can. */
  readonly perform: (operation: Operation<string>, tell: Tell) => (() => void) | null;
  /** The order in which all are told, of that in which observers would be. */
  readonly order: (told: World['told'], newcomer: Party | null) => World['told'];
}

const said = (error: unknown): string => (typeof error === 'string' ? error : (error as Error).name);

const FORMS: readonly Form[] = [
  {
    form: 'subscriptions',
    perform: (operation, tell) => {
      const subscription = operation.subscribe({ next: tell, error: (error: unknown) => tell(said(error)) });
      return () => {
        subscription.unsubscribe();
      };
    },
    order: (told) => told,
  },
  {
    form: 'coroutines',
    perform: (operation, tell) => {
      const task = go(function* () {
        try {
          tell(yield* operation);
        } catch (error) {
          tell(said(error));
        }
      });
      return () => {
        task.cancel();
      };
    },
    // One that came and did not wait goes on before those it woke; observers are told at once.
    order: (told, newcomer) => {
      const atOnce = ({ party }: World['told'][number]) => party.subscribes || party === newcomer;
      return [...told.filter(atOnce), ...told.filter((line) => !atOnce(line))];
    },
  },
  {
    form: 'promises',
    perform: (operation, tell) => {
      operation.promise().then(tell, (error: unknown) => {
        tell(said(error));
      });
      return null;
    },
    order: (told) => [
      ...told.filter(({ party }) => party.subscribes),
      ...told.filter(({ party }) => !party.subscribes),
    ],
  },
];

// ───────────────────────────────────────────────────────────── both sides

/** The real thing and its model, side by side. */
class Play {
  readonly #form: Form;
  readonly #world = new World();
  readonly #models: ChannelModel[];
  readonly #channels: Channel<string>[];
  readonly #withdrawals = new Map<string, { abort: (() => void) | null; leave: (() => void) | null }>();
  readonly #subscriptions: { party: Party; model: ChannelModel; unsubscribe: () => void }[] = [];
  #told: string[] = [];
  #reports: string[] = [];
  #count = 0;

  constructor(form: Form, setups: readonly Setup[]) {
    this.#form = form;
    this.#models = setups.map((one) => new ChannelModel(this.#world, one.capacity, one.policy, one.bound));
    this.#channels = setups.map(({ capacity, policy, bound }) =>
      channel<string>({
        capacity,
        ...(policy === 'conflate' ? { conflate: merge } : { overflow: policy }),
        ...(bound === 'weight' ? { weigh } : bound === 'count' ? {} : { conflateBy: keyOf }),
        ...(bound === 'merging key' ? { conflate: merge } : {}),
        onUndelivered: (value, reason) => this.#reports.push(`${value} ${reason}`),
      }),
    );
  }

  /** Plays one step on both sides: what differs, or null. */
  async play(step: Step): Promise<string | null> {
    this.#told = [];
    this.#reports = [];
    this.#world.told = [];
    this.#world.reports = [];
    const party: Party = {
      id: `#${++this.#count}`,
      subscribes: step.step === 'subscribe',
      selects: step.step === 'select',
    };
    const [expected, received] = this.#act(step, party);
    if (this.#form.form === 'promises') for (let i = 0; i < 4; i++) await Promise.resolve();
    const told = this.#form.order(this.#world.told, party).map((line) => `${line.party.id} ${line.text}`);
    const difference =
      differs('told', told, this.#told) ??
      differs('returned', expected, received) ??
      differs('reported', this.#world.reports, this.#reports);
    return difference ?? this.#compareStates();
  }

  #compareStates(): string | null {
    for (const [i, model] of this.#models.entries()) {
      const real = this.#channels[i]!;
      const difference = differs(`statistics of ${i}`, model.statistics(), real.statistics());
      if (difference !== null) return difference;
      try {
        real.check();
      } catch (error) {
        return String(error);
      }
    }
    return null;
  }

  /** What the calls of both sides return. */
  #act(step: Step, party: Party): [unknown, unknown] {
    const tell: Tell = (text) => this.#told.push(`${party.id} ${text}`);
    const value = `v${this.#count}`;
    switch (step.step) {
      case 'perform':
        this.#perform(party, this.#operation({ ...step, value }).map(String), step.abortable, tell);
        this.#world.perform([this.#wish(party, { ...step, value, key: '' })]);
        return [null, null];
      case 'select': {
        const cases = step.cases.map((one, i) => ({ ...one, value: `${value}${'abc'[i] ?? ''}`, key: 'abc'[i] ?? '' }));
        const operation = select(Object.fromEntries(cases.map((one) => [one.key, this.#operation(one)])), {
          order: 'priority',
        });
        this.#perform(
          party,
          operation.map((selected) => {
            const { key, value } = selected as { key: string; value: string };
            return `${key} ${value}`;
          }),
          step.abortable,
          tell,
        );
        this.#world.perform(cases.map((one) => this.#wish(party, { ...one, key: `${one.key} ` })));
        return [null, null];
      }
      case 'withdraw':
        return this.#withdraw(step.which);
      case 'subscribe':
        return this.#subscribe(step.ch, party, tell);
      case 'unsubscribe':
        return this.#unsubscribe(step.which);
      default:
        return this.#try(step, value);
    }
  }

  #operation({ ch, does, value }: { ch: number; does: Does; value: string }): Operation<string> {
    const real = this.#channels[ch]!;
    if (does === 'send') return real.send(value).map(() => 'sent');
    if (does === 'receive') return real.receive().map((got) => `got ${got}`);
    if (does === 'receiveMany') return real.receiveMany(3).map((got) => `got ${got.join(',')}`);
    if (does === 'await the close') return real.whenClosed().map(() => 'closed');
    if (does === 'await the end') return real.whenEnded().map(() => 'ended');
    return real.receiveResult().map((got) => (got.ok ? `got ${got.value}` : 'end'));
  }

  #wish(party: Party, { ch, does, value, key }: { ch: number; does: Does; value: string; key: string }): Wish {
    return { party, at: this.#models[ch]!, does, value, key };
  }

  #perform({ id }: Party, operation: Operation<string>, abortable: boolean, tell: Tell): void {
    const controller = abortable || this.#form.form === 'promises' ? new AbortController() : null;
    const leave = this.#form.perform(controller === null ? operation : operation.withSignal(controller.signal), tell);
    this.#withdrawals.set(id, { leave, abort: controller === null ? null : () => controller.abort('aborted') });
  }

  #withdraw(which: number): [unknown, unknown] {
    const waiting = this.#world.waiting().filter(({ subscribes }) => !subscribes);
    const party = waiting[which % Math.max(1, waiting.length)];
    if (party === undefined) return [null, null];
    const { abort, leave } = this.#withdrawals.get(party.id)!;
    this.#world.withdraw(party, abort === null ? null : 'aborted');
    if (abort === null) leave?.();
    else abort();
    return [null, null];
  }

  #subscribe(ch: number, party: Party, tell: Tell): [unknown, unknown] {
    const model = this.#models[ch]!;
    const subscription = this.#channels[ch]!.subscribe({
      next: (got) => tell(`got ${got}`),
      error: (error: unknown) => tell(said(error)),
      complete: () => tell('end'),
    });
    model.subscribe(this.#wish(party, { ch, does: 'receive', value: '', key: '' }));
    this.#subscriptions.push({ party, model, unsubscribe: () => subscription.unsubscribe() });
    return [null, null];
  }

  #unsubscribe(which: number): [unknown, unknown] {
    const chosen = this.#subscriptions[which % Math.max(1, this.#subscriptions.length)];
    if (chosen === undefined) return [null, null];
    this.#world.withdraw(chosen.party, null);
    chosen.unsubscribe();
    return [null, null];
  }

  #try(step: Extract<Step, { ch: number }>, value: string): [unknown, unknown] {
    const model = this.#models[step.ch]!;
    const real = this.#channels[step.ch]!;
    let expected: unknown;
    switch (step.step) {
      case 'trySend':
        expected = model.accepts(value) && model.accept(value, 'keep silent') === 'sent';
        this.#world.finish();
        return [expected, real.trySend(value)];
      case 'pollSend':
        expected = this.#pollSend(model, value);
        this.#world.finish();
        return [expected, attempted(() => poll(real.send(value).map(() => 'sent')))];
      case 'tryReceive':
      case 'pollReceive':
        expected = this.#pollReceive(model);
        this.#world.finish();
        return [expected, step.step === 'tryReceive' ? real.tryReceive() : attempted(() => poll(real.receive()))];
      case 'close':
        return [model.close(step.cause), real.close(step.cause)];
      case 'cancel':
        return [model.cancel(), real.cancel()];
      default:
        throw new Error(`no such step: ${step.step}`);
    }
  }

  #pollSend(model: ChannelModel, value: string): unknown {
    if (model.end !== null) return { ok: false, closed: true };
    if (!model.accepts(value)) return { ok: false, closed: false };
    const outcome = model.accept(value, 'keep silent');
    return outcome === 'OverflowError' ? outcome : { ok: true, value: 'sent' };
  }

  #pollReceive(model: ChannelModel): unknown {
    const value = model.buffer.length > 0 || model.senders.length > 0 ? model.take() : null;
    return value === null ? { ok: false, closed: model.end !== null } : { ok: true, value };
  }
}

function attempted(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return said(error);
  }
}

function differs(what: string, expected: unknown, received: unknown): string | null {
  const [is, should] = [received, expected].map((one) => JSON.stringify(one));
  return is === should ? null : `${what}\n    expected ${should ?? 'undefined'}\n    received ${is ?? 'undefined'}`;
}

function script(setups: readonly Setup[], steps: readonly Step[], failed: number, difference: string): string {
  const channels = setups.map(
    ({ capacity, policy, bound }, i) => `  channel ${i}: capacity ${capacity}, ${policy}, by ${bound}`,
  );
  const lines = steps.slice(0, failed + 1).map((step, i) => `  #${i + 1} ${JSON.stringify(step)}`);
  return `\n${[...channels, ...lines].join('\n')}\n  differs in what was ${difference}`;
}

describe.each(FORMS)('a channel does what its model does, waited for by $form', (form) => {
  it('whatever is done to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(SETUP, SETUP),
        fc.array(STEP, { minLength: 1, maxLength: 60, size: 'max' }),
        async (setups, steps) => {
          const play = new Play(form, setups);
          for (const [i, step] of steps.entries()) {
            const difference = await play.play(step);
            if (difference !== null) throw new Error(script(setups, steps, i, difference));
          }
        },
      ),
      runs(600),
    );
  });
});
