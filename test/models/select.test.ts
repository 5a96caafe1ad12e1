import fc from 'fast-check';
import { describe, it } from 'vitest';
import { channel, type Channel, type Operation, seedSelect, select } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { type Case, type Party, SelectModel } from './select-model.ts';
import { runs } from '../random.ts';
import { expectEqual, expectIs } from '../quick.ts';

const CHANNELS = ['a', 'b', 'c'] as const;

type Step =
  | { readonly do: 'perform'; readonly form: number; readonly party: Omit<Party, 'name'> }
  | { readonly do: 'withdraw'; readonly who: number }
  | { readonly do: 'close'; readonly channel: number; readonly withCause: boolean }
  | { readonly do: 'cancel'; readonly channel: number };

const oneCase: fc.Arbitrary<Case> = fc
  .record({
    channel: fc.nat(CHANNELS.length - 1),
    kind: fc.constantFrom('receive' as const, 'send' as const),
  })
  .map(({ channel: at, kind }) => ({ key: '', channel: at, kind, value: 0 }));

const perform: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('perform' as const),
  form: fc.nat(FORMS.length - 1),
  party: fc.record({
    cases: fc.array(oneCase, { minLength: 1, maxLength: 4 }),
    priority: fc.boolean(),
    skips: fc.boolean(),
  }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: perform },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('withdraw' as const), who: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('close' as const),
      channel: fc.nat(CHANNELS.length - 1),
      withCause: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('cancel' as const), channel: fc.nat(CHANNELS.length - 1) }),
  },
);

/** A script as it reads in a failure. */
function read(script: readonly Step[]): string {
  const lines = script.map((each, i) => {
    if (each.do === 'withdraw') return `withdraw one of those who wait, the ${each.who}th`;
    if (each.do === 'close') return `${CHANNELS[each.channel]!}.close(${each.withCause ? 'cause' : ''})`;
    if (each.do === 'cancel') return `${CHANNELS[each.channel]!}.cancel()`;
    const cases = each.party.cases.map(({ kind, channel: at }) => `${CHANNELS[at]!} ${kind}`).join(', ');
    const options = [each.party.priority && 'by priority', each.party.skips && 'skips'].filter(Boolean).join(', ');
    return `p${i}, ${FORMS[each.form]!.form}: select(${cases}) ${options}`;
  });
  return `\n${lines.join('\n')}\n`;
}

/** The real ones, driven by the same steps. */
class World {
  readonly told = new Record();
  readonly channels: readonly Channel<number>[];
  readonly model: SelectModel;
  readonly forms = new Map<string, number>();
  readonly #withdrawals = new Map<string, () => void>();
  readonly #cause = new Error('the cause');

  constructor(capacities: readonly number[]) {
    this.channels = capacities.map((capacity) => channel<number>(capacity));
    this.model = new SelectModel(capacities);
  }

