// Random scripts, played to a queue and to its model, in every form in which one can wait. After each step: who was told what, in
// which order; what calls returned; what was reported; dead letters; the account; how it prints; timers; and the invariants.

import fc from 'fast-check';
import { config } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Delivery, go, type Operation, poll, queue, type Queue, select } from '../../src/index.ts';
import {
  type Does,
  type Loan,
  merge,
  type OrderName,
  type Party,
  type Policy,
  QueueModel,
  rank,
  type Setup,
  type Wish,
} from '../models/queue-model.ts';
import { check, title } from '../record.ts';
import { isUsual, runs } from '../random.ts';
import { OVERFLOWS } from '../../src/channel/options.ts';

// ───────────────────────────────────────────────────────────── scripts

/** What withdraws an operation, if nobody else does: a signal, or its time. */
type Limit = 'none' | 'signal' | number;
type Step =
  | { readonly step: 'perform'; readonly does: Does; readonly limit: Limit }
  | { readonly step: 'select'; readonly cases: readonly Does[]; readonly limit: Limit }
  | {
      readonly step:
        | 'trySend'
        | 'pollSend'
        | 'tryReceive'
        | 'pollReceive'
        | 'pollLease'
        | 'pollJoin'
        | 'taskDone'
        | 'subscribe'
        | 'cancel'
        | 'pass'
        | 'anger';
    }
  | {
      readonly step: 'settle';
      readonly how: 'ack' | 'nack' | 'extend' | 'release';
      readonly delay: number;
      readonly which: number;
      /** One that has ended already, perhaps. */
      readonly any: boolean;
    }
  | { readonly step: 'close'; readonly cause: string | undefined }
  | { readonly step: 'withdraw' | 'unsubscribe'; readonly which: number };

const limit = fc.constantFrom<Limit>('none', 'none', 'none', 'signal', 'signal', 0, 3, 7);
const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const performing = (does: Does) => fc.record({ step: fc.constant('perform' as const), does: fc.constant(does), limit });
const just = <S extends Step['step']>(...steps: S[]) => fc.record({ step: fc.constantFrom(...steps) });

const STEP: fc.Arbitrary<Step> = fc.oneof(
  weighted(26, performing('send')),
  weighted(8, performing('receive')),
  weighted(4, performing('receiveResult')),
  weighted(20, performing('lease')),
  weighted(5, performing('join')),
  weighted(2, performing('await the end')),
  weighted(
    10,
    fc.record({
      step: fc.constant('select' as const),
      cases: fc.array(fc.constantFrom<Does>('send', 'receive', 'receiveResult', 'lease', 'lease', 'join'), {
        minLength: 1,
        maxLength: 3,
      }),
      limit,
    }),
  ),
  weighted(14, just('trySend', 'pollSend', 'tryReceive', 'pollReceive', 'pollLease', 'pollJoin')),
  weighted(
    26,
    fc.record({
      step: fc.constant('settle' as const),
      how: fc.constantFrom('ack', 'nack', 'nack', 'nack', 'extend', 'release'),
      delay: fc.constantFrom(0, 0, 4, 9),
      which: fc.nat(99),
      any: fc.constantFrom(false, false, false, true),
    }),
  ),
  weighted(8, just('taskDone')),
  weighted(14, just('pass')),
  weighted(5, just('anger')),
  weighted(3, just('subscribe')),
  weighted(4, fc.record({ step: fc.constant('unsubscribe' as const), which: fc.nat(7) })),
  weighted(8, fc.record({ step: fc.constant('withdraw' as const), which: fc.nat(99) })),
  weighted(
    2,
    fc.record({ step: fc.constant('close' as const), cause: fc.constantFrom(undefined, undefined, 'cause') }),
  ),
  weighted(1, just('cancel')),
);

const SETUP: fc.Arbitrary<Setup> = fc.record({
  order: fc.constantFrom<OrderName>('fifo', 'lifo', 'priority', 'priority'),
  capacity: fc.constantFrom(1, 2, 3, Infinity),
  policy: fc.constantFrom<Policy>('suspend', ...OVERFLOWS, 'conflate'),
  leaseMs: fc.constantFrom(5, 12, Infinity),
  maxAttempts: fc.constantFrom(1, 2, Infinity),
});

// ───────────────────────────────────────────────────────────── forms

