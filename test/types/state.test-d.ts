import { map, type Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type Broadcast,
  broadcast,
  type BroadcastOptions,
  type Coroutine,
  type Future,
  go,
  type KeyedStateOwner,
  keyedStateOwner,
  type Operation,
  type ReceiveChannel,
  request,
  select,
  sleep,
  type StateOwner,
  stateOwner,
  type StateOwnerOptions,
  type StateRequest,
} from 'rxsluice';

interface Cart {
  readonly items: readonly string[];
  readonly total: number;
}

const owner = stateOwner<Cart>({ items: [], total: 0 });

describe('an owner', () => {
  it('infers its state from the initial one, or is told', () => {
    expectTypeOf(stateOwner(0)).toEqualTypeOf<StateOwner<number>>();
    expectTypeOf(stateOwner<'on' | 'off'>('on').value).toEqualTypeOf<'on' | 'off'>();
    // @ts-expect-error not a state
    stateOwner<number>('zero');
  });

  it('is an Observable of states, and an Observer of requests', () => {
    expectTypeOf(owner).toExtend<Observable<Cart>>();
    owner.pipe(map(({ total }) => total)).subscribe((total) => expectTypeOf(total).toEqualTypeOf<number>());
    of(request.read((cart: Cart) => cart.total)).subscribe(owner);
    of(request.write<Cart>({ items: [], total: 1 })).subscribe(owner);
    // @ts-expect-error a request to another kind of state
    owner.next(request.write(5));
    // @ts-expect-error not a request
    owner.next({ items: [], total: 1 });
  });

  it('has options that are left out, and not undefined', () => {
    const equal = (a: Cart, b: Cart): boolean => a.total === b.total;
    stateOwner<Cart>(owner.value, { equal, name: 'cart', capacity: 3 });
    // @ts-expect-error exactOptionalPropertyTypes
    stateOwner<Cart>(owner.value, { equal: undefined });
    // @ts-expect-error the equality of something else
    stateOwner(0, { equal: (a: string, b: string) => a === b });
    expectTypeOf<StateOwnerOptions<Cart>['capacity']>().toEqualTypeOf<number | undefined>();
  });
});

