import fc from 'fast-check';
import { describe, it } from 'vitest';
import { channel, type Channel, mergeSelect, type ReceiveChannel, seedSelect } from '../../src/index.ts';
import { FORMS } from '../forms.ts';
import { check, Record } from '../record.ts';
import { runs } from '../random.ts';
import { expectEqual } from '../quick.ts';

/** The inner merge stands on `a` and `b`, the outer one on the inner one and on `c`. */
type Step =
  | { readonly do: 'receive'; readonly from: 'inner' | 'outer' | 'a' | 'b' | 'c'; readonly form: number }
  | { readonly do: 'send'; readonly to: 'a' | 'b' | 'c'; readonly waits: boolean }
  | { readonly do: 'withdraw'; readonly who: number }
  | { readonly do: 'close'; readonly what: 'a' | 'b' | 'c' };

const source = fc.constantFrom('a' as const, 'b' as const, 'c' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('receive' as const),
      from: fc.constantFrom('inner' as const, 'outer' as const, 'outer' as const, 'a' as const, 'c' as const),
      form: fc.nat(FORMS.length - 1),
    }),
  },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('send' as const), to: source, waits: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('withdraw' as const), who: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), what: source }) },
);

/** A script as it reads in a failure. */
function read(script: readonly Step[]): string {
  const lines = script.map((each, i) => {
    if (each.do === 'receive') return `r${i}: ${each.from}.receive(), ${FORMS[each.form]!.form}`;
    if (each.do === 'send') return `${each.to}.${each.waits ? 'send' : 'trySend'}(${i})`;
    return each.do === 'close' ? `${each.what}.close()` : `withdraw the ${each.who}th of those who wait`;
  });
  return `\n${lines.join('\n')}\n`;
}

/** The number that a line tells of, however deep in pairs of key and value. */
function valueIn(line: string): number {
  return Number(/(\d+)$/.exec(line)![1]);
}

describe('3.8 merges of merges, and those who receive from the sources beside them', () => {
  it.each([0, 1, 2])('lose and double nothing, and nobody waits beside a value, at capacity %d', (capacity) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.boolean(), (script, priority) => {
        seedSelect(script.length);
        const order = priority ? 'priority' : 'fair';
        const told = new Record();
        const sources = { a: channel<number>(capacity), b: channel<number>(capacity), c: channel<number>() };
        const inner = mergeSelect({ a: sources.a, b: sources.b }, { order });
        const outer = mergeSelect({ inner, c: sources.c }, { order });
        const places: { [key: string]: ReceiveChannel<unknown> } = { inner, outer, ...sources };
        const waiting: { name: string; from: string; withdraw: () => void }[] = [];
        const sent: number[] = [];
        const got: number[] = [];
        script.forEach((each, i) => {
          const so = read(script.slice(0, i + 1));
          if (each.do === 'receive') {
            const name = `r${i}`;
            const entry = { name, from: each.from, withdraw: (): void => undefined };
            waiting.push(entry);
            entry.withdraw = FORMS[each.form]!.perform(places[each.from]!.receive(), told.by(name));
          } else if (each.do === 'send') {
            const to: Channel<number> = sources[each.to];
            if (!each.waits && to.trySend(i)) sent.push(i);
            else if (each.waits && !to.isClosed) {
              sent.push(i);
              to.send(i).subscribe();
            }
          } else if (each.do === 'withdraw') {
            waiting.splice(each.who % Math.max(1, waiting.length), 1)[0]?.withdraw();
          } else sources[each.what].close();

          check(inner, outer, ...Object.values(sources));
          for (const line of told.take()) {
            const entry = waiting.find(({ name }) => line.startsWith(`${name} `))!;
            // Of those who wait at one place, the first is served first.
            const before = waiting.slice(0, waiting.indexOf(entry));
            if (line.includes(' got ')) {
              got.push(valueIn(line));
              expectEqual(
                before.filter(({ from }) => from === entry.from),
                [],
                so,
              );
            }
            waiting.splice(waiting.indexOf(entry), 1);
          }
          for (const { from } of waiting) {
            const reaches = { inner: ['a', 'b'], outer: ['a', 'b', 'c'] }[from] ?? [from];
            for (const key of reaches as ('a' | 'b' | 'c')[]) {
              const { buffered, waitingSenders } = sources[key].statistics();
              expectEqual([from, key, buffered, waitingSenders], [from, key, 0, 0], so);
            }
          }
        });
        for (const { withdraw } of waiting) withdraw();
        check(inner, outer, ...Object.values(sources));
        for (const it of Object.values(sources)) {
          for (let next = it.tryReceive(); next.ok; next = it.tryReceive()) got.push(next.value);
        }
        expectEqual(
          got.toSorted((x, y) => x - y),
          sent,
          read(script),
        );
      }),
      runs(1500, 20_240_605),
    );
  });
});