/** What is told of one party. */
type Tell = (text: string) => void;
type Told = QueueModel['told'];
interface Form {
  readonly form: string;
  /** What is returned withdraws it: null where only a signal can. */
  readonly perform: (operation: Operation<string>, tell: Tell) => (() => void) | null;
  /** The order in which all are told, of that in which observers would be. */
  readonly order: (told: Told, newcomer: Party) => Told;
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
    // Of a turn: one that came and did not wait goes on before those it woke; observers are told at once. The others go on in
    // the order in which they were settled.
    order: (told, newcomer) => {
      const isAtOnce = ({ party }: Told[number]) => party.subscribes || party === newcomer;
      const rank = (line: Told[number]) => (isAtOnce(line) ? 0 : line.at);
      return [...told].sort((a, b) => a.turn - b.turn || rank(a) - rank(b));
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
    // `then` is called of the newcomer's when the call has returned.
    order: (told, newcomer) => {
      const rank = ({ party }: Told[number]) => (party.subscribes ? 0 : party === newcomer ? 2 : 1);
      return [...told].sort((a, b) => rank(a) - rank(b));
    },
  },
];

// ───────────────────────────────────────────────────────────── both sides

/** The real thing and its model, side by side. */
class Play {
  readonly #form: Form;
  readonly #model: QueueModel;
  readonly #queue: Queue<string>;
  readonly #deliveries = new Map<string, Delivery<string>>();
  readonly #withdrawals = new Map<string, { abort: (() => void) | null; leave: (() => void) | null }>();
  readonly #subscriptions: { party: Party; unsubscribe: () => void }[] = [];
  #told: string[] = [];
  #reports: string[] = [];
  #count = 0;