  /** Does one step, here and in the model: what was told, and what the model says should have been. */
  step(each: Step, i: number): { told: string[]; expected: string[] } {
    if (each.do === 'perform') return this.#perform(each.form, { ...named(each.party, i), name: `p${i}` });
    const { model } = this;
    if (each.do === 'withdraw') {
      if (model.waiting.length === 0) return { told: [], expected: [] };
      const { name } = model.waiting[each.who % model.waiting.length]!;
      this.#withdrawals.get(name)!();
      model.withdraw(name);
    } else if (each.do === 'close') {
      this.channels[each.channel]!.close(...(each.withCause ? [this.#cause] : []));
      model.close(each.channel, each.withCause);
    } else {
      this.channels[each.channel]!.cancel();
      model.cancel(each.channel);
    }
    return { told: this.told.take(), expected: this.#expected() };
  }

  #perform(form: number, party: Party): { told: string[]; expected: string[] } {
    this.forms.set(party.name, form);
    this.#withdrawals.set(party.name, FORMS[form]!.perform(this.#operation(party), this.told.by(party.name)));
    const told = this.told.take();
    const own = told.find((line) => line.startsWith(`${party.name} `)) ?? '';
    const outcome = this.model.arrive(party, own.slice(party.name.length + 1));
    if (outcome === null && !party.priority) this.model.stand(this.#drawn(party));
    return { told, expected: this.#expected(outcome === null ? undefined : `${party.name} ${outcome}`) };
  }

  /** Of cases on one place, chance has drawn who stands first: as they really stand. */
  #drawn(party: Party): Party {
    const cases = [...party.cases];
    for (const [i, { receivers, senders }] of this.channels.entries()) {
      for (const [kind, line] of [['receive', receivers] as const, ['send', senders] as const]) {
        const keys: unknown[] = [];
        for (let node = line.first; node !== null; node = node.after) {
          keys.push((node as { choice?: { key: string } }).choice?.key);
        }
        const at = [...cases.keys()].filter((n) => cases[n]!.channel === i && cases[n]!.kind === kind);
        const drawn = at.map((n) => cases[n]!).toSorted((a, b) => keys.lastIndexOf(a.key) - keys.lastIndexOf(b.key));
        for (const [nth, n] of at.entries()) cases[n] = drawn[nth]!;
      }
    }
    return { ...party, cases };
  }

  /** Those who waited as observers, then the one who came, then those who waited as coroutines. */
  #expected(own?: string): string[] {
    const served = this.model.served.splice(0);
    const of = (form: number): string[] =>
      served.filter(({ party }) => this.forms.get(party) === form).map(({ party, text }) => `${party} ${text}`);
    return [...of(0), ...(own === undefined ? [] : [own]), ...of(1)];
  }

  #operation({ cases, priority, skips }: Party): Operation<unknown> {
    const operations = cases.map((one): [string, Operation<unknown>] => {
      const at = this.channels[one.channel]!;
      return [one.key, one.kind === 'receive' ? at.receive() : at.send(one.value)];
    });
    return select(Object.fromEntries(operations), {
      order: priority ? 'priority' : 'fair',
      onClosed: skips ? 'skip' : 'fail',
    });
  }

  /** Who stands in line, and what is buffered. */
  lines(): { real: string[]; expected: string[] } {
    const line = (i: number, receiving: number, sending: number, buffered: number): string =>
      `${CHANNELS[i]!}: ${receiving} receiving, ${sending} sending, ${buffered} buffered`;
    return {
      real: this.channels.map(({ receivers, senders, size }, i) => line(i, receivers.count(), senders.count(), size)),
      expected: this.channels.map((_, i) =>
        line(i, this.model.count(i, 'receive'), this.model.count(i, 'send'), this.model.channels[i]!.buffer.length),
      ),
    };
  }
}

/** Cases with keys of their own, and values that tell where they came from. */
function named(party: Omit<Party, 'name'>, i: number): Omit<Party, 'name'> {
  const cases = party.cases.map((one, k): Case => {
    const key = `k${k}`;
    return one.kind === 'send' ? { ...one, key, value: i * 10 + k } : { ...one, key };
  });
  return { ...party, cases };
}

describe('3 selects over three channels', () => {
  it.each([
    [0, 0, 0],
    [0, 1, 2],
    [1, 1, 1],
    [3, 0, 1],
  ])('do what the model does, at capacities %d, %d, %d', (...capacities) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (script) => {
        seedSelect(script.length);
        const world = new World(capacities);
        script.forEach((each, i) => {
          const { told, expected } = world.step(each, i);
          expectEqual(told, expected, read(script.slice(0, i + 1)));
          check(...world.channels);
          const lines = world.lines();
          expectEqual(lines.real, lines.expected, read(script.slice(0, i + 1)));
        });
        for (const { size, ...each } of world.channels.map((it) => ({ size: it.size, ...it.statistics() }))) {
          expectIs(each.sent, each.delivered + size + each.undelivered);
        }
      }),
      runs(1500, 20_240_601),
    );
  });
});