describe('what is asked of it', () => {
  it('read yields what its projection returns', () => {
    expectTypeOf(owner.read(({ total }) => total)).toEqualTypeOf<Operation<number>>();
    expectTypeOf(owner.read(() => undefined)).toEqualTypeOf<Operation<undefined>>();
  });

  it('write, update and when yield the state', () => {
    expectTypeOf(owner.write({ items: ['a'], total: 1 })).toEqualTypeOf<Operation<Cart>>();
    expectTypeOf(owner.update((cart) => ({ ...cart, total: 2 }))).toEqualTypeOf<Operation<Cart>>();
    expectTypeOf(owner.when(({ total }) => total > 1)).toEqualTypeOf<Operation<Cart>>();
    // @ts-expect-error half a state
    owner.write({ total: 1 });
    // @ts-expect-error half a state
    owner.update(() => ({ total: 1 }));
  });

  it('a step is a value, or anything that brings one', () => {
    owner.update((cart) => of(cart));
    owner.update((cart) => Promise.resolve(cart));
    owner.update(async function* (cart) {
      yield await Promise.resolve(cart);
    });
    owner.update(function* (cart) {
      yield* sleep(1);
      return { ...cart, total: 1 };
    });
    owner.update((cart) => sleep(1).map(() => cart));
    owner.tell((cart) => of(cart));
    // @ts-expect-error brings something else
    owner.update(() => of(5));
    // @ts-expect-error brings something else
    owner.update(() => Promise.resolve('cart'));
    // @ts-expect-error returns something else
    owner.update(function* () {
      yield* sleep(1);
      return 5;
    });
    // A state that is itself a list is a state.
    expectTypeOf(stateOwner<string[]>([]).update((list) => [...list, 'a'])).toEqualTypeOf<Operation<string[]>>();
  });

  it('modify yields the answer of its pair', () => {
    expectTypeOf(owner.modify((cart) => [cart, cart.items.length] as const)).toEqualTypeOf<Operation<number>>();
    expectTypeOf(owner.modify((cart) => [cart, 'answer'])).toEqualTypeOf<Operation<string>>();
    expectTypeOf(
      owner.modify(function* (cart): Coroutine<readonly [Cart, Date]> {
        yield* sleep(1);
        return [cart, new Date()];
      }),
    ).toEqualTypeOf<Operation<Date>>();
    // @ts-expect-error a step must bring a pair
    owner.modify((cart) => cart);
    // @ts-expect-error not a state
    owner.modify(() => [5, 'answer']);
  });

  it('compareAndSet yields whether it did', () => {
    expectTypeOf(stateOwner<string | null>(null).compareAndSet(null, 'me')).toEqualTypeOf<Operation<boolean>>();
  });

  it('select is an Observable of what it projects', () => {
    expectTypeOf(owner.select(({ items }) => items)).toEqualTypeOf<Observable<readonly string[]>>();
    owner.select(
      ({ total }) => total,
      (a, b) => {
        expectTypeOf(a).toEqualTypeOf<number>();
        return a === b;
      },
    );
  });

  it('is waited for in coroutines and selects', () => {
    go(function* () {
      expectTypeOf(yield* owner.read(({ total }) => total)).toEqualTypeOf<number>();
      expectTypeOf(yield* owner.modify((cart) => [cart, 'a'])).toEqualTypeOf<string>();
      const found = yield* select({ full: owner.when(({ total }) => total > 9), late: sleep(1) });
      if (found.key === 'full') expectTypeOf(found.value).toEqualTypeOf<Cart>();
    });
  });
});

describe('requests as messages', () => {
  it('know their state and their response', () => {
    expectTypeOf(request.read((cart: Cart) => cart.total)).toEqualTypeOf<StateRequest<Cart, number>>();
    expectTypeOf(request.write(5)).toEqualTypeOf<StateRequest<number, number>>();
    expectTypeOf(request.update((n: number) => n + 1)).toEqualTypeOf<StateRequest<number, number>>();
    expectTypeOf(request.update<number>((n) => of(n)).response).toEqualTypeOf<Future<number>>();
    expectTypeOf<StateRequest<Cart, number>['kind']>().toEqualTypeOf<'read' | 'write' | 'update'>();
  });
});

describe('a keyed owner', () => {
  it('infers key and state from what makes the initial one', () => {
    const keyed = keyedStateOwner((user: string) => ({ user, visits: 0 }));
    expectTypeOf(keyed).toEqualTypeOf<KeyedStateOwner<string, { user: string; visits: number }>>();
    expectTypeOf(keyed.of('ann')).toEqualTypeOf<StateOwner<{ user: string; visits: number }>>();
    expectTypeOf(keyed.keys()).toEqualTypeOf<IterableIterator<string>>();
    // @ts-expect-error the key is of another type
    keyed.of(5);
  });
});

describe('a broadcast', () => {
  it('knows its values', () => {
    const b = broadcast<number>({ replay: 1, capacity: 4, conflate: (a, c) => a + c });
    expectTypeOf(b).toEqualTypeOf<Broadcast<number>>();
    expectTypeOf(b.tap({ capacity: 1, overflow: 'dropOldest' })).toEqualTypeOf<ReceiveChannel<number>>();
    expectTypeOf(b.send(5)).toEqualTypeOf<Operation<void>>();
    expectTypeOf(b).toExtend<Observable<number>>();
    // @ts-expect-error not a value
    b.trySend('five');
    // @ts-expect-error exactOptionalPropertyTypes
    broadcast<number>({ replay: undefined });
    expectTypeOf<BroadcastOptions<number>['replay']>().toEqualTypeOf<number | undefined>();
  });
});