  constructor(form: Form, setup: Setup) {
    this.#form = form;
    this.#model = new QueueModel(setup);
    const { order, capacity, policy, leaseMs, maxAttempts } = setup;
    this.#queue = queue<string>({
      name: 'q',
      capacity,
      leaseMs,
      maxAttempts,
      order: order === 'priority' ? (a, b) => this.#compare(a, b) : order,
      ...(policy === 'conflate' ? { conflate: merge } : { overflow: policy }),
      onUndelivered: (value, reason) => this.#reports.push(`${value} ${reason}`),
      onDeadLetter: ({ value, attempts, error }) =>
        this.#reports.push(`${value} dead after ${attempts}: ${said(error)}`),
    });
    config.onUnhandledError = (error) => this.#reports.push(`unhandled ${said(error)}`);
  }

  #compare(a: string, b: string): number {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- what is thrown is told as it is
    if (this.#model.angry) throw 'comparison';
    return rank(a) - rank(b);
  }

  /** Plays one step on both sides: what differs, or null. */
  async play(step: Step): Promise<string | null> {
    const model = this.#model;
    this.#told = [];
    this.#reports = [];
    model.told = [];
    model.reports = [];
    const party: Party = {
      id: `#${++this.#count}`,
      subscribes: step.step === 'subscribe',
      selects: step.step === 'select',
    };
    const [expected, received] = this.#act(step, party);
    if (this.#form.form === 'promises') for (let i = 0; i < 4; i++) await Promise.resolve();
    const told = this.#form.order(model.told, party).map((line) => `${line.party.id} ${line.text}`);
    return (
      differs('told', told, this.#told) ??
      differs('returned', expected, received) ??
      differs('reported', model.reports, this.#reports) ??
      this.#compareStates()
    );
  }

  /** What was told and reported in this step, in a word each. */
  happened(): string[] {
    const told = this.#told.map((line) => line.replace(/^#\d+ ([abc] )?/, ''));
    const reported = this.#reports.map((line) => line.replace(/^[abcv]\S* /, ''));
    return [...told, ...reported].map((line) => line.split(' ')[0]!);
  }

  #compareStates(): string | null {
    const model = this.#model;
    const real = this.#queue;
    const { angry } = model;
    try {
      // It asks the comparison.
      model.angry = false;
      check(real);
    } catch (error) {
      return String(error);
    } finally {
      model.angry = angry;
    }
    const leases = (side: (loan: Loan) => unknown): unknown => model.loans.map(side);
    return (
      differs('counted', model.statistics(), real.statistics()) ??
      differs('unfinished', model.unfinished, real.unfinished) ??
      differs('printed', String(model), String(real)) ??
      differs('timed', model.timers.length, vi.getTimerCount()) ??
      differs(
        'leased',
        leases(({ value, attempt, ended }) => [value, attempt, `delivery ${attempt} of q (${ended ?? 'leased'})`]),
        leases(({ party }) => {
          const delivery = this.#deliveries.get(party.id)!;
          return [delivery.value, delivery.attempt, title(delivery)];
        }),
      )
    );
  }

  /** What the calls of both sides return. */
  #act(step: Step, party: Party): [unknown, unknown] {
    const tell: Tell = (text) => this.#told.push(`${party.id} ${text}`);
    const value = `v${this.#count}`;
    switch (step.step) {
      case 'perform':
        this.#perform(party, this.#operation(step.does, value, party), step.limit, tell);
        this.#model.perform([{ party, does: step.does, value, key: '' }], timeOf(step.limit));
        return [null, null];
      case 'select': {
        const wishes: Wish[] = step.cases.map((does, i) => {
          const letter = 'abc'[i]!;
          return { party, does, value: `${letter}${this.#count}`, key: `${letter} ` };
        });
        const cases = wishes.map((wish) => [wish.key.trim(), this.#operation(wish.does, wish.value, party)] as const);
        const operation = select(Object.fromEntries(cases), { order: 'priority' });
        this.#perform(
          party,
          operation.map((selected) => {
            const { key, value } = selected as { key: string; value: string };
            return `${key} ${value}`;
          }),
          step.limit,
          tell,
        );
        this.#model.perform(wishes, timeOf(step.limit));
        return [null, null];
      }
      case 'settle':
        return this.#settle(step);
      case 'withdraw':
        return this.#withdraw(step.which);
      case 'subscribe':
        return this.#subscribe(party, tell);
      case 'unsubscribe':
        return this.#unsubscribe(step.which);
      default:
        return this.#try(step, value, party);
    }
  }

  #operation(does: Does, value: string, { id }: Party): Operation<string> {
    const real = this.#queue;
    switch (does) {
      case 'send':
        return real.send(value).map(() => 'sent');
      case 'receive':
        return real.receive().map((got) => `got ${got}`);
      case 'receiveResult':
        return real.receiveResult().map((got) => (got.ok ? `got ${got.value}` : 'end'));
      case 'lease':
        return real.lease().map((delivery) => {
          this.#deliveries.set(id, delivery);
          return `leased ${delivery.value} #${delivery.attempt}`;
        });
      case 'join':
        return real.join().map(() => 'joined');
      default:
        return real.whenEnded().map(() => 'ended');
    }
  }

  #perform({ id }: Party, operation: Operation<string>, limit: Limit, tell: Tell): void {
    const abortable = limit === 'signal' || (this.#form.form === 'promises' && limit === 'none');
    const controller = abortable ? new AbortController() : null;
    const limited =
      typeof limit === 'number'
        ? operation.withTimeout(limit)
        : controller === null
          ? operation
          : operation.withSignal(controller.signal);
    const leave = this.#form.perform(limited, tell);
    this.#withdrawals.set(id, { leave, abort: controller === null ? null : () => controller.abort('aborted') });
  }

  #settle({ how, delay, which, any }: Extract<Step, { step: 'settle' }>): [unknown, unknown] {
    const loans = this.#model.loans.filter(({ ended }) => any || ended === null);
    const loan = loans[which % Math.max(1, loans.length)];
    if (loan === undefined) return [null, null];
    const delivery = this.#deliveries.get(loan.party.id)!;
    const model = this.#model;
    switch (how) {
      case 'nack':
        return [model.nack(loan, delay, 'failed'), outcomeOf(() => delivery.nack({ delay, error: 'failed' }))];
      case 'release':
        return [model.release(loan), outcomeOf(() => delivery.release!())];
      default:
        return [model[how](loan), outcomeOf(() => delivery[how]())];
    }
  }

  #withdraw(which: number): [unknown, unknown] {
    const waiting = this.#model.waiting().filter(({ subscribes }) => !subscribes);
    const party = waiting[which % Math.max(1, waiting.length)];
    if (party === undefined) return [null, null];
    const { abort, leave } = this.#withdrawals.get(party.id)!;
    // A promise is withdrawn by a signal, or by its time.
    if (abort === null && leave === null) return [null, null];
    this.#model.withdraw(party, abort === null ? null : 'aborted');
    if (abort === null) leave?.();
    else abort();
    return [null, null];
  }

  #subscribe(party: Party, tell: Tell): [unknown, unknown] {
    const subscription = this.#queue.subscribe({
      next: (got) => tell(`got ${got}`),
      error: (error: unknown) => tell(said(error)),
      complete: () => tell('end'),
    });
    this.#model.subscribe({ party, does: 'receive', value: '', key: '' });
    this.#subscriptions.push({ party, unsubscribe: () => subscription.unsubscribe() });
    return [null, null];
  }

  #unsubscribe(which: number): [unknown, unknown] {
    const chosen = this.#subscriptions[which % Math.max(1, this.#subscriptions.length)];
    if (chosen === undefined) return [null, null];
    this.#model.withdraw(chosen.party, null);
    chosen.unsubscribe();
    return [null, null];
  }

  #try(step: Step, value: string, party: Party): [unknown, unknown] {
    const model = this.#model;
    const real = this.#queue;
    switch (step.step) {
      case 'trySend': {
        const expected = model.accepts() ? model.accept(value, 'keep silent') : 'full';
        if (expected === 'comparison') model.reports.push('unhandled comparison');
        model.finish();
        return [expected === 'sent', real.trySend(value)];
      }
      case 'pollSend':
        return [this.#pollSend(value), attempted(() => poll(real.send(value).map(() => 'sent')))];
      case 'tryReceive':
        return [model.tryReceive('receive', party), real.tryReceive()];
      case 'pollReceive':
        return [model.tryReceive('receive', party), attempted(() => poll(real.receive()))];
      case 'pollLease': {
        const lease = real.lease().map((delivery) => {
          this.#deliveries.set(party.id, delivery);
          return `${delivery.value} #${delivery.attempt}`;
        });
        return [model.tryReceive('lease', party), attempted(() => poll(lease))];
      }
      case 'pollJoin': {
        const expected = model.unfinished === 0 ? { ok: true, value: 'joined' } : { ok: false, closed: false };
        return [expected, poll(real.join().map(() => 'joined'))];
      }
      case 'taskDone':
        return [model.taskDone(), outcomeOf(() => real.taskDone())];
      case 'close':
        return [model.close(step.cause), real.close(step.cause)];
      case 'cancel':
        return [model.cancel(), real.cancel()];
      case 'pass':
        vi.advanceTimersToNextTimer();
        model.pass();
        return [model.timers.length, vi.getTimerCount()];
      case 'anger':
        model.angry = !model.angry;
        return [null, null];
      default:
        throw new Error(`no such step: ${step.step}`);
    }
  }

  #pollSend(value: string): unknown {
    const model = this.#model;
    if (model.end !== null) return { ok: false, closed: true };
    if (!model.accepts()) return { ok: false, closed: false };
    const outcome = model.accept(value, 'keep silent');
    model.finish();
    return outcome === 'OverflowError' || outcome === 'comparison' ? outcome : { ok: true, value: 'sent' };
  }
}

