import { type Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Channel,
  channel,
  go,
  mergeSelect,
  type Operation,
  type ReceiveChannel,
  select,
  type Selected,
  sleep,
  trySelect,
} from 'rxsluice';

const numbers = channel<number>(3);
const words = channel<string>();

describe('select', () => {
  it('yields a union of its cases, told apart by key', () => {
    go(function* () {
      const found = yield* select({
        n: numbers,
        w: words.receive(),
        sent: numbers.send(1),
        late: sleep(10),
        p: Promise.resolve(true),
        o: of(1n),
      });
      expectTypeOf(found.key).toEqualTypeOf<'n' | 'w' | 'sent' | 'late' | 'p' | 'o'>();
      if (found.key === 'n') expectTypeOf(found.value).toEqualTypeOf<number>();
      if (found.key === 'w') expectTypeOf(found.value).toEqualTypeOf<string>();
      if (found.key === 'sent') expectTypeOf(found.value).toEqualTypeOf<void>();
      if (found.key === 'late') expectTypeOf(found.value).toEqualTypeOf<void>();
      if (found.key === 'p') expectTypeOf(found.value).toEqualTypeOf<boolean>();
      if (found.key === 'o') expectTypeOf(found.value).toEqualTypeOf<bigint>();
    });
  });

  it('leaves out cases that are off, and keeps those that may be on', () => {
    const maybe = numbers as Channel<number> | null | undefined | false;
    const found = trySelect({ maybe, w: words, off: null, never: undefined, not: false });
    expectTypeOf(found).toEqualTypeOf<
      { readonly key: 'maybe'; readonly value: number } | { readonly key: 'w'; readonly value: string } | undefined
    >();
  });

  it('follows variables that are switched off in a loop', () => {
    go(function* () {
      let left: Channel<number> | null = channel<number>();
      let right: Channel<string> | null = channel<string>();
      while (left || right) {
        const found = yield* select({ left, right }, { onClosed: 'skip' });
        if (found.key === 'left') {
          expectTypeOf(found.value).toEqualTypeOf<number>();
          left = null;
        } else {
          expectTypeOf(found.value).toEqualTypeOf<string>();
          right = null;
        }
      }
    });
  });

  it('nests and maps', () => {
    const nested = select({ left: select({ n: numbers }), w: words.receive().map((word) => word.length) });
    expectTypeOf(nested).toEqualTypeOf<
      Operation<
        | { readonly key: 'left'; readonly value: { readonly key: 'n'; readonly value: number } }
        | { readonly key: 'w'; readonly value: number }
      >
    >();
  });

  it('takes no case that cannot be waited for, and no option that it does not know', () => {
    // @ts-expect-error a number is no case
    expectTypeOf(select).toBeCallableWith({ n: 5 });
    // @ts-expect-error neither fair nor priority
    expectTypeOf(select).toBeCallableWith({ n: numbers }, { order: 'random' });
  });
});

describe('mergeSelect', () => {
  it('is a channel of the union', () => {
    const merged = mergeSelect({ n: numbers, w: words });
    expectTypeOf(merged).toEqualTypeOf<
      ReceiveChannel<Selected<{ readonly n: Channel<number>; readonly w: Channel<string> }>>
    >();
    expectTypeOf(merged).toExtend<
      Observable<{ readonly key: 'n'; readonly value: number } | { readonly key: 'w'; readonly value: string }>
    >();
  });

  it('takes channels, and nothing else', () => {
    // @ts-expect-error an operation is no channel
    expectTypeOf(mergeSelect).toBeCallableWith({ n: numbers.receive() });
  });
});