/** All that can happen does, in the scripts of the first seed. */
const EVERYTHING = [
  ...['CancelledError', 'ClosedError', 'OverflowError', 'TimeoutError', 'aborted', 'cancelled', 'cause', 'closed'],
  ...[
    'comparison',
    'dead',
    'dropped',
    'end',
    'ended',
    'evicted',
    'got',
    'joined',
    'leased',
    'sent',
    'unhandled',
    'withdrawn',
  ],
];

const timeOf = (limit: Limit): number => (typeof limit === 'number' ? limit : Infinity);

function attempted(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return said(error);
  }
}

function outcomeOf(act: () => void): string {
  return String(attempted(() => (act(), 'ok')));
}

function differs(what: string, expected: unknown, received: unknown): string | null {
  const [is, should] = [received, expected].map((one) => JSON.stringify(one));
  return is === should ? null : `${what}\n    expected ${should ?? 'undefined'}\n    received ${is ?? 'undefined'}`;
}

function script(setup: Setup, steps: readonly Step[], failed: number, difference: string): string {
  const lines = steps.slice(0, failed + 1).map((step, i) => `  #${i + 1} ${JSON.stringify(step)}`);
  const infinite = (_: string, value: unknown): unknown => (value === Infinity ? 'Infinity' : value);
  return `\n  ${JSON.stringify(setup, infinite)}\n${lines.join('\n')}\n  differs in what was ${difference}`;
}

describe.each(FORMS)('5.1 to 5.5: a queue does what its model does, waited for by $form', (form) => {
  const outer = config.onUnhandledError;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    // What belongs to nobody is reported in a macrotask; here, in the step to which it belongs.
    vi.spyOn(globalThis, 'setTimeout').mockImplementation((report) => {
      report();
      return 0 as unknown as ReturnType<typeof setTimeout>;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    config.onUnhandledError = outer;
  });

  it('whatever is done to it', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(SETUP, fc.array(STEP, { minLength: 1, maxLength: 60, size: 'max' }), async (setup, steps) => {
        vi.clearAllTimers();
        const play = new Play(form, setup);
        for (const [i, step] of steps.entries()) {
          const difference = await play.play(step);
          if (difference !== null) throw new Error(script(setup, steps, i, difference));
          for (const what of play.happened()) met.add(what);
        }
      }),
      runs(600),
    );
    // Other seeds and fewer runs may miss what is rare.
    if (isUsual) expect([...met].sort()).toEqual(EVERYTHING);
  });
});
